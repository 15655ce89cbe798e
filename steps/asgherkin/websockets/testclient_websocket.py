"""Websockets of the client `test`: sessions of Starlette's TestClient, whose waits have deadlines."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from asgherkin.websockets.app_websocket import AppSource, app_source, websocket_url
from asgherkin.websockets.connection import ClientWebSocket, WebSockets
from asgherkin.websockets.transcript import ACCEPT

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.from_thread import BlockingPortal
    from starlette.testclient import WebSocketTestSession

    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from asgherkin.clients.in_process import Client
    from asgherkin.clients.starlette_client import TestClientAdapter
    from asgherkin.websockets.connection import Opening


class SessionSource(AppSource):
    """Carries messages by the streams of a session of TestClient's, which takes this for its app."""

    def __init__(self, client: Client, scope: Scope) -> None:
        super().__init__(client, scope)
        self._is_connected = anyio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app with the session's streams, in a task of its own, and stay until it has ended."""
        self.app_receives, self.app_sends = receive, send
        # The app may answer at once, and its answer can be dealt with only when the session is connected.
        await self._is_connected.wait()
        call = self.call_app(scope)
        try:
            await call.ended.wait()
        except BaseException:
            await self.connection.abandon()
            raise

    async def deliver(self, message: Message) -> None:
        """Hand a message to the app."""
        await super().deliver(message)
        self._is_connected.set()


class SessionWebSocket(ClientWebSocket):
    """One websocket, used through a session of TestClient's."""

    def __init__(
        self, source: SessionSource, session: WebSocketTestSession, portal: BlockingPortal, client: Client
    ) -> None:
        super().__init__(source.connection, client.run_as)
        self._act = client.act
        self._session = session
        self._portal = _Portal(portal, source)
        session.app = source
        session.portal_factory = lambda: nullcontext(self._portal)  # type: ignore[arg-type] # a portal in two methods

    @property
    def is_spent(self) -> bool:
        """Whether its session can be left."""
        has_message = self._connection.has_message or self._portal.fetched is not None
        return self._portal.is_left or (self._connection.is_spent and not has_message)

    def enter(self) -> None:
        """Enter the session. Raises `AppError` when the app neither accepts nor refuses the websocket in time."""
        self._act(self.transcript.doing, self._session.__enter__)

    def exit(self) -> None:
        """Leave the session, if it is entered. The app has ended before, or was abandoned."""
        if not self._portal.is_left:
            self._portal.is_left = True
            self._act("", partial(self._session.__exit__, None, None, None))

    def send(self, content: str | bytes) -> None:
        """Send a text or bytes."""
        send: Callable[[Any], None] = self._session.send_text if isinstance(content, str) else self._session.send_bytes
        self._act(self.transcript.doing, partial(send, content))

    def _receive(self, seconds: float) -> Message | None:
        if self._portal.is_left:
            return None
        self._portal.seconds = seconds
        return self._act(self.transcript.doing, self._session.receive)

    def _close(self, code: int, reason: str) -> None:
        self._portal.fetched = None
        self._act(self.transcript.doing, partial(self._session.close, code, reason))
        if self._run(self.transcript.doing, self._connection.app_ends):
            self.exit()


class _Portal:
    """TestClient's portal for a session: its messages go through the connection, which has the deadlines."""

    def __init__(self, portal: BlockingPortal, source: SessionSource) -> None:
        self.seconds = 0.0
        """Seconds to wait for a message."""
        self.is_left = False
        """Whether the session is left, or was not entered: it ends as it always does."""
        self._portal = portal
        self._source = source
        self._connection = source.connection
        self._is_entered = False
        self.fetched: Message | None = None
        """A message that arrived while another was sent."""

    def start_task(self, function: Callable[..., Any]) -> object:
        """Start the session's task."""
        return self._portal.start_task(function)

    def call(self, function: Callable[..., Any], *args: Any) -> object:
        """Send a message, if it is given, else receive: None where no message comes."""
        if self.is_left:
            return self._portal.call(function, *args)
        if args:
            self._source.client_sends = function
            return self._portal.call(self._send, *args)
        self._source.client_receives = function
        if not self._is_entered:
            return self._enter()
        message, self.fetched = self.fetched, None
        return message or self._portal.call(self._connection.receive, self.seconds)

    async def _send(self, message: Message) -> None:
        await self._connection.send(message)
        # An answer that has arrived is fetched in the same call of the portal: 1,000 round trips of a scenario take
        # 0.27 s of CPU, with a call for each answer 0.37.
        if self._is_entered and self.fetched is None and self._connection.has_message:
            self.fetched = await self._connection.receive(0)

    def _enter(self) -> Message:
        try:
            self._portal.call(self._connection.opened)
        except BaseException:
            self.is_left = True
            raise
        self._is_entered = True
        # Also for a refusal: the session stays entered until the app has ended.
        return {"type": ACCEPT, "subprotocol": self._connection.transcript.subprotocol}


class TestClientWebSockets(WebSockets):
    """Opens websockets for sentences with a TestClient that is entered, and leaves its sessions."""

    __test__ = False

    def __init__(self, client: TestClientAdapter) -> None:
        super().__init__(client, partial(app_source, client))
        self._client = client
        self._test_client = client.test_client
        self._entered: list[SessionWebSocket] = []
        # Also where a scenario is interrupted: TestClient's portal would wait for its sessions without end.
        self._test_client.exit_stack.callback(self.close)

    def open(self, opening: Opening) -> SessionWebSocket:
        """Open a websocket for sentences. Raises `AppError` when the app neither accepts nor refuses it in time."""
        spent = [websocket for websocket in self._entered if websocket.is_spent]
        for websocket in spent:
            websocket.exit()
        self._entered = [websocket for websocket in self._entered if websocket not in spent]
        options = {**opening.options, "headers": opening.headers}
        session = self._test_client.websocket_connect(websocket_url(opening.url), **options)
        source = SessionSource(self._client, session.scope)
        assert self._test_client.portal is not None, "it was entered"
        websocket = SessionWebSocket(source, session, self._test_client.portal, self._client)
        websocket.enter()
        self.keep(source.connection)
        self._entered.append(websocket)
        return websocket

    def close(self) -> None:
        """Leave the sessions."""
        for websocket in self._entered:
            websocket.exit()
