"""The websockets and streams that a scenario holds, by name, and the one that a step is about."""

from __future__ import annotations

from abc import ABC, abstractmethod
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, cast

from asgherkin.clients.asgi import in_words
from asgherkin.errors import SentenceError
from asgherkin.session.part import Part

if TYPE_CHECKING:
    from asgherkin.evidence.record import Record
    from asgherkin.session.session import Session
    from asgherkin.session.sockets import HeldSocket
    from asgherkin.session.streams import HeldStream

_EXAMPLES = {"websocket": 'I open a websocket to "/greet"', "stream": 'I open the event stream "/board"'}


class Channel(ABC):
    """A websocket or a stream of the scenario's.

    `subject` is what sentences call it: `the websocket`, `the stream`, `"alice"`. `doing` is what crashes call it.
    """

    kind: ClassVar[str]
    subject: str
    doing: str

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether something may still come."""

    @abstractmethod
    def next_text(self, expected: str, within: float | None) -> str:
        """What comes next, where a text like `expected` should. Raises Mismatch where none comes."""

    @abstractmethod
    def check_silence(self, seconds: float) -> None:
        """Wait for so long. Raises Mismatch where something comes."""

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Wait for its end; what comes meanwhile is kept."""

    @property
    @abstractmethod
    def record(self) -> Record:
        """What is kept of it."""

    @abstractmethod
    def note_end(self) -> None:
        """The scenario's steps are over: take note of whether it is open."""


class Channels(Part):
    """What the sentences about websockets and streams act on. The app is started before the first one is opened."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.all: list[Channel] = []
        """All that were opened, in their order, those that are closed too."""
        self._received: tuple[object, Channel] | None = None
        self._held: dict[str, Channel] = {}
        self._about: Channel | None = None

    # Opening

    def open_socket(self, path: str, name: str | None, subprotocol: str | None, *, may_be_refused: bool) -> None:
        """Open a websocket with the scenario's headers, cookies, query and credentials.

        Raises Mismatch where the app refuses it and may not; SentenceError for a name that is in use.
        """
        from asgherkin.session.sockets import open_socket  # only where a scenario opens one

        subject = self._free(name, "websocket")
        if self._started():
            socket = open_socket(self._session, subject, path, subprotocol)
            self._keep(socket)
            if not may_be_refused:
                socket.check_opening()

    def open_stream(self, path: str, name: str | None, *, of_events: bool) -> None:
        """Send a GET request, whose response is read as it comes; the same holds for it.

        Raises Mismatch where the response is none to read so; SentenceError for a name that is in use.
        """
        from asgherkin.session.streams import open_stream  # only where a scenario opens one

        subject = self._free(name, "stream")
        if self._started():
            stream = open_stream(self._session, subject, path, of_events=of_events)
            self._keep(stream)
            stream.check_opening()

    def _started(self) -> bool:
        from asgherkin.session.opening import no_app  # only where a scenario opens one

        started = self._session.start()
        if self._session.client.recorder.app is no_app:
            raise SentenceError(
                "The project's own client brings its app along, so that nothing but its own requests can reach it. "
                'To open a websocket or a stream, say where the app is, too: asgi_app = "shop.main:app"'
            )
        return started

    def _free(self, name: str | None, kind: str) -> str:
        subject = _subject(name, kind)
        known = self._held.get(subject)
        if known is not None and known.is_open:
            self._look_at(known)
            closes = f"{subject} closes" if name is not None else "I close"
            other = "" if name is not None else f', or give this one a name: {_EXAMPLES[kind]} as "alice"'
            raise SentenceError(
                f"There is an open {known.kind} {_called(name)} already. "
                f"Close it first, with: {closes} the {known.kind}{other}"
            )
        self._held.pop(subject, None)
        return subject

    def _keep(self, channel: Channel) -> None:
        self._held[channel.subject] = channel
        self.all.append(channel)
        self._look_at(channel)

    def _look_at(self, channel: Channel) -> None:
        self._about = channel
        self._session.evidence.read(channel.record)

    # Finding

    def socket(self, name: str | None) -> HeldSocket:
        """The websocket of a name, or the one without. Raises SentenceError where there is none."""
        return cast("HeldSocket", self._find(name, "websocket"))

    def stream(self, name: str | None) -> HeldStream:
        """The stream of a name, or the one without. Raises SentenceError where there is none."""
        return cast("HeldStream", self._find(name, "stream"))

    def either(self, name: str | None) -> Channel:
        """The websocket without a name, or the websocket or stream of a name. Raises SentenceError for none."""
        known = self._held.get(_subject(name, "websocket"))
        only_streams = name is not None and {one.kind for one in self._held.values()} == {"stream"}
        return self._find(name, known.kind if known else "stream" if only_streams else "websocket")

    def _find(self, name: str | None, kind: str) -> Channel:
        channel = self._held.get(_subject(name, kind))
        if channel is None:
            raise SentenceError(self._missing(name, kind))
        self._look_at(channel)
        if channel.kind != kind:
            raise SentenceError(f"{channel.subject} is a {channel.kind}, and this sentence is about a {kind}.")
        return channel

    def _missing(self, name: str | None, kind: str) -> str:
        known = [subject for subject, channel in self._held.items() if channel.kind == kind]
        shown = ", ".join("one without a name" if subject == f"the {kind}" else subject for subject in known)
        others = (
            f" {_called(name)}. Known: {shown}." if known else f"{'' if name is None else ' ' + _called(name)} yet."
        )
        example = _EXAMPLES[kind] if name is None else f'{_EXAMPLES[kind]} as "{name}"'
        return f"There is no {kind}{others} Open one first, for example: When {example}"

    # The last JSON that came

    def keep_received(self, document: object) -> None:
        """Keep what the last step has received."""
        assert self._about is not None, "it came by one of them"
        self._received = document, self._about

    @property
    def received(self) -> object:
        """The last JSON that any of them received. Raises SentenceError where there is none."""
        if self._received is None:
            raise SentenceError(
                "No JSON was received yet. Receive some first, for example: "
                "Then the websocket receives JSON containing:"
            )
        document, channel = self._received
        self._look_at(channel)
        return document

    # Crashes, and the end

    def await_crash(self) -> None:
        """Wait until the app has crashed in the present act, or has ended all that it was asked for."""
        session = self._session
        recorder = session.client.recorder
        if self._about is not None:
            self._look_at(self._about)
        until = monotonic() + session.settings.timeout
        waiting = [channel for channel in self.all if channel.is_open]
        if len(waiting) == 1 and not session.crashes_of_act:
            waiting[0].wait(session.settings.timeout)
        # Of several, any may crash; and an app may crash after it has closed a websocket.
        if not session.crashes_of_act:
            session.client.run(recorder.until_crash, len(recorder.crashes), max(0.0, until - monotonic()))

    def leave(self) -> None:
        """Take note of what is open when the scenario's steps are over: it is closed now."""
        for channel in self.all:
            channel.note_end()


def _subject(name: str | None, kind: str) -> str:
    return f"the {kind}" if name is None else f'"{name}"'


def _called(name: str | None) -> str:
    return "without a name" if name is None else f'with the name "{name}"'


def span(seconds: float) -> str:
    """A span of time for a message: 200 milliseconds, 5 seconds."""
    return in_words(seconds) if seconds >= 1 else f"{seconds * 1000:g} milliseconds"


def waiting_at(place: str) -> str:
    """The end of a message about an app that does not go on; empty where its place is not known."""
    return f" The app was waiting at {place}" if place else ""
