"""Websockets over a socket, by httpx2; and the app's side, where its server runs in this process."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, cast

import anyio
import anyio.lowlevel
import httpx2
import wsproto
from httpx2.websockets import AsyncWebSocketSession, WebSocketDisconnect

from asgherkin.clients.asgi import in_words
from asgherkin.clients.live_transport import BROKEN, OF_CONNECTION
from asgherkin.clients.network import failed, late, no_upgrade
from asgherkin.clients.recorder import SERVED, Crashed, ServedScope, decoded
from asgherkin.errors import AppError
from asgherkin.evidence.exchange_record import BODY_CAP
from asgherkin.websockets.connection import Connection, client_message
from asgherkin.websockets.transcript import (
    ABNORMAL,
    BODY,
    CLOSE,
    DISCONNECT,
    INTERNAL_ERROR,
    RECEIVE,
    SEND,
    START,
    Transcript,
    WebSocketWrapper,
)
from asgherkin.websockets.websocket_evidence import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from asgherkin.clients.deadlines import AppCall
    from asgherkin.clients.live import LiveAdapter
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.server import Server
    from asgherkin.websockets.connection import Opening

_LONGEST = 64 * 1024 * 1024
"""Bytes of the longest message that is read."""
_HEADERS = {"Connection": "upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
_OF_HANDSHAKE = frozenset(("connection", "sec-websocket-accept", "sec-websocket-protocol", "upgrade"))
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TURNS = 10
_MOMENT = 0.02
"""Seconds that an app gets to go on after a message, so that it crashes in the step that sent it."""


class SocketSource:
    """Carries messages over a socket. A task reads it from its opening to its end, so that no deadline loses data."""

    def __init__(self, client: LiveAdapter, opening: Opening) -> None:
        headers = opening.headers
        headers.update({**_HEADERS, "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode()})
        url = f"http{opening.url[2:]}" if opening.url.startswith(("ws://", "wss://")) else opening.url
        self._request = client.build_request("GET", url, **{**opening.options, "headers": headers})
        path = self._request.url.raw_path.decode("latin-1")
        sent = [(name.lower(), value) for name, value in decoded(self._request.headers.raw)]
        transcript = Transcript(path, sent, tuple(opening.subprotocols))
        self.connection = Connection(client.recorder, transcript, self)
        self._client = client
        self._timeout = client.recorder.timeout
        self._server: Server | None = None
        self._call: ServedWebSocket | None = None
        self._session: AsyncWebSocketSession | None = None
        self._messages: deque[Message] = deque()
        self._sent = 0
        self._is_asked = False
        self._scope: anyio.CancelScope

    async def open(self) -> None:
        """Open the connection. Raises what prevents that; `AppError` where no answer comes in time."""
        self._scope = anyio.CancelScope()
        self._client.recorder.evidence.add(self.connection.transcript)
        self._client.spawn(self._hold)
        await self.connection.opened()

    # On the task that reads

    async def _hold(self) -> None:
        transcript = self.connection.transcript
        try:
            with self._scope:
                await self._shake_hands()
        except Exception as error:  # noqa: BLE001 - raised by the opening, or part of the closing
            self.connection.error = error
            await self._look_for_crash()
        finally:
            with anyio.CancelScope(shield=True):
                if transcript.accepted and not transcript.is_over:
                    transcript.close("app", ABNORMAL, await self._why())
                self.connection.end()

    async def _shake_hands(self) -> None:
        """Send the request, and judge the answer: an upgrade, a refusal, or neither, which raises `Unreachable`."""
        server = self._server = await self._client.serving()
        request = self._request = self._request if server is None else server.addressed(self._request)
        self._is_asked = True
        try:
            response = await self._client.pool.handle_async_request(request)
        except BROKEN as error:
            raise failed(error, request, self._timeout) from None
        response.request = request
        httpx2.Cookies(self._client.cookies).extract_cookies(response)
        self.connection.is_answering = True
        call = None if server is None else server.call(response)
        self._call = call if isinstance(call, ServedWebSocket) else None
        try:
            if response.status_code != httpx2.codes.SWITCHING_PROTOCOLS:
                self._refused(response, await self._refusal(response))
            elif response.headers.get("sec-websocket-accept") != _accept(request.headers["sec-websocket-key"]):
                raise no_upgrade(request, self._timeout, "its Sec-WebSocket-Accept is missing or wrong")
            else:
                await self._read(response)
        finally:
            await response.aclose()

    async def _refusal(self, response: httpx2.Response) -> bytes:
        """The body of a refusal."""
        request, status, body = self._request, response.status_code, b""
        try:
            with anyio.fail_after(self._timeout):
                async for part in cast("httpx2.AsyncByteStream", response.stream):
                    body += part[: BODY_CAP - len(body)]
        except TimeoutError:
            raise late(request, self._timeout, status=status, size=len(body)) from None
        except BROKEN as error:
            if self._server is None:
                raise failed(error, request, self._timeout, status=status, size=len(body)) from None
            # The app in this process broke its refusal off.
        return body

    def _refused(self, response: httpx2.Response, body: bytes) -> None:
        # The code and the reason of an app in this process do not come over the socket.
        known = None if self._call is None else self._call.transcript.refusal
        if known is None or known.status is not None:
            skipped = OF_CONNECTION if self._call is not None else ()
            headers = [pair for pair in response.headers.raw if pair[0].lower() not in skipped]
            known = Refusal(status=response.status_code, headers=tuple(decoded(headers)), body=body)
        self.connection.transcript.refusal = known
        self.connection.notify()

    async def _read(self, response: httpx2.Response) -> None:
        session = AsyncWebSocketSession(
            response.extensions["network_stream"],
            max_message_size_bytes=_LONGEST,
            keepalive_ping_interval_seconds=None,
            response=response,
        )
        async with session:
            self._accepted(session, response)
            try:
                while True:
                    event = await session.receive()
                    assert isinstance(event, wsproto.events.Message), "pings and closings are httpx2's matter"
                    content = event.data if isinstance(event.data, str) else bytes(event.data)
                    self.connection.transcript.add("app", content)
                    self._messages.append({**client_message(content), "type": SEND})
                    await self.connection.came(len(content))
            except WebSocketDisconnect as farewell:
                self.connection.transcript.close("app", farewell.code, farewell.reason)
            except Exception:  # noqa: BLE001 - the connection is gone
                return

    def _accepted(self, session: AsyncWebSocketSession, response: httpx2.Response) -> None:
        self._session = session
        transcript = self.connection.transcript
        transcript.response_headers = [
            (name, value) for name, value in decoded(response.headers.raw) if name.lower() not in _OF_HANDSHAKE
        ]
        transcript.subprotocol = session.subprotocol
        transcript.accepted = True
        self.connection.notify()

    async def _look_for_crash(self) -> None:
        """An app in this process that crashed has refused, even if its server has only hung up."""
        calls = self.calls()
        for call in calls:
            await call.ends()
        if not self.connection.transcript.accepted and any(call.failure is not None for call in calls):
            self.connection.transcript.refusal = Refusal(status=httpx2.codes.INTERNAL_SERVER_ERROR)

    async def _why(self) -> str:
        """The reason why the connection is gone."""
        if self._call is not None:
            # The app in this process knows what its server has no word for.
            await self._call.ends()
            known = self._call.transcript.closing
            return known.reason if known is not None and known.by == "app" else ""
        return "the connection was dropped" if self.connection.error is None else "what came is no websocket frame"

    # For the connection

    async def deliver(self, message: Message) -> None:
        """Send a message, or close the connection; within the timeout."""
        session = self._session
        if session is None:  # it is left before it was opened
            return
        leaving = message["type"] == DISCONNECT
        self._sent += not leaving
        with anyio.move_on_after(self._timeout) as deadline:
            await _pass_on(session, message)
        if deadline.cancelled_caught:
            # Else its own way out would wait, without end, to send its farewell.
            await session.stream.aclose()
            if not leaving:
                doing, within = self.connection.transcript.doing, in_words(self._timeout)
                raise AppError(f"The app did not take what was sent on the {doing} within {within}.")

    async def fetch(self) -> Message:
        """The next message."""
        return self._messages.popleft()

    async def settle(self) -> None:
        """Let the app in this process go on, and read what it has answered."""
        if self._call is not None:
            await self._call.settle(self._sent)
            for _ in range(_TURNS):
                await anyio.lowlevel.checkpoint()

    async def abandon(self) -> None:
        """Let go of the socket."""
        self._scope.cancel()

    def too_late(self) -> Exception | None:
        """The failure of a deployed server."""
        return late(self._request, self._timeout) if self._is_asked and self._server is None else None

    def calls(self) -> Sequence[AppCall]:
        """The app's call; before a response has come, all candidates."""
        if self._call is not None:
            return (self._call,)
        calls = [] if self._server is None else self._server.calls(self.connection.transcript.doing)
        return [call for call in calls if isinstance(call, ServedWebSocket)]


async def _pass_on(session: AsyncWebSocketSession, message: Message) -> None:
    # A failure means that the other side has closed: the reading task records that, and the next step reports it.
    with suppress(Exception):
        if message["type"] == DISCONNECT:
            await session.close(message["code"], message["reason"])
        elif "text" in message:
            await session.send_text(message["text"])
        else:
            await session.send_bytes(message["bytes"])


def _accept(key: str) -> str:
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest()).decode()  # noqa: S324 - RFC 6455 has it so


class ServedWebSocket(ServedScope):
    """The app's call for a websocket that the server of this process serves: it knows what no client can see."""

    def __init__(self, recorder: Recorder, scope: Scope) -> None:
        super().__init__(recorder, scope)
        self.transcript = Transcript.of_scope(scope)
        self._receive: Receive
        self._send: Send
        self._received = 0
        self._asking = False
        self._news = anyio.Event()

    async def serve(self, recorder: Recorder, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app. Raises `Crashed` where the server has to refuse the websocket."""
        self._receive, self._send = receive, send
        wrapper = WebSocketWrapper(scope, self._hand_over, self._pass_on, self.transcript)
        await self.run(partial(recorder.run, scope, wrapper))
        self._wake()
        if not self.transcript.accepted:
            if self.failure is not None:
                raise Crashed
        elif self.transcript.closing is not None and self.transcript.closing.code == INTERNAL_ERROR:
            with suppress(Exception):  # the client may have left
                await send({"type": CLOSE, "code": INTERNAL_ERROR})

    async def settle(self, received: int) -> None:
        """Give the app a moment to receive so many messages, and to ask for the next one or to end."""
        with anyio.move_on_after(_MOMENT):
            while not (self.ended.is_set() or (self._asking and self._received >= received)):
                await self._news.wait()

    async def _hand_over(self) -> Message:
        self._asking = True
        self._wake()
        try:
            message = await self._receive()
        finally:
            self._asking = False
        if message["type"] == DISCONNECT:
            self.transcript.close("client", message.get("code", ABNORMAL), message.get("reason") or "")
        elif message["type"] == RECEIVE:
            self._received += 1
        return message

    async def _pass_on(self, message: Message) -> None:
        if message["type"] in (START, BODY):
            message = {"headers": [], "body": b"", **message}  # which uvicorn takes for granted
        try:
            await self._send(message)
        except OSError:
            self.transcript.close("client", ABNORMAL)
            raise
        # An app that sends without end must not hold up the loop until the socket is full.
        await anyio.lowlevel.checkpoint()

    def _wake(self) -> None:
        self._news.set()
        self._news = anyio.Event()


SERVED["websocket"] = ServedWebSocket
