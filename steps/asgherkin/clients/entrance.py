"""The way in for Starlette's TestClient: what it takes for the app, and a TestClient with an alarm.

Imported by the client `test` alone, since Starlette's TestClient takes its time to import.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

import anyio
import anyio.lowlevel
from starlette.testclient import TestClient

from asgherkin.clients.asgi import target
from asgherkin.clients.deadlines import AppCall, is_failure
from asgherkin.errors import AppError
from asgherkin.frames import summary

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx2

    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from asgherkin.clients.line import Line
    from asgherkin.clients.owner import Spawn
    from asgherkin.clients.recorder import Recorder

T = TypeVar("T")
_DISCONNECT = {"type": "http.disconnect"}


class AlarmedTestClient(TestClient):
    """A TestClient whose requests are acts: `act` calls them under the alarm for a blocked event loop."""

    __test__ = False
    act: Callable[[str, Callable[[], httpx2.Response]], httpx2.Response]

    def send(self, request: httpx2.Request, **options: object) -> httpx2.Response:
        """Send a request."""
        send = cast("Callable[..., httpx2.Response]", super().send)
        doing = f"{request.method} {request.url.raw_path.decode()}"
        return self.act(doing, partial(send, request, **options))


class Entrance:
    """An ASGI app for TestClient, which calls the app through `recorder`.

    Each request's call has a task of its own, made by `spawn`, so that TestClient is not held up by an app that
    does not stop. A client that leaves early gives the app a disconnect before it is cancelled. The lifespan is
    answered here: one for all clients runs beside.
    """

    def __init__(self, recorder: Recorder, spawn: Spawn, *, raising: bool, whole: bool) -> None:
        """`raising`: the client raises the app's exceptions. `whole`: it reads each response to its end."""
        self._recorder = recorder
        self._spawn = spawn
        self._raising = raising
        self._whole = whole
        self.lines: dict[int, Line] = {}
        """Websockets that are to be opened by sentences, by the ids of their scopes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app as TestClient does."""
        if scope["type"] == "lifespan":
            await _stand_in(receive, send)
        elif scope["type"] == "http":
            await self._visit(scope, receive, send)
        else:
            await self._converse(scope, receive, send)

    async def _converse(self, scope: Scope, receive: Receive, send: Send) -> None:
        from asgherkin.clients.tapping import converse  # most scenarios have no websocket

        line = self.lines.pop(id(scope), None)
        if line is not None:
            await self._listen(line, receive, send)
            return
        try:
            await converse(self._recorder, scope, receive, send)
        except BaseException as exception:
            if not is_failure(exception):
                raise
            # TestClient raises a websocket's exceptions whatever it was told.
            if self._recorder.crash_of(exception) is not None:
                self._raise(exception)

    async def _listen(self, line: Line, receive: Receive, send: Send) -> None:
        line.start(self._spawn, receive, send)
        try:
            await line.call.ended.wait()
        except BaseException:
            # TestClient leaves a websocket that is refused, and the app may have something to do yet.
            if line.conversation.refusal is None:
                await line.abandon()
            raise

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = _Door(receive, send)
        call = AppCall(self._recorder, f"{scope['method']} {target(scope)}")
        answer = partial(self._recorder.answer, scope, door.receive, door.send, call, whole=self._whole)
        self._spawn(partial(call.run, answer))
        try:
            await call.ended.wait()
        except BaseException:
            door.shut()
            await call.dismiss()
            raise
        if call.failure is not None and self._raising:
            self._raise(call.failure)

    def _raise(self, failure: BaseException) -> None:
        self._recorder.deliver(failure)
        if isinstance(failure, Exception):
            raise failure
        # An exit would end the portal.
        raise AppError(f"The app raised {summary(failure)}") from failure


class _Door:
    """TestClient's receive and send; once the client has left, a disconnect and nobody to send to."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._left = False
        self._waiting: set[anyio.CancelScope] = set()

    async def receive(self) -> Message:
        """What the client sends."""
        return await self._until_left(self._receive) or dict(_DISCONNECT)

    async def send(self, message: Message) -> None:
        """Send to the client."""
        await self._until_left(self._send, message)

    def shut(self) -> None:
        """The client has left: interrupt what waits for it."""
        self._left = True
        for scope in self._waiting:
            scope.cancel()

    async def _until_left(self, function: Callable[..., Awaitable[T]], *args: object) -> T | None:
        if self._left:
            await anyio.lowlevel.checkpoint()
            return None
        with anyio.CancelScope() as scope:
            self._waiting.add(scope)
            try:
                return await function(*args)
            finally:
                self._waiting.discard(scope)
        return None


async def _stand_in(receive: Receive, send: Send) -> None:
    """Answer the lifespan in place of the app."""
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})
