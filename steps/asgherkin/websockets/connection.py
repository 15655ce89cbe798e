"""The client's end of a websocket, the same on every client; and all websockets of a client.

A `Connection` has the deadlines, the backpressure and the transcript, and decides how a websocket ends. Its `Source`
carries the messages: `AppSource` to the app's call in this process, `SessionSource` by a session of Starlette's
TestClient, `SocketSource` over a socket. Sentences use a connection as a `ClientWebSocket`, a user's own code as an
`OwnWebSocket`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

import anyio
import httpx2

from asgherkin.clients.asgi import in_words
from asgherkin.clients.deadlines import grace, waiting_at
from asgherkin.errors import AppError
from asgherkin.websockets.transcript import ABNORMAL, DISCONNECT, NORMAL, RECEIVE, SERVICE_RESTART, content_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asgherkin.clients.asgi import Message, RunAs
    from asgherkin.clients.deadlines import AppCall
    from asgherkin.clients.in_process import Client
    from asgherkin.clients.recorder import Recorder
    from asgherkin.websockets.transcript import Transcript
    from asgherkin.websockets.websocket_evidence import Peer

_AHEAD = 64 * 1024
"""Bytes that an app can send ahead of its client before it has to wait, as it can to a server's socket."""
_LEAST = 1024
"""Bytes that the smallest message counts for: else an app could send empty messages without end."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A client's request for a websocket. `options` are httpx2's for a request."""

    url: str
    subprotocols: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headers(self) -> httpx2.Headers:
        """The headers of the request."""
        headers = httpx2.Headers(self.options.get("headers"))
        if self.subprotocols:
            headers.setdefault("Sec-WebSocket-Protocol", ", ".join(self.subprotocols))
        return headers


class Source(Protocol):
    """Carries the messages of a connection. All methods are called on the loop."""

    connection: Connection

    async def open(self) -> None:
        """Open the connection. Raises `AppError` when no answer comes in time, and other errors that prevent it."""

    async def deliver(self, message: Message) -> None:
        """Hand a message to the app: `websocket.receive` or `websocket.disconnect`."""

    async def fetch(self) -> Message:
        """The app's next message. It has arrived: the connection has counted it."""

    async def settle(self) -> None:
        """Let the app run until it asks for its next message; not for long, as it may be busy."""

    async def abandon(self) -> None:
        """Stop carrying messages."""

    def too_late(self) -> Exception | None:
        """The error of an answer that came too late, where that was not the app's fault."""

    def calls(self) -> Sequence[AppCall]:
        """The app's call; before it is identified, all candidates. None on another machine."""


class Connection:
    """The client's end of a websocket. All methods are called on the loop."""

    def __init__(self, recorder: Recorder, transcript: Transcript, source: Source) -> None:
        self.transcript = transcript
        self.recorder = recorder
        self.ended = False
        """Whether the app's call has ended, or the connection is gone."""
        self.error: Exception | None = None
        """The reason for neither a connection nor a refusal."""
        self.is_answering = False
        """Whether an answer has begun, which the source reads with its own deadline."""
        self._source = source
        self._sizes: deque[int] = deque()
        """Of the messages that have arrived."""
        self._ahead = 0
        self._changed: anyio.Event | None = None
        """Made only where something waits: most messages are there already."""

    @property
    def has_message(self) -> bool:
        """Whether a message has arrived."""
        return bool(self._sizes)

    @property
    def is_over(self) -> bool:
        """Whether it was closed or refused, or has ended."""
        return self.ended or self.transcript.is_over

    @property
    def is_spent(self) -> bool:
        """Whether it has ended, and the app with it."""
        return self.ended and all(call.ended.is_set() for call in self._source.calls())

    @property
    def failure(self) -> BaseException | None:
        """The exception of the app's call."""
        return next((call.failure for call in self._source.calls() if call.failure is not None), None)

    # For its client

    async def opened(self) -> None:
        """Wait until the app has accepted or refused it. Raises `AppError` when that takes too long."""
        if not await self._until(lambda: self.is_answering or self._is_answered, self.recorder.timeout):
            within = in_words(self.recorder.timeout)
            text = f"The app did not accept the {self.transcript.doing} within {within}."
            self.error = self._source.too_late() or AppError(text + waiting_at(self.place()))
        await self._until(lambda: self._is_answered, None)
        if self.error is not None and not (self.transcript.accepted or self.transcript.is_over):
            await self.abandon()
            raise self.error
        await self._source.settle()

    @property
    def _is_answered(self) -> bool:
        return self.transcript.accepted or self.error is not None or self.is_over

    async def send(self, message: Message) -> None:
        """Hand a message to the app: a text, bytes or a disconnect; and let the app run."""
        if message["type"] == RECEIVE:
            self.transcript.add("client", cast("str | bytes", content_of(message)))
        elif message["type"] == DISCONNECT:
            self._close("client", message["code"], message["reason"] or "")
        await self._source.deliver(message)
        await self._source.settle()

    async def receive(self, seconds: float) -> Message | None:
        """The app's next message; None where none comes in time, or the websocket is over."""
        await self._until(lambda: self.has_message or self.is_over, seconds)
        if not self._sizes:
            return None
        self._ahead -= self._sizes.popleft()
        message = await self._source.fetch()
        self.notify()
        await self._source.settle()
        return message

    async def closed(self, seconds: float) -> bool:
        """Wait until it is closed; False where it is not in time."""
        return await self._until(lambda: self.is_over, seconds)

    async def close(self, code: int = NORMAL, reason: str = "", by: Peer = "client") -> None:
        """Close it, unless it is over."""
        if not self.is_over:
            self._close(by, code, reason)
            await self._source.deliver(closing_message(code, reason))

    async def app_ends(self) -> bool:
        """Give the app a moment to end after it was closed; False where it does not."""
        return all([await call.ends() for call in self._source.calls()])

    async def dismiss(self) -> None:
        """Let the app end after it was closed. A call that does not end is cancelled, which is a crash."""
        for call in self._source.calls():
            if await call.ends():
                continue
            seconds = in_words(grace(self.recorder.timeout))
            text = f"The app did not end within {seconds} after the {call.doing} was closed. It was cancelled"
            where = waiting_at(call.place())
            call.cancel()
            if await call.ends():
                self.recorder.record(AppError(f"{text}.{where}"), call.doing)
            else:
                call.give_up(f"{text}, but did not end then either.{where}")

    async def abandon(self) -> None:
        """Leave it and cancel the app's call, at once. Only a call that does not end then is a crash."""
        with anyio.CancelScope(shield=True):
            await self.close(ABNORMAL)
            await self._source.abandon()
            for call in self._source.calls():
                where = waiting_at(call.place())
                call.cancel()
                if not await call.ends():
                    call.give_up(f"The app did not end when the {call.doing} was cancelled.{where}")

    def place(self) -> str:
        """The line where the app waits: `shop.py:12: await queue.get()`; empty if unknown."""
        return next((place for call in self._source.calls() if (place := call.place())), "")

    # For its source

    def notify(self) -> None:
        """Wake all waiters: something has changed."""
        if self._changed is not None:
            self._changed.set()
            self._changed = None

    async def came(self, size: int) -> None:
        """A message of `size` bytes has arrived. An app that is far ahead of its client has to wait."""
        size = max(size, _LEAST)
        self._sizes.append(size)
        self._ahead += size
        self.notify()
        await self._until(lambda: self._ahead <= _AHEAD or self.is_over, None)

    def end(self) -> None:
        """No more messages will come."""
        self.ended = True
        self.notify()

    def _close(self, by: Peer, code: int, reason: str) -> None:
        self.transcript.close(by, code, reason)
        if by == "client":
            self._sizes.clear()
        self.notify()

    async def _until(self, condition: Callable[[], bool], seconds: float | None) -> bool:
        if not condition():
            with anyio.move_on_after(seconds):
                while not condition():
                    self._changed = self._changed or anyio.Event()
                    await self._changed.wait()
        return condition()


def client_message(content: str | bytes) -> Message:
    """A message from the client."""
    return {"type": RECEIVE, "text" if isinstance(content, str) else "bytes": content}


def closing_message(code: int, reason: str = "") -> Message:
    """The disconnect that an app receives."""
    return {"type": DISCONNECT, "code": code, "reason": reason}


class ClientWebSocket:
    """A websocket that is used on the main thread. Every wait has a deadline."""

    def __init__(self, connection: Connection, run: RunAs) -> None:
        self.transcript = connection.transcript
        self._connection = connection
        self._run = run

    def send(self, content: str | bytes) -> None:
        """Send a text or bytes. To be called while it is not closed."""
        self._run(self.transcript.doing, self._connection.send, client_message(content))

    def receive(self, seconds: float) -> str | bytes | None:
        """Take the app's next message; None where none comes within `seconds`, or it is closed.

        What the app sent before it closed comes first.
        """
        message = self._receive(seconds)
        return None if message is None else content_of(message)

    def _receive(self, seconds: float) -> Message | None:
        return self._run(self.transcript.doing, self._connection.receive, seconds)

    def close(self, code: int = NORMAL, reason: str = "") -> None:
        """Close it, and give the app a moment to end. Nothing happens where it is over already."""
        if not self.transcript.is_over:
            self._close(code, reason)

    def _close(self, code: int, reason: str) -> None:
        async def close() -> None:
            await self._connection.close(code, reason)
            await self._connection.app_ends()

        self._run(self.transcript.doing, close)

    def closed(self, seconds: float) -> bool:
        """Wait until it is closed, by either side; False where it is not within `seconds`."""
        return self._run(self.transcript.doing, self._connection.closed, seconds)

    def place(self) -> str:
        """The line where the app waits; see `Connection.place`."""

        async def place() -> str:
            return self._connection.place()

        return self._run(self.transcript.doing, place)


class WebSockets:
    """Opens the websockets of a client, or of a user's own code, and closes those that are left open."""

    def __init__(self, client: Client, source: Callable[[Opening], Source]) -> None:
        """`source` makes the source of a websocket that is to be opened."""
        self.run_as = client.run_as
        self.source = source
        self._connections: list[Connection] = []
        client.before_shut_down.append(self._leave)

    def open(self, opening: Opening) -> ClientWebSocket:
        """Open a websocket for sentences. Raises `AppError` when the app neither accepts nor refuses it in time."""
        source = self.source(opening)
        self.run_as(source.connection.transcript.doing, self.connect, source)
        return ClientWebSocket(source.connection, self.run_as)

    async def connect(self, source: Source) -> None:
        """Open the connection of a source, on the loop."""
        await source.open()
        self.keep(source.connection)

    def keep(self, connection: Connection) -> None:
        """Close a connection at the end, unless it is spent before."""
        self._connections = [other for other in self._connections if not other.is_spent]
        self._connections.append(connection)

    async def _leave(self, *, restarts: bool) -> None:
        """Close all that are open, at once, and let the app's calls end."""
        connections, self._connections = self._connections, []
        for connection in connections:
            if restarts:
                await connection.close(SERVICE_RESTART, by="app")
            else:
                await connection.close()
        async with anyio.create_task_group() as group:
            for connection in connections:
                group.start_soon(connection.dismiss)

    def close(self) -> None:
        """Release what the client keeps for them. They are closed by now."""
