"""The websockets of one client, as sentences use them: from outside of the loop, each act with a deadline."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import anyio

from asgherkin.clients.carriers import Carrier
from asgherkin.clients.handshake import socket_request, socket_scope
from asgherkin.clients.line import Line
from asgherkin.clients.tapping import content_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx2

    from asgherkin.clients.asgi import Message, Scope
    from asgherkin.clients.conversation import Conversation, Side
    from asgherkin.clients.port import RunAs, Spawn
    from asgherkin.clients.recorder import Recorder

_CONNECT = {"type": "websocket.connect"}


class OpenSocket(ABC):
    """One websocket. See `asgherkin.clients.port.Socket`."""

    def __init__(self, line: Line, run: RunAs) -> None:
        self.conversation: Conversation = line.conversation
        self._line = line
        self._run = run

    @abstractmethod
    def send(self, content: str | bytes) -> None:
        """Send a text or bytes."""

    def receive(self, seconds: float) -> str | bytes | None:
        """Take the next message of the app's; None where none comes in time, or it is closed."""
        message = self._take(seconds)
        return None if message is None else content_of(message)

    @abstractmethod
    def _take(self, seconds: float) -> Message | None:
        """Take the next message as it was sent."""

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close it, and give the app a moment to end. Nothing happens where it is closed already."""
        if self.conversation.closing is None and self.conversation.refusal is None:
            self._leave(code, reason)

    @abstractmethod
    def _leave(self, code: int, reason: str) -> None:
        """Close it."""

    def closed(self, seconds: float) -> bool:
        """Wait until it is closed, by either side; False where it is not in time."""
        return self._run(self.conversation.doing, self._line.closes, seconds)

    def place(self) -> str:
        """Where the app's task for it waits; empty where that is not known."""
        return self._run(self.conversation.doing, self._place)

    async def _place(self) -> str:
        return self._line.call.place()


class DirectSocket(OpenSocket):
    """One whose messages go to the app's loop by themselves."""

    def __init__(self, line: Line, run: RunAs, carrier: Carrier) -> None:
        super().__init__(line, run)
        self._carrier = carrier

    def send(self, content: str | bytes) -> None:
        """Send a text or bytes."""
        self._run(self.conversation.doing, self._line.give, self._carrier.give, spoken(content))

    def _take(self, seconds: float) -> Message | None:
        return self._run(self.conversation.doing, self._line.take, self._carrier.take, seconds)

    def _leave(self, code: int, reason: str) -> None:
        self._run(self.conversation.doing, self._left, code, reason)

    async def _left(self, code: int, reason: str) -> None:
        await self._line.leave(code, reason)
        await self._line.call.ends()


class Sockets:
    """The websockets of one client.

    `http` makes their requests, `state` is the lifespan's.
    """

    def __init__(
        self, http: httpx2.AsyncClient, recorder: Recorder, spawn: Spawn, run: RunAs, state: Mapping[str, object]
    ) -> None:
        self._http = http
        self._recorder = recorder
        self._spawn = spawn
        self._run = run
        self._state = state
        self._lines: list[Line] = []

    def open(self, url: str, subprotocols: Sequence[str], options: Mapping[str, object]) -> OpenSocket:
        """Open one. Raises `AppError` when the app neither accepts nor refuses it in time."""
        line = self.line(self.scope(url, subprotocols, options))
        return self._run(line.conversation.doing, self._opened, line)

    def scope(self, url: str, subprotocols: Sequence[str], options: Mapping[str, object]) -> Scope:
        """The scope of a websocket that is to be opened."""
        return socket_scope(socket_request(self._http, url, subprotocols, options), self._state)

    def line(self, scope: Scope) -> Line:
        """The line of a websocket that is to be opened."""
        return Line(self._recorder, scope)

    async def connect(self, line: Line) -> Carrier:
        """Open a websocket, on the loop."""
        carrier = Carrier()
        line.start(self._spawn, carrier.receive, carrier.send)
        await line.give(carrier.give, dict(_CONNECT))
        await line.connect()
        self.keep(line)
        return carrier

    def keep(self, line: Line) -> None:
        """Have an eye on a websocket, until its call has ended."""
        self._lines = [other for other in self._lines if not other.call.ended.is_set()]
        self._lines.append(line)

    async def leave(self, *, restarts: bool) -> None:
        """Close all that are open, at once, and let their calls end."""
        # The code for a restart, as servers send it.
        code = 1012 if restarts else 1000
        by: Side = "app" if restarts else "client"
        lines, self._lines = self._lines, []
        for line in lines:
            await line.leave(code, by=by)
        async with anyio.create_task_group() as group:
            for line in lines:
                group.start_soon(line.dismiss)

    async def _opened(self, line: Line) -> DirectSocket:
        return DirectSocket(line, self._run, await self.connect(line))


def spoken(content: str | bytes) -> Message:
    """A message of the client's."""
    return {"type": "websocket.receive", "text" if isinstance(content, str) else "bytes": content}
