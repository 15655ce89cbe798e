"""Websockets over a real socket, by httpx2's websocket client: a task holds each one, and reads what comes."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import anyio
import anyio.lowlevel
import wsproto
from httpx2.websockets import AsyncWebSocketSession, WebSocketDisconnect, WebSocketUpgradeError

from asgherkin.clients.asgi import decoded, in_words
from asgherkin.clients.carriers import Carrier
from asgherkin.clients.conversation import Refusal
from asgherkin.clients.deadlines import AppCall, waiting_at
from asgherkin.clients.line import Line
from asgherkin.clients.live_handshake import HANDSHAKE, Handshake
from asgherkin.clients.live_transport import OF_CONNECTION, as_sent
from asgherkin.clients.network import late
from asgherkin.clients.served import ServedSocket
from asgherkin.clients.server import client_address
from asgherkin.clients.sockets import Sockets, spoken
from asgherkin.clients.tapping import ABNORMAL, SEND, content_of
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx2

    from asgherkin.clients.asgi import Message, Scope
    from asgherkin.clients.conversation import Side
    from asgherkin.clients.line import Take
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.server import Server

_LONGEST = 64 * 1024 * 1024
"""Bytes of the longest message that is read."""
_OF_HANDSHAKE = frozenset(("connection", "sec-websocket-accept", "sec-websocket-protocol", "upgrade"))
_TURNS = 10
_NO_FRAME = "what came is no websocket frame"
_OPENING = "asgherkin.opening"
"""The key of a scope under which the options of the request stand."""


class LiveSockets(Sockets):
    """The websockets of one client, over a socket."""

    def scope(self, url: str, subprotocols: Sequence[str], options: Mapping[str, object]) -> Scope:
        """What is asked for when a websocket is opened."""
        return {**super().scope(url, subprotocols, options), _OPENING: (url, list(subprotocols), dict(options))}

    def line(self, scope: Scope) -> LiveLine:
        """The line of a websocket that is to be opened."""
        return LiveLine(self._recorder, scope)

    async def connect(self, line: Line) -> Carrier:
        """Open a websocket, on the loop."""
        assert isinstance(line, LiveLine), "made here"
        line.begin()
        self._spawn(partial(line.serve, self._http))
        await line.connect()
        self.keep(line)
        return Carrier()


class LiveLine(Line):
    """One websocket over a socket. `call` is the app's call for it; one that stands in where the app is elsewhere."""

    def __init__(self, recorder: Recorder, scope: Scope) -> None:
        super().__init__(recorder, scope)
        self._url, self._subprotocols, self._options = scope[_OPENING]
        self._session: AsyncWebSocketSession | None = None
        self._messages: deque[Message] = deque()
        self._sent = 0
        self._error: Exception | None = None
        self._found = False
        self._request: httpx2.Request | None = None
        self._server: Server | None = None
        self._pump: anyio.CancelScope

    def begin(self) -> None:
        """Be on the loop."""
        self.call = AppCall(self._recorder)
        self._recorder.evidence.add(self.conversation)
        self._pump = anyio.CancelScope()

    # On the task that holds it

    async def serve(self, http: httpx2.AsyncClient) -> None:
        """Hold it from its opening to its end. To be spawned; raises nothing."""
        try:
            with self._pump:
                await self._hold(http)
        except WebSocketUpgradeError:
            pass  # a refusal, which is noted
        except Exception as error:  # noqa: BLE001 - told where it was opened, or in what closed it
            self._error = error
            await self._look_for_crash()
        finally:
            await self._over_by_network()

    async def _look_for_crash(self) -> None:
        """An app in this process that crashed while it was asked has refused: its server may only have hung up."""
        calls = [] if self._server is None else self._server.calls(self.conversation.doing)
        for call in calls:
            await call.ends()
        if not self.conversation.accepted and any(call.failure is not None for call in calls):
            self.conversation.refusal = Refusal(status=500)

    async def _hold(self, http: httpx2.AsyncClient) -> None:
        options: dict[str, Any] = {
            **self._options,
            "subprotocols": self._subprotocols or None,
            "follow_redirects": False,
            "max_message_size_bytes": _LONGEST,
            "keepalive_ping_interval_seconds": None,
            "extensions": {HANDSHAKE: Handshake(self, self._recorder)},
        }
        async with http.websocket(_as_http(self._url), **options) as session:
            self._opened(session)
            try:
                while True:
                    await self._came(await session.receive())
            except WebSocketDisconnect as farewell:
                self._close("app", farewell.code, farewell.reason)
            except Exception:  # noqa: BLE001 - the connection is gone, by whichever side
                return

    def _opened(self, session: AsyncWebSocketSession) -> None:
        self._session = session
        self._give = self._speak
        response = session.response
        assert response is not None, "httpx2's client has it"
        self.conversation.request_headers = as_sent(response.request)
        self.conversation.response_headers = [
            (name, value) for name, value in decoded(response.headers.raw) if name.lower() not in _OF_HANDSHAKE
        ]
        self.conversation.subprotocol = session.subprotocol
        self.conversation.accepted = True
        self._answered.set()

    async def _came(self, event: object) -> None:
        assert isinstance(event, wsproto.events.Message), "pings and closings are httpx2's matter"
        content = event.data if isinstance(event.data, str) else bytes(event.data)
        message = {**spoken(content), "type": SEND}
        self.conversation.transcript.add("app", content)
        self._messages.append(message)
        await self._passed(len(content))

    async def _over_by_network(self) -> None:
        """The connection is gone."""
        with anyio.CancelScope(shield=True):
            if self.conversation.accepted and self.conversation.closing is None:
                self._close("app", ABNORMAL, await self._why())
            if not isinstance(self.call, ServedSocket):
                self.call.ended.set()
            self._ended()

    async def _why(self) -> str:
        if isinstance(self.call, ServedSocket):
            # The app in this process knows what its server has no word for.
            await self.call.ends()
            known = self.call.conversation.closing
            return known.reason if known is not None and known.by == "app" else ""
        return _NO_FRAME if self._error is not None else "the connection was dropped"

    # What the handshake tells

    def asked(self, request: httpx2.Request, server: Server | None) -> None:
        """The request is sent."""
        self._request, self._server = request, server

    def found(self, server: Server | None, response: httpx2.Response) -> None:
        """A response has come: the app's call is the one on the same connection."""
        self._found = True
        call = None if server is None else server.call(client_address(response))
        if isinstance(call, ServedSocket):
            self.call = call

    def refused(self, response: httpx2.Response, body: bytes) -> None:
        """It is refused. The code and the reason of an app in this process do not come over the socket."""
        known = self.call.conversation.refusal if isinstance(self.call, ServedSocket) else None
        if known is not None and known.status is None:
            self.conversation.refusal = known
        else:
            here = isinstance(self.call, ServedSocket)
            headers = tuple(
                one for one in decoded(response.headers.raw) if not (here and one[0].lower().encode() in OF_CONNECTION)
            )
            self.conversation.refusal = Refusal(status=response.status_code, headers=headers, body=body)
        self._answered.set()

    # For the client

    async def connect(self) -> None:
        """Wait until it is opened or refused. Raises `AppError` when neither comes in time."""
        timeout = self._recorder.timeout
        with anyio.move_on_after(timeout):
            await self._answered.wait()
        if self._found:
            await self._answered.wait()  # a refusal, which is read with a deadline of its own
        conversation = self.conversation
        if conversation.accepted or conversation.refusal is not None:
            await self._go_on()
            return
        if self._error is not None:
            raise self._error
        place = self._place()
        await self.abandon()
        if self._server is None and self._request is not None:
            raise late(self._request, timeout)
        text = f"The app did not accept the {conversation.doing} within {in_words(timeout)}."
        raise AppError(text + waiting_at(place))

    async def take(self, take: Take, seconds: float) -> Message | None:  # noqa: ARG002 - it reads for itself
        """The next message; None where none comes in time, or it is over."""
        return await super().take(self._next, seconds)

    async def give(self, give: object, message: Message) -> None:  # noqa: ARG002 - it writes for itself
        """Send a message, and let the app go on."""
        await super().give(self._speak, message)

    async def abandon(self) -> None:
        """Leave it and cancel the call, at once."""
        with anyio.CancelScope(shield=True):
            self._pump.cancel()
            for call in [] if self._server is None else self._server.calls(self.conversation.doing):
                where = waiting_at(call.place())
                call.cancel()
                if not await call.ends():
                    error = AppError(f"The app did not end when the {self.conversation.doing} was cancelled.{where}")
                    self._recorder.record(error, self.conversation.doing)
                    call.abandon(error)
            await self.call.ends()

    async def _next(self) -> Message:
        return self._messages.popleft()

    async def _speak(self, message: Message) -> None:
        session = self._session
        assert session is not None, "it is open"
        leaving = message["type"] == "websocket.disconnect"
        with anyio.move_on_after(self._recorder.timeout) as late_by:
            if leaving:
                await _closed(session, message["code"], message["reason"] or "")
                return
            self._sent += 1
            await _sent(session, cast("str | bytes", content_of(message)))
        if late_by.cancelled_caught:
            # Else its own way out would wait, without end, to say good-bye.
            await session.stream.aclose()
            if not leaving:
                within = in_words(self._recorder.timeout)
                raise AppError(f"The app did not take what was sent on the {self.conversation.doing} within {within}.")

    def _close(self, by: Side, code: int, reason: str) -> None:
        super()._close(by, code, reason)
        if by == "client":
            self._messages.clear()

    async def _go_on(self) -> None:
        if isinstance(self.call, ServedSocket):
            await self.call.goes_on(self._sent)
            for _ in range(_TURNS):  # what the app has answered is read
                await anyio.lowlevel.checkpoint()

    def _place(self) -> str:
        calls = [] if self._server is None else self._server.calls(self.conversation.doing)
        return next((place for call in calls if (place := call.place())), "")


async def _sent(session: AsyncWebSocketSession, content: str | bytes) -> None:
    try:
        await (session.send_text(content) if isinstance(content, str) else session.send_bytes(content))
    except Exception:  # noqa: BLE001 - the other side has closed it: that is read, and told by the next step
        return


async def _closed(session: AsyncWebSocketSession, code: int, reason: str) -> None:
    try:
        await session.close(code, reason)
    except Exception:  # noqa: BLE001 - it is closed already
        return


def _as_http(url: str) -> str:
    return f"http{url[2:]}" if url.startswith(("ws://", "wss://")) else url
