"""A websocket that a scenario holds: opening it, what comes, how it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.clients.conversation import closing_of, refusal_of
from asgherkin.errors import AsgherkinError, Mismatch, SentenceError
from asgherkin.evidence.message_text import hexed
from asgherkin.matching.values import sentence_start, show
from asgherkin.session.channels import Channel, span, waiting_at

if TYPE_CHECKING:
    from asgherkin.clients.conversation import Closing, Refusal
    from asgherkin.clients.port import Socket
    from asgherkin.evidence.record import Record
    from asgherkin.session.session import Session

_LONGEST_REASON = 123  # RFC 6455, section 5.5


def open_socket(session: Session, subject: str, path: str, subprotocol: str | None) -> HeldSocket:
    """Open a websocket as the scenario's sentences describe it. Raises SentenceError for an address that is none."""
    before = len(session.crashes)
    offered = () if subprotocol is None else (subprotocol,)
    url = session.draft.target(path)
    try:
        socket = session.client.open_socket(url, offered, headers=session.draft.headers)
    except AsgherkinError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the client has; the app's own don't come this way
        raise SentenceError(
            f'The websocket {url} cannot be opened. Write a path, such as "/greet". '
            f"The client says: {type(error).__name__}: {error}"
        ) from None
    return HeldSocket(session, subject, socket, crashed=len(session.crashes) > before)


class HeldSocket(Channel):
    """A websocket of the scenario's. `crashed` says that the app crashed while it was opened."""

    kind = "websocket"

    def __init__(self, session: Session, subject: str, socket: Socket, *, crashed: bool) -> None:
        self.subject = subject
        self.conversation = socket.conversation
        self.conversation.name = subject[1:-1] if subject.startswith('"') else ""
        self.doing = socket.conversation.doing
        self._session = session
        self._socket = socket
        self._crashed = crashed

    @property
    def is_open(self) -> bool:
        """Whether messages may still come."""
        return self.conversation.accepted and self.conversation.closing is None

    def check_opening(self) -> None:
        """Raise Mismatch where the app refused it. Where the app crashed instead, the crash is told, or expected."""
        refusal = self.conversation.refusal
        if refusal is not None and (not self._crashed or self._session.server_errors_returned):
            raise Mismatch(f"The app refused the {self.doing} {refusal_of(refusal)}.")

    @property
    def refusal(self) -> Refusal:
        """How the app refused it. Raises Mismatch where the app accepted it."""
        refusal = self.conversation.refusal
        if refusal is None:
            raise Mismatch(f"The app accepted the {self.doing}, expected a refusal.")
        return refusal

    @property
    def subprotocol(self) -> str | None:
        """What the app chose."""
        self._check_accepted()
        return self.conversation.subprotocol

    def _check_accepted(self) -> None:
        refusal = self.conversation.refusal
        if refusal is not None:
            raise SentenceError(
                f"The app refused the {self.doing} {refusal_of(refusal)}, so this cannot be asked of it."
            )

    def send(self, content: str | bytes) -> None:
        """Send a message. Raises Mismatch where the websocket is closed."""
        self._check_accepted()
        closing = self.conversation.closing
        if closing is not None:
            self._session.raise_crash()
            raise Mismatch(f"{sentence_start(self.subject)} can send nothing: {closing_of(closing)}.")
        self._socket.send(content)

    def receive(self, within: float | None) -> str | bytes:
        """Take the next message. Raises Mismatch where none comes in time; a crash of the app."""
        self._check_accepted()
        seconds = self._limit(within)
        message = self._socket.receive(seconds)
        if message is not None:
            return message
        self._session.raise_crash()
        closing = self.conversation.closing
        if closing is not None:
            raise Mismatch(f"{sentence_start(self.subject)} received no message: {closing_of(closing)}.")
        raise Mismatch(
            f"{sentence_start(self.subject)} received nothing within {span(seconds)}.{waiting_at(self._socket.place())}"
        )

    def next_text(self, expected: str, within: float | None) -> str:  # noqa: ARG002 - messages have their own ends
        """The next message. Raises Mismatch where it is none in text."""
        message = self.receive(within)
        if isinstance(message, bytes):
            raise Mismatch(f"{self.received(message)}, expected a text.")
        return message

    def next_bytes(self, within: float | None) -> bytes:
        """The next message. Raises Mismatch where it is none in bytes."""
        message = self.receive(within)
        if isinstance(message, str):
            raise Mismatch(f"{self.received(message)}, expected bytes.")
        return message

    def check_silence(self, seconds: float) -> None:
        """Wait for so long. Raises Mismatch where a message comes. From a closed websocket none does."""
        self._check_accepted()
        message = self._socket.receive(seconds)
        if message is not None:
            raise Mismatch(f"{self.received(message)}, expected nothing for {span(seconds)}.")

    def received(self, message: str | bytes) -> str:
        """What was received, as the start of a sentence."""
        what = f"the text {show(message)}" if isinstance(message, str) else f"the bytes {hexed(message)}"
        return f"{sentence_start(self.subject)} received {what}"

    def close(self, code: int | None, reason: str | None) -> None:
        """Close it; nothing happens where it is closed already. Raises SentenceError for a code that none may send."""
        if code not in (None, 1000) and not 3000 <= (code or 0) <= 4999:
            raise SentenceError(f"{code} is no code that a client closes with. Write 1000, or one from 3000 to 4999.")
        size = len((reason or "").encode())
        if size > _LONGEST_REASON:
            raise SentenceError(f"A reason has at most {_LONGEST_REASON} bytes, and this one has {size}. Shorten it.")
        self._check_accepted()
        self._socket.close(1000 if code is None else code, reason or "")

    def closed(self, within: float | None) -> Closing:
        """Wait until it is closed, by whichever side. Raises Mismatch where it is not, in time."""
        self._check_accepted()
        seconds = self._limit(within)
        self._socket.closed(seconds)
        closing = self.conversation.closing
        if closing is None:
            self._session.raise_crash()
            raise Mismatch(
                f"{sentence_start(self.subject)} is still open after {span(seconds)}.{waiting_at(self._socket.place())}"
            )
        return closing

    def _limit(self, within: float | None) -> float:
        return self._session.settings.timeout if within is None else within

    @property
    def record(self) -> Record:
        """Its conversation."""
        return self.conversation

    def note_end(self) -> None:
        """Take note of whether it is open."""
        self.conversation.open_at_end = self.is_open

    def wait(self, seconds: float) -> None:
        """Wait until it is closed."""
        self._socket.closed(seconds)
