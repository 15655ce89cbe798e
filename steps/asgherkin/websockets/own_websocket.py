"""Websockets for a user's own steps, sync and async: they raise the app's exceptions into the user's code.

Sentences have `ClientWebSocket`, which keeps quiet. Imported where it is used, since it shares TestClient's exceptions.
"""

from __future__ import annotations

import json
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeAlias, TypeVar

from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from asgherkin.clients.asgi import in_words
from asgherkin.errors import AppError
from asgherkin.session.channels import waiting_at
from asgherkin.websockets.connection import Connection, client_message
from asgherkin.websockets.transcript import content_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from asgherkin.clients.asgi import RunAs
    from asgherkin.websockets.connection import Opening, WebSockets

    Mode: TypeAlias = Literal["text", "binary"]

Parameters = ParamSpec("Parameters")
T = TypeVar("T")


class OwnWebSocket:
    """A websocket that `with` or `async with` opens, and closes with the code 1000.

    Raises what the app raised. Where the app refuses it: `starlette.websockets.WebSocketDisconnect` with the code,
    or `starlette.testclient.WebSocketDenialResponse`, which is a response.
    """

    def __init__(self, websockets: WebSockets, opening: Opening) -> None:
        self._websockets = websockets
        self._source = websockets.source(opening)
        self._websocket = AsyncWebSocket(self._source.connection)

    async def __aenter__(self) -> AsyncWebSocket:
        """Open it, in async code on the app's loop."""
        await self._websockets.connect(self._source)
        await self._websocket.check_opening()
        return self._websocket

    async def __aexit__(self, kind: object, exception: BaseException | None, traceback: object) -> None:
        """Close it, and wait for the app's end. Raises the app's exception unless another is on its way."""
        await self._websocket.leave(quiet=exception is not None)

    def __enter__(self) -> WebSocket:
        """Open it, in sync code."""
        doing = self._source.connection.transcript.doing
        return WebSocket(self._websockets.run_as(doing, self.__aenter__), self._websockets.run_as, doing)

    def __exit__(self, kind: object, exception: BaseException | None, traceback: object) -> None:
        """Close it, and wait for the app's end. Raises the app's exception unless another is on its way."""
        doing = self._source.connection.transcript.doing
        self._websockets.run_as(doing, self.__aexit__, kind, exception, traceback)


class AsyncWebSocket:
    """A websocket in async code. Receiving from a closed one raises `starlette.websockets.WebSocketDisconnect`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._transcript = connection.transcript
        self._has_raised = False

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the app chose."""
        return self._transcript.subprotocol

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
            raise AppError(f"The app sent bytes on the {self._transcript.doing}, not a text: {content!r}")
        return content

    async def receive_bytes(self) -> bytes:
        """The next message, which must be bytes."""
        content = await self._receive()
        if isinstance(content, str):
            raise AppError(f"The app sent a text on the {self._transcript.doing}, not bytes: {content!r}")
        return content

    async def receive_json(self, mode: Mode = "text") -> Any:
        """The JSON in the next message, which must be a text; bytes where `mode` is "binary"."""
        return json.loads(await (self.receive_text() if mode == "text" else self.receive_bytes()))

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close it."""
        await self._connection.close(code, reason or "")

    async def check_opening(self) -> None:
        """Raise the app's refusal, or its exception."""
        refusal = self._transcript.refusal
        if refusal is None:
            return
        await self.leave(quiet=False)
        if refusal.status is None:
            raise WebSocketDisconnect(refusal.code or 1000, refusal.reason)
        raise WebSocketDenialResponse(refusal.status, headers=list(refusal.headers), content=refusal.body)

    async def leave(self, *, quiet: bool) -> None:
        """Close it and let the app end. Raises the app's exception unless `quiet`."""
        await self._connection.close(1000)
        await self._connection.dismiss()
        if not quiet:
            self._check_app()

    async def _send(self, content: str | bytes) -> None:
        self._check_open()
        await self._connection.send(client_message(content))

    async def _receive(self) -> str | bytes:
        seconds = self._connection.recorder.timeout
        message = await self._connection.receive(seconds)
        content = None if message is None else content_of(message)
        if content is None:
            self._check_open()
            where = waiting_at(self._connection.place())
            raise AppError(f"The {self._transcript.doing} received nothing within {in_words(seconds)}.{where}")
        return content

    def _check_open(self) -> None:
        self._check_app()
        closing = self._transcript.closing
        if closing is not None:
            raise WebSocketDisconnect(closing.code, closing.reason)

    def _check_app(self) -> None:
        """Raise the app's exception, once."""
        failure = self._connection.failure
        if failure is None or self._has_raised:
            return
        self._has_raised = True
        self._connection.recorder.raise_in_caller(failure)


def _sync(
    method: Callable[Concatenate[AsyncWebSocket, Parameters], Awaitable[T]],
) -> Callable[Concatenate[WebSocket, Parameters], T]:
    """A method of `AsyncWebSocket` for sync code, which calls it on the app's loop."""

    def call(self: WebSocket, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> T:
        return self.run(partial(method, self.websocket, *args, **kwargs))

    update_wrapper(call, method)
    return call


class WebSocket:
    """A websocket in sync code. The same as `AsyncWebSocket`, without `await`."""

    def __init__(self, websocket: AsyncWebSocket, run_as: RunAs, doing: str) -> None:
        self.websocket = websocket
        self._run_as = run_as
        self._doing = doing

    def run(self, function: Callable[[], Awaitable[T]]) -> T:
        """Run an async method."""
        return self._run_as(self._doing, function)

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the app chose."""
        return self.websocket.subprotocol

    send_text = _sync(AsyncWebSocket.send_text)
    send_bytes = _sync(AsyncWebSocket.send_bytes)
    send_json = _sync(AsyncWebSocket.send_json)
    receive_text = _sync(AsyncWebSocket.receive_text)
    receive_bytes = _sync(AsyncWebSocket.receive_bytes)
    receive_json = _sync(AsyncWebSocket.receive_json)
    close = _sync(AsyncWebSocket.close)
