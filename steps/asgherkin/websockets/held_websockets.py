"""The websockets that a scenario holds: opening, messages, closing."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, cast

from asgherkin.errors import AppError, AsgherkinError, Mismatch, SentenceError
from asgherkin.evidence.message_text import hexed
from asgherkin.matching.values import sentence_start, show
from asgherkin.session.channels import Channel, Channels, span, waiting_at
from asgherkin.session.session import Part
from asgherkin.websockets.app_websocket import app_source
from asgherkin.websockets.connection import Opening, WebSockets
from asgherkin.websockets.websocket_evidence import closing_of, refusal_of
from asgherkin.websockets.websocket_fixtures import WEBSOCKET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.clients.in_process import Client
    from asgherkin.clients.live import LiveAdapter
    from asgherkin.clients.starlette_client import TestClientAdapter
    from asgherkin.session.session import Session
    from asgherkin.websockets.connection import ClientWebSocket
    from asgherkin.websockets.own_websocket import OwnWebSocket
    from asgherkin.websockets.websocket_evidence import Closing, Refusal

_LONGEST_REASON = 123  # RFC 6455, section 5.5


class HeldWebSockets(Part):
    """The websockets of a scenario, by name."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._channels = session.part(Channels)
        self._opened_by: dict[Client, WebSockets] = {}

    def open(self, path: str, name: str | None, subprotocol: str | None, *, may_be_refused: bool) -> None:
        """Open a websocket with the scenario's headers, cookies, query and credentials.

        Raises Mismatch where the app refuses it and may not; SentenceError for a name that is in use.
        """
        subject = self._channels.subject(name, WEBSOCKET)
        if self._channels.start_app():
            websocket = self._opened(subject, path, () if subprotocol is None else (subprotocol,))
            self._channels.keep(websocket)
            if not may_be_refused:
                websocket.check_opening()

    def _opened(self, subject: str, path: str, subprotocols: Sequence[str]) -> HeldWebSocket:
        session = self._session
        before = len(session.crashes)
        url = session.draft.target(path)
        try:
            websocket = self._of(session.client).open(Opening(url, subprotocols, {"headers": session.draft.headers}))
        except AsgherkinError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the client has; the app's own don't come this way
            raise SentenceError(
                f'The websocket {url} cannot be opened. Write a path, such as "/greet". '
                f"The client says: {type(error).__name__}: {error}"
            ) from None
        return HeldWebSocket(session, subject, websocket, crashed=len(session.crashes) > before)

    def find(self, name: str | None) -> HeldWebSocket:
        """The websocket of a name, or the unnamed websocket. Raises SentenceError where there is none."""
        return self._channels.find(name, HeldWebSocket)

    def connect(self, url: str, subprotocols: Sequence[str] | None = None, **options: object) -> OwnWebSocket:
        """A websocket for a user's own steps: `with …` in sync ones, `async with …` in async ones.

        The app's exceptions are raised into the user's code. `options` are httpx2's for a request.
        """
        from asgherkin.websockets.own_websocket import OwnWebSocket  # shares the exceptions of Starlette's TestClient

        return OwnWebSocket(self._of(self._session.client.user_side), Opening(url, subprotocols or (), options))

    def _of(self, client: Client) -> WebSockets:
        if client not in self._opened_by:
            self._opened_by[client] = websockets_of(client)
        return self._opened_by[client]

    def close(self) -> None:
        """Release what clients keep for them. An app that still blocks its loop was reported already."""
        with suppress(AppError):
            for websockets in self._opened_by.values():
                websockets.close()


class HeldWebSocket(Channel):
    """A websocket of the scenario. `crashed`: the app crashed while it was opened."""

    kind = WEBSOCKET

    def __init__(self, session: Session, subject: str, websocket: ClientWebSocket, *, crashed: bool) -> None:
        self.subject = subject
        self.record = self.transcript = websocket.transcript
        self.transcript.name = subject[1:-1] if subject.startswith('"') else ""
        self._session = session
        self._websocket = websocket
        self._crashed = crashed

    @property
    def is_open(self) -> bool:
        """Whether messages may still come."""
        return self.transcript.accepted and self.transcript.closing is None

    def check_opening(self) -> None:
        """Raise Mismatch where the app refused it. A crash in place of an answer is reported as a crash."""
        refusal = self.transcript.refusal
        if refusal is not None and (not self._crashed or self._session.server_errors_returned):
            raise Mismatch(f"The app refused the {self.transcript.doing} {refusal_of(refusal)}.")

    @property
    def refusal(self) -> Refusal:
        """How the app refused it. Raises Mismatch where the app accepted it."""
        refusal = self.transcript.refusal
        if refusal is None:
            raise Mismatch(f"The app accepted the {self.transcript.doing}, expected a refusal.")
        return refusal

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the app chose."""
        self._check_accepted()
        return self.transcript.subprotocol

    def _check_accepted(self) -> None:
        refusal = self.transcript.refusal
        if refusal is not None:
            raise SentenceError(
                f"The app refused the {self.transcript.doing} {refusal_of(refusal)}, so this cannot be asked of it."
            )

    def send(self, content: str | bytes) -> None:
        """Send a message. Raises Mismatch where the websocket is closed."""
        self._check_accepted()
        closing = self.transcript.closing
        if closing is not None:
            self._session.raise_crash()
            raise Mismatch(f"{sentence_start(self.subject)} can send nothing: {closing_of(closing)}.")
        self._websocket.send(content)

    def receive(self, within: float | None) -> str | bytes:
        """Take the next message. Raises Mismatch where none comes in time; a crash of the app."""
        self._check_accepted()
        seconds = self._limit(within)
        message = self._websocket.receive(seconds)
        if message is not None:
            return message
        # A crash says more than the close code that the client sees.
        self._session.raise_crash()
        closing = self.transcript.closing
        if closing is not None:
            raise Mismatch(f"{sentence_start(self.subject)} received no message: {closing_of(closing)}.")
        where = waiting_at(self._websocket.place())
        raise Mismatch(f"{sentence_start(self.subject)} received nothing within {span(seconds)}.{where}")

    def next_text(self, expected: str, within: float | None) -> str:
        """The next message. Raises Mismatch where it is not a text."""
        del expected  # messages have their own ends
        message = self.receive(within)
        if isinstance(message, bytes):
            raise Mismatch(f"{self.received(message)}, expected a text.")
        return message

    def next_bytes(self, within: float | None) -> bytes:
        """The next message. Raises Mismatch where it is not bytes."""
        message = self.receive(within)
        if isinstance(message, str):
            raise Mismatch(f"{self.received(message)}, expected bytes.")
        return message

    def check_silence(self, seconds: float) -> None:
        """Wait for so long. Raises Mismatch where a message comes; from a closed websocket none can."""
        self._check_accepted()
        message = self._websocket.receive(seconds)
        if message is not None:
            raise Mismatch(f"{self.received(message)}, expected nothing for {span(seconds)}.")

    def received(self, message: str | bytes) -> str:
        """The start of a sentence about a received message."""
        what = f"the text {show(message)}" if isinstance(message, str) else f"the bytes {hexed(message)}"
        return f"{sentence_start(self.subject)} received {what}"

    def close(self, code: int | None, reason: str | None) -> None:
        """Close it, unless it is closed. Raises SentenceError for a code that no client may send."""
        if code not in (None, 1000) and not 3000 <= (code or 0) <= 4999:
            raise SentenceError(f"{code} is no code that a client closes with. Write 1000, or one from 3000 to 4999.")
        size = len((reason or "").encode())
        if size > _LONGEST_REASON:
            raise SentenceError(f"A reason has at most {_LONGEST_REASON} bytes, and this one has {size}. Shorten it.")
        self._check_accepted()
        self._websocket.close(1000 if code is None else code, reason or "")

    def closed(self, within: float | None) -> Closing:
        """Wait until either side has closed it. Raises Mismatch where that takes too long."""
        self._check_accepted()
        seconds = self._limit(within)
        self._websocket.closed(seconds)
        closing = self.transcript.closing
        if closing is None:
            self._session.raise_crash()
            where = waiting_at(self._websocket.place())
            raise Mismatch(f"{sentence_start(self.subject)} is still open after {span(seconds)}.{where}")
        return closing

    def _limit(self, within: float | None) -> float:
        return self._session.settings.timeout if within is None else within

    def wait(self, seconds: float) -> None:
        """Wait until it is closed."""
        self._websocket.closed(seconds)

    def note_end(self) -> None:
        """Note whether it is open."""
        self.transcript.open_at_end = self.is_open


def websockets_of(client: Client) -> WebSockets:
    """Opens the websockets of a client. Raises `ConfigurationError` where a package for it is not installed."""
    if client.name == "test":
        from asgherkin.websockets.testclient_websocket import TestClientWebSockets

        return TestClientWebSockets(cast("TestClientAdapter", client))
    if client.name == "live":
        from asgherkin.clients.live import check_extra

        check_extra("wsproto")
        from asgherkin.websockets.live_websocket import SocketSource

        return WebSockets(client, partial(SocketSource, cast("LiveAdapter", client)))
    return WebSockets(client, partial(app_source, client))
