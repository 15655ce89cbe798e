"""Opens the websockets of one client: what is asked for, the app's call in this process, what a scenario holds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin

import anyio
import anyio.lowlevel
import httpx2

from asgherkin.clients.deadlines import AppCall
from asgherkin.clients.transport import scope_of
from asgherkin.websockets.connection import Connection, client_message, closing_message
from asgherkin.websockets.transcript import (
    ABNORMAL,
    CONNECT,
    NORMAL,
    SEND,
    SERVICE_RESTART,
    Transcript,
    WebSocketWrapper,
    content_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from asgherkin.clients.port import RunAs, Side
    from asgherkin.websockets.connection import Source

_BASE_URL = "ws://testserver"
# What Starlette's TestClient sends.
_HEADERS = {"Connection": "upgrade", "Sec-WebSocket-Key": "testserver==", "Sec-WebSocket-Version": "13"}
_TURNS = 10
"""Turns of the loop that an app gets to go on after a message, so that it crashes in the step that sent it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a client asks for when it opens a websocket. `options` are httpx2's for a request."""

    url: str
    subprotocols: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def websocket_url(self) -> str:
        """The whole URL for an app in this process; one that begins with http is taken for its websocket."""
        whole = urljoin(_BASE_URL, self.url)
        return f"ws{whole[4:]}" if whole.startswith("http") else whole

    @property
    def headers(self) -> httpx2.Headers:
        """The headers that are asked with."""
        headers = httpx2.Headers(self.options.get("headers"))
        if self.subprotocols:
            headers.setdefault("Sec-WebSocket-Protocol", ", ".join(self.subprotocols))
        return headers

    def scope(self, side: Side) -> Scope:
        """The ASGI scope for an app in this process."""
        headers = self.headers
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        request = side.build_request("GET", self.websocket_url, **{**self.options, "headers": headers})
        offered = request.headers.get("Sec-WebSocket-Protocol", "")
        return {
            "type": "websocket",
            # With 2.4 an app that sends to a client that has left meets an OSError.
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "subprotocols": [name for part in offered.split(",") if (name := part.strip())],
            "extensions": {"websocket.http.response": {}},
            **scope_of(request, side.state),
        }


class _Queue:
    """Messages on their way in one direction."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._news: anyio.Event | None = None

    async def put(self, message: Message) -> None:
        """Send a message."""
        self._messages.append(message)
        if self._news is not None:
            self._news.set()
            self._news = None

    async def get(self) -> Message:
        """Receive the next message."""
        while not self._messages:
            self._news = self._news or anyio.Event()
            await self._news.wait()
        return self._messages.popleft()


class AppSource:
    """Carries messages by two queues to the app's call in this process, which is a task of its own, and back."""

    def __init__(self, side: Side, scope: Scope) -> None:
        to_app, to_client = _Queue(), _Queue()
        self.client_sends: Send = to_app.put
        self.app_receives: Receive = to_app.get
        self.app_sends: Send = to_client.put
        self.client_receives: Receive = to_client.get
        self.connection = Connection(side.recorder, Transcript.of_scope(scope), self)
        self._side = side
        self._scope = scope
        self._call: AppCall | None = None
        self._asking = False

    async def open(self) -> None:
        """Open the connection. Raises `AppError` when the app neither accepts nor refuses it in time."""
        self.call_app(self._scope)
        await self.deliver({"type": CONNECT})
        await self.connection.opened()

    def call_app(self, scope: Scope) -> AppCall:
        """Call the app, in a task of its own."""
        recorder, transcript = self._side.recorder, self.connection.transcript
        recorder.evidence.add(transcript)
        wrapper = WebSocketWrapper(scope, self._receive, self._send, transcript)
        call = self._call = AppCall(recorder, transcript.doing, at_end=self.connection.end)
        self._side.spawn(partial(call.run, partial(recorder.run, scope, wrapper)))
        return call

    async def deliver(self, message: Message) -> None:
        """Hand a message to the app."""
        await self.client_sends(message)
        self._asking = False

    async def fetch(self) -> Message:
        """The app's next message."""
        return await self.client_receives()

    async def settle(self) -> None:
        """Let the app go on until it asks for its next message."""
        for _ in range(_TURNS):
            if self._asking or self.connection.ended:
                return
            await anyio.lowlevel.checkpoint()

    async def abandon(self) -> None:
        """Carry nothing any more: the call is cancelled."""

    def too_late(self) -> None:
        """What went wrong where no answer came in time: the connection itself knows what to say."""

    def calls(self) -> Sequence[AppCall]:
        """The app's call."""
        return () if self._call is None else (self._call,)

    async def _receive(self) -> Message:
        self._asking = True
        try:
            return await self.app_receives()
        finally:
            self._asking = False

    async def _send(self, message: Message) -> None:
        connection, transcript = self.connection, self.connection.transcript
        if message["type"] == SEND:
            await self.app_sends(message)
            await connection.came(len(cast("str | bytes", content_of(message))))
            return
        connection.notify()
        if transcript.closing is not None:
            await self.deliver(closing_message(transcript.closing.code, transcript.closing.reason))
        elif transcript.refusal is not None:
            await self.deliver(closing_message(ABNORMAL))


class ClientWebSocket:
    """One websocket, used from outside of the loop: on the main thread. None of its methods waits without end."""

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

    def close(self, code: int = 1000, reason: str = "") -> None:
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
        """Where the app's task for it waits; see `Connection.place`."""

        async def place() -> str:
            return self._connection.place()

        return self._run(self.transcript.doing, place)


class WebSockets:
    """The websockets of one client, or of a user's own code. It opens them, and closes those that are left open."""

    def __init__(self, side: Side) -> None:
        self.run_as = side.run_as
        self._side = side
        self._connections: list[Connection] = []
        side.before_shut_down.append(self._leave)

    def source(self, opening: Opening) -> Source:
        """What is to carry the messages of a websocket that is not opened yet."""
        return AppSource(self._side, opening.scope(self._side))

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
        """Have a connection closed at the end, unless it is spent before."""
        self._connections = [other for other in self._connections if not other.is_spent]
        self._connections.append(connection)

    async def _leave(self, *, restarts: bool) -> None:
        """Close all that are open, at once, and let the app's calls end."""
        connections, self._connections = self._connections, []
        for connection in connections:
            if restarts:
                await connection.close(SERVICE_RESTART, by="app")
            else:
                await connection.close(NORMAL)
        async with anyio.create_task_group() as group:
            for connection in connections:
                group.start_soon(connection.dismiss)

    def close(self) -> None:
        """Let go of what the client has kept for them. They are closed by now."""
