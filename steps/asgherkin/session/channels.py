"""Channels: what a scenario has opened by a name and reads as it comes, such as websockets and streams.

Capabilities register the kinds. All kinds share their names, so that `"alice" receives …` fits any of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, TypeVar

from asgherkin.clients.asgi import in_words
from asgherkin.errors import SentenceError
from asgherkin.session.session import Part

if TYPE_CHECKING:
    from asgherkin.evidence.record import Record
    from asgherkin.session.session import Session


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """A kind of channels, in the words of its sentences."""

    name: str
    """`websocket`."""
    opening: str
    """An example of the sentence that opens a channel: `I open a websocket to "/greet"`."""
    receiving: str
    """An example of a sentence that receives JSON: `the websocket receives JSON containing:`."""

    def subject(self, name: str | None) -> str:
        """The subject of sentences about a channel: `the websocket`, `"alice"`."""
        return f"the {self.name}" if name is None else f'"{name}"'


KINDS: list[ChannelKind] = []
"""The kinds of the capabilities in use. Messages name the first where any kind would do."""


class Channel(ABC):
    """A channel that the scenario has opened. `subject` is its name in messages: `the websocket`, `"alice"`."""

    kind: ClassVar[ChannelKind]
    subject: str
    record: Record
    """Its evidence."""

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether a message may still come."""

    @abstractmethod
    def next_text(self, expected: str, within: float | None) -> str:
        """The next text, where `expected` should come. Raises Mismatch where none comes."""

    @abstractmethod
    def check_silence(self, seconds: float) -> None:
        """Wait. Raises Mismatch where a message comes."""

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Wait for its end; messages that come meanwhile are kept."""

    @abstractmethod
    def note_end(self) -> None:
        """Record at the end of the steps whether it is open."""


C = TypeVar("C", bound=Channel)


class Channels(Part):
    """The channels of a scenario."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._all: list[Channel] = []
        self._named: dict[str, Channel] = {}
        self._about: Channel | None = None
        self._received: tuple[object, Channel] | None = None

    # Opening

    def subject(self, name: str | None, kind: ChannelKind) -> str:
        """The subject of a channel that is to be opened. Raises SentenceError for a name that is in use."""
        subject = kind.subject(name)
        known = self._named.get(subject)
        if known is not None and known.is_open:
            self._look_at(known)
            closes = f"{subject} closes" if name is not None else "I close"
            other = "" if name is not None else f', or give this one a name: {kind.opening} as "alice"'
            raise SentenceError(
                f"There is an open {known.kind.name} {_called(name)} already. "
                f"Close it first, with: {closes} the {known.kind.name}{other}"
            )
        self._named.pop(subject, None)
        return subject

    def start_app(self) -> bool:
        """Start the app, before a channel is opened. False where it does not start."""
        from asgherkin.session.opening import no_app  # slow to import

        started = self._session.start()
        if self._session.client.recorder.app is no_app:
            raise SentenceError(
                "The project's own client brings its app along, so that nothing but its own requests can reach it. "
                'To open a websocket or a stream, say where the app is, too: asgi_app = "shop.main:app"'
            )
        return started

    def keep(self, channel: Channel) -> None:
        """Keep a channel that was opened."""
        self._named[channel.subject] = channel
        self._all.append(channel)
        self._look_at(channel)

    # Finding

    def find(self, name: str | None, channel_class: type[C]) -> C:
        """The channel of a class with this name, or without a name. Raises SentenceError where there is none."""
        kind = channel_class.kind
        channel = self._named.get(kind.subject(name))
        if channel is None:
            raise SentenceError(self._missing(name, kind))
        self._look_at(channel)
        if not isinstance(channel, channel_class):
            raise SentenceError(
                f"{channel.subject} is a {channel.kind.name}, and this sentence is about a {kind.name}."
            )
        return channel

    def named(self, name: str) -> Channel:
        """The channel of any kind with this name. Raises SentenceError where there is none."""
        channel = self._named.get(f'"{name}"')
        if channel is None:
            kinds = {other.kind for other in self._named.values()}
            raise SentenceError(self._missing(name, kinds.pop() if len(kinds) == 1 else KINDS[0]))
        self._look_at(channel)
        return channel

    def _missing(self, name: str | None, kind: ChannelKind) -> str:
        known = [subject for subject, channel in self._named.items() if channel.kind is kind]
        shown = ", ".join("one without a name" if subject == kind.subject(None) else subject for subject in known)
        called = f" {_called(name)}" if known or name is not None else ""
        others = f". Known: {shown}." if known else " yet."
        example = kind.opening if name is None else f'{kind.opening} as "{name}"'
        return f"There is no {kind.name}{called}{others} Open one first, for example: When {example}"

    def _look_at(self, channel: Channel) -> None:
        self._about = channel
        self._session.evidence.read(channel.record)

    # The last JSON that came

    def keep_received(self, document: object) -> None:
        """Keep the JSON that the last step has received."""
        assert self._about is not None, "a step receives from a channel"
        self._received = document, self._about

    @property
    def received(self) -> object:
        """The last JSON that any channel received. Raises SentenceError where there is none."""
        if self._received is None:
            raise SentenceError(f"No JSON was received yet. Receive some first, for example: Then {KINDS[0].receiving}")
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
        waiting = [channel for channel in self._all if channel.is_open]
        if len(waiting) == 1 and not session.crashes_of_act:
            waiting[0].wait(session.settings.timeout)
        # With several channels, any call may crash; and an app may crash after it has closed a websocket.
        if not session.crashes_of_act:
            session.client.run(recorder.until_crash, len(recorder.crashes), max(0.0, until - monotonic()))

    def leave(self) -> None:
        """Have each channel record whether it is open, before all are closed."""
        for channel in self._all:
            channel.note_end()


def _called(name: str | None) -> str:
    return "without a name" if name is None else f'with the name "{name}"'


def span(seconds: float) -> str:
    """A span of time for a message: 200 milliseconds, 5 seconds."""
    return in_words(seconds) if seconds >= 1 else f"{seconds * 1000:g} milliseconds"


def waiting_at(place: str) -> str:
    """The end of a message about an app that does not go on; empty where its place is not known."""
    return f" The app was waiting at {place}" if place else ""
