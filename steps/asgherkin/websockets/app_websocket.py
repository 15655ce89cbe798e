"""Websockets to an app in this process: its call is a task of its own, which two queues lead to."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

import anyio
import anyio.lowlevel

from asgherkin.clients.deadlines import AppCall
from asgherkin.clients.transport import scope_of
from asgherkin.websockets.connection import Connection, closing_message
from asgherkin.websockets.transcript import ABNORMAL, CONNECT, SEND, Transcript, WebSocketWrapper, content_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from asgherkin.clients.in_process import Client
    from asgherkin.websockets.connection import Opening

_BASE_URL = "ws://testserver"
# What Starlette's TestClient sends.
_HEADERS = {"Connection": "upgrade", "Sec-WebSocket-Key": "testserver==", "Sec-WebSocket-Version": "13"}
_TURNS = 10
"""Turns of the loop that an app gets to go on after a message, so that it crashes in the step that sent it."""


def websocket_url(url: str) -> str:
    """The whole URL for an app in this process; an http address becomes its ws address."""
    whole = urljoin(_BASE_URL, url)
    return f"ws{whole[4:]}" if whole.startswith("http") else whole


def app_source(client: Client, opening: Opening) -> AppSource:
    """The source of a websocket that the client `async` opens, or a user's own code on either client."""
    headers = opening.headers
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    request = client.build_request("GET", websocket_url(opening.url), **{**opening.options, "headers": headers})
    offered = request.headers.get("Sec-WebSocket-Protocol", "")
    scope = {
        "type": "websocket",
        # With 2.4 an app that sends to a client that has left meets an OSError.
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "subprotocols": [name for part in offered.split(",") if (name := part.strip())],
        "extensions": {"websocket.http.response": {}},
        **scope_of(request, client.state),
    }
    return AppSource(client, scope)


class _Queue:
    """A queue of messages in one direction."""

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

    def __init__(self, client: Client, scope: Scope) -> None:
        to_app, to_client = _Queue(), _Queue()
        self.client_sends: Send = to_app.put
        self.app_receives: Receive = to_app.get
        self.app_sends: Send = to_client.put
        self.client_receives: Receive = to_client.get
        self.connection = Connection(client.recorder, Transcript.of_scope(scope), self)
        self._client = client
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
        recorder, transcript = self._client.recorder, self.connection.transcript
        recorder.evidence.add(transcript)
        wrapper = WebSocketWrapper(scope, self._receive, self._send, transcript)
        call = self._call = AppCall(recorder, transcript.doing, at_end=self.connection.end)
        self._client.spawn(partial(call.run, partial(recorder.run, scope, wrapper)))
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
        """Nothing to let go of: the connection cancels the call."""

    def too_late(self) -> None:
        """A late answer is always the app's fault here."""

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
