"""Websockets of the client `test`: sessions of Starlette's TestClient, whose waits have deadlines."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import httpx2

from asgherkin.clients.handshake import socket_url
from asgherkin.clients.sockets import OpenSocket, Sockets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from anyio.from_thread import BlockingPortal
    from starlette.testclient import TestClient, WebSocketTestSession

    from asgherkin.clients.asgi import Message, Send
    from asgherkin.clients.line import Line, Take
    from asgherkin.clients.port import RunAs
    from asgherkin.clients.starlette_client import AppForTestClient

T = TypeVar("T")


class Act(Protocol):
    """Calls a function that waits for the app, under the alarm for a blocked event loop."""

    def __call__(self, doing: str, function: Callable[[], T]) -> T:
        """Call it."""
        ...


class SessionSockets:
    """Opens websockets with a TestClient that is entered, and leaves its sessions."""

    def __init__(self, client: TestClient, sockets: Sockets, act: Act, run: RunAs) -> None:
        self._client = client
        self._sockets = sockets
        self._act = act
        self._run = run
        self._entered: list[SessionSocket] = []

    def open(self, url: str, subprotocols: Sequence[str], options: Mapping[str, object]) -> SessionSocket:
        """Open one. Raises `AppError` when the app neither accepts nor refuses it in time."""
        self._exit([socket for socket in self._entered if socket.spent])
        session = self._session(url, subprotocols, dict(options))
        line = self._sockets.line(session.scope)
        cast("AppForTestClient", self._client.app).lines[id(session.scope)] = line
        assert self._client.portal is not None, "it was entered"
        socket = SessionSocket(line, self._run, self._act, session, _Portal(self._client.portal, line))
        socket.enter()
        self._sockets.keep(line)
        self._entered.append(socket)
        return socket

    def exit(self) -> None:
        """Leave the sessions, after the websockets were closed."""
        self._exit(self._entered)

    def _exit(self, sockets: list[SessionSocket]) -> None:
        self._entered = [socket for socket in self._entered if socket not in sockets]
        for socket in sockets:
            socket.exit()

    def _session(self, url: str, subprotocols: Sequence[str], options: dict[str, Any]) -> WebSocketTestSession:
        headers = httpx2.Headers(options.pop("headers", None))
        return self._client.websocket_connect(socket_url(url), subprotocols or None, headers=headers, **options)


class SessionSocket(OpenSocket):
    """A session of TestClient's. It is not entered where the app refused the websocket."""

    def __init__(self, line: Line, run: RunAs, act: Act, session: WebSocketTestSession, portal: _Portal) -> None:
        super().__init__(line, run)
        self._act = act
        self._session = session
        self._portal = portal
        session.portal_factory = lambda: nullcontext(cast("BlockingPortal", portal))

    @property
    def spent(self) -> bool:
        """Whether its session is of no use any more."""
        return self._portal.over or (self._line.spent and self._portal.fetched is None)

    def enter(self) -> None:
        """Enter the session."""
        with suppress(_Refused):
            self._act(self.conversation.doing, self._session.__enter__)

    def exit(self) -> None:
        """Leave the session, if it is entered. The app has ended before, or was left behind."""
        if not self._portal.over:
            self._portal.over = True
            self._act("", partial(self._session.__exit__, None, None, None))

    def send(self, content: str | bytes) -> None:
        """Send a text or bytes."""
        send = self._session.send_text if isinstance(content, str) else self._session.send_bytes
        self._act(self.conversation.doing, partial(cast("Callable[[str | bytes], None]", send), content))

    def _take(self, seconds: float) -> Message | None:
        if self._portal.over:
            return None
        self._portal.seconds = seconds
        # Our portal returns None where no message comes.
        return cast("Message | None", self._act(self.conversation.doing, self._session.receive))

    def _leave(self, code: int, reason: str) -> None:
        self._portal.fetched = None
        self._act(self.conversation.doing, partial(self._session.close, code, reason))
        if self._run(self.conversation.doing, self._line.call.ends):
            self.exit()


class _Refused(Exception):  # noqa: N818 - no error
    """Ends the handshake of a session: the conversation tells how the app refused."""


class _Portal:
    """TestClient's portal, for one session: each of its calls stays one call, which tells the line."""

    def __init__(self, portal: BlockingPortal, line: Line) -> None:
        self._portal = portal
        self._line = line
        self._take: Take | None = None
        self.fetched: Message | None = None
        """A message that came while one was sent: it is received without another call."""
        self.seconds = 0.0
        """How long a message is waited for."""
        self.over = False
        """The session is left, or was not entered: calls are passed on as they are."""

    def start_task(self, function: Callable[..., Any]) -> object:
        """Start the session's task."""
        return self._portal.start_task(function)

    def call(self, function: Callable[..., Any], *args: Any) -> object:
        """Send a message, if it is given, or receive one."""
        if self.over:
            return self._portal.call(function, *args)
        try:
            if args:
                return self._portal.call(self._give, function, *args)
            if self._take is None:
                return self._portal.call(self._accept, function)
        except BaseException:
            self.over = self._take is None
            raise
        message, self.fetched = self.fetched, None
        return message or self._portal.call(self._line.take, function, self.seconds)

    async def _give(self, give: Send, message: Message) -> None:
        await self._line.give(give, message)
        if self._take is not None and self.fetched is None and self._line.waits:
            self.fetched = await self._line.take(self._take, 0)

    async def _accept(self, take: Take) -> Message:
        await self._line.connect()
        if self._line.conversation.refusal is not None:
            raise _Refused
        self._take = take
        return await take()
