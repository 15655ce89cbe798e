"""Websockets for a user's own steps, sync and async: they raise the app's exceptions into the user's code.

Sentences have `sockets.py`, which keeps quiet. Imported where it is used, since it shares TestClient's exceptions.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from asgherkin.clients.asgi import in_words
from asgherkin.clients.sockets import spoken
from asgherkin.clients.tapping import content_of
from asgherkin.errors import AppError
from asgherkin.frames import summary

if TYPE_CHECKING:
    from types import TracebackType

    from asgherkin.clients.asgi import Message, Scope
    from asgherkin.clients.carriers import Carrier
    from asgherkin.clients.line import Line
    from asgherkin.clients.port import RunAs
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.sockets import Sockets

    Mode: TypeAlias = Literal["text", "binary"]


class WebSocketConnection:
    """A websocket that `with` or `async with` opens, and closes with the code 1000.

    Raises what the app raised. Where the app refuses it: `starlette.websockets.WebSocketDisconnect` with the code,
    or `starlette.testclient.WebSocketDenialResponse`, which is a response.
    """

    def __init__(self, recorder: Recorder, sockets: Sockets, scope: Scope, run: RunAs) -> None:
        self._line = sockets.line(scope)
        self._recorder = recorder
        self._sockets = sockets
        self._run = run
        self._websocket: AsyncWebSocket

    async def __aenter__(self) -> AsyncWebSocket:
        """Open it, in async code on the app's loop."""
        carrier = await self._sockets.connect(self._line)
        self._websocket = AsyncWebSocket(self._recorder, self._line, carrier)
        return await self._websocket.opened()

    async def __aexit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it, and wait for the app's end. Raises the app's exception unless another is on its way."""
        await self._websocket.left(quiet=exception is not None)

    def __enter__(self) -> WebSocket:
        """Open it, in sync code."""
        doing = self._line.conversation.doing
        return WebSocket(self._run(doing, self.__aenter__), self._run, doing)

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it, and wait for the app's end. Raises the app's exception unless another is on its way."""
        self._run(self._line.conversation.doing, self.__aexit__, kind, exception, traceback)


class AsyncWebSocket:
    """A websocket in async code. Receiving from a closed one raises `starlette.websockets.WebSocketDisconnect`."""

    def __init__(self, recorder: Recorder, line: Line, carrier: Carrier) -> None:
        self._recorder = recorder
        self._line = line
        self._carrier = carrier
        self._told = False

    @property
    def subprotocol(self) -> str | None:
        """The one that the app chose."""
        return self._line.conversation.subprotocol

    async def send_text(self, data: str) -> None:
        """Send a text."""
        await self._send(data)

    async def send_bytes(self, data: bytes) -> None:
        """Send bytes."""
        await self._send(data)

    async def send_json(self, data: object, mode: Mode = "text") -> None:
        """Send JSON, as a text or as bytes."""
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        await self._send(text if mode == "text" else text.encode())

    async def receive_text(self) -> str:
        """The next message, which must be a text."""
        content = await self._receive()
        if not isinstance(content, str):
            raise AppError(f"The app sent bytes on the {self._line.conversation.doing}, not a text: {content!r}")
        return content

    async def receive_bytes(self) -> bytes:
        """The next message, which must be bytes."""
        content = await self._receive()
        if isinstance(content, str):
            raise AppError(f"The app sent a text on the {self._line.conversation.doing}, not bytes: {content!r}")
        return content

    async def receive_json(self, mode: Mode = "text") -> Any:
        """The JSON in the next message, which must be a text; bytes where `mode` is "binary"."""
        return json.loads(await (self.receive_text() if mode == "text" else self.receive_bytes()))

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close it."""
        await self._line.leave(code, reason or "")

    async def opened(self) -> Self:
        """Raise what kept it from being opened."""
        refusal = self._line.conversation.refusal
        if refusal is None:
            return self
        await self.left(quiet=False)
        if refusal.status is None:
            raise WebSocketDisconnect(refusal.code or 1000, refusal.reason)
        raise WebSocketDenialResponse(refusal.status, headers=list(refusal.headers), content=refusal.body)

    async def left(self, *, quiet: bool) -> None:
        """Close it and let the app end; not `quiet`: raise the app's exception."""
        await self._line.leave(1000)
        await self._line.dismiss()
        if not quiet:
            self._check()

    async def _send(self, content: str | bytes) -> None:
        self._check_open()
        await self._line.give(self._carrier.give, spoken(content))

    async def _receive(self) -> str | bytes:
        seconds = self._recorder.timeout
        message: Message | None = await self._line.take(self._carrier.take, seconds)
        content = None if message is None else content_of(message)
        if content is None:
            self._check_open()
            text = f"The {self._line.conversation.doing} received nothing within {in_words(seconds)}."
            raise AppError(text + _app_at(self._line))
        return content

    def _check_open(self) -> None:
        self._check()
        closing = self._line.conversation.closing
        if closing is not None:
            raise WebSocketDisconnect(closing.code, closing.reason)

    def _check(self) -> None:
        """Raise the app's exception, once."""
        failure = self._line.call.failure
        if failure is None or self._told:
            return
        self._told = True
        self._recorder.deliver(failure)
        if isinstance(failure, Exception):
            raise failure
        raise AppError(f"The app raised {summary(failure)}") from failure


class WebSocket:
    """A websocket in sync code. The same as `AsyncWebSocket`, without `await`."""

    def __init__(self, websocket: AsyncWebSocket, run: RunAs, doing: str) -> None:
        self._websocket = websocket
        self._run = run
        self._doing = doing

    @property
    def subprotocol(self) -> str | None:
        """The one that the app chose."""
        return self._websocket.subprotocol

    def send_text(self, data: str) -> None:
        """Send a text."""
        self._run(self._doing, self._websocket.send_text, data)

    def send_bytes(self, data: bytes) -> None:
        """Send bytes."""
        self._run(self._doing, self._websocket.send_bytes, data)

    def send_json(self, data: object, mode: Mode = "text") -> None:
        """Send JSON, as a text or as bytes."""
        self._run(self._doing, self._websocket.send_json, data, mode)

    def receive_text(self) -> str:
        """The next message, which must be a text."""
        return self._run(self._doing, self._websocket.receive_text)

    def receive_bytes(self) -> bytes:
        """The next message, which must be bytes."""
        return self._run(self._doing, self._websocket.receive_bytes)

    def receive_json(self, mode: Mode = "text") -> Any:
        """The JSON in the next message, which must be a text; bytes where `mode` is "binary"."""
        return self._run(self._doing, self._websocket.receive_json, mode)

    def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close it."""
        self._run(self._doing, self._websocket.close, code, reason)


def _app_at(line: Line) -> str:
    where = line.call.place()
    return f" The app was waiting at {where}" if where else ""
