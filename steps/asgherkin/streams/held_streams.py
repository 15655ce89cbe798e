"""A response that a scenario reads as it comes: events, or text as it is sent."""

from __future__ import annotations

import codecs
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.values import sentence_start, show
from asgherkin.session.channels import Channel, Channels, span, waiting_at
from asgherkin.session.requests import sent
from asgherkin.session.session import Part
from asgherkin.streams.client_streams import ClientStreams
from asgherkin.streams.stream_sentences import STREAM

if TYPE_CHECKING:
    import httpx2

    from asgherkin.session.session import Session
    from asgherkin.streams.client_streams import OpenStream
    from asgherkin.streams.event_stream import Event

_EVENTS = "text/event-stream"
_BODY_SECONDS = 1.0


class HeldStreams(Part):
    """What the sentences about streams act on."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._channels = session.part(Channels)
        self._streams: ClientStreams | None = None

    def open(self, path: str, name: str | None, *, of_events: bool) -> None:
        """Send a GET request with the scenario's headers, cookies, query and credentials; read it as it comes.

        Raises Mismatch where the response is none to read so; SentenceError for a name that is in use, and for an
        address that is none.
        """
        subject = self._channels.subject(name, STREAM)
        if self._channels.start_app():
            session, draft = self._session, self._session.draft
            before = len(session.crashes)
            url = draft.target(path)
            options = {"headers": draft.headers, "follow_redirects": draft.follow_redirects}
            streams = self._streams = self._streams or ClientStreams(session.client)
            response = sent(lambda: streams.open(url, options), "GET", url)
            crashed = len(session.crashes) > before
            stream = HeldStream(session, subject, response, of_events=of_events, crashed=crashed)
            self._channels.keep(stream)
            stream.check_opening()

    def find(self, name: str | None) -> HeldStream:
        """The stream of a name, or the one without. Raises SentenceError where there is none."""
        return self._channels.find(name, HeldStream)


class HeldStream(Channel):
    """A stream of the scenario's, read as events or as text. `crashed`: the app crashed before it answered."""

    kind = STREAM

    def __init__(self, session: Session, subject: str, stream: OpenStream, *, of_events: bool, crashed: bool) -> None:
        self.subject = subject
        self.doing = stream.log.doing
        self._session = session
        self._stream = stream
        self.record = self.log = stream.log
        self.log.name = subject[1:-1] if subject.startswith('"') else ""
        response = stream.response
        self.log.answer = f"{response.status_code} {response.reason_phrase}, {_type(response)}"
        session.evidence.add(self.log)
        self._of_events = of_events
        self._crashed = crashed
        self._decoder = codecs.getincrementaldecoder(stream.response.encoding or "utf-8")("replace")
        self._events: deque[Event] = deque()
        self._text = ""

    @property
    def is_open(self) -> bool:
        """Whether something may still come."""
        return not (self.log.over or self.log.left)

    def check_opening(self) -> None:
        """Raise Mismatch where the response cannot be read so. A crash of the app is reported, or expected, itself."""
        response = self._stream.response
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if self._crashed and not self._session.server_errors_returned:
            return
        if not response.is_success or (self._of_events and kind != _EVENTS):
            start = show((self._stream.read(_BODY_SECONDS) or b"").decode(errors="replace"))
            wanted = f'the content type "{_EVENTS}"' if response.is_success else "a status from 200 to 299"
            self._stream.close()
            raise Mismatch(
                f"The app answered {self.doing} with the status {response.status_code} and {_type(response)}, "
                f"expected {wanted}. Its body starts with {start}"
            )

    # What comes

    def next_event(self, within: float | None) -> Event:
        """Take the next event. Raises Mismatch where none comes in time; a crash of the app."""
        if not self._of_events:
            raise SentenceError(
                f"{sentence_start(self.subject)} was opened to read text. "
                'To read events, open it with: I open the event stream "/board"'
            )
        seconds = self._limit(within)
        self._more(seconds)
        if self._events:
            return self._events.popleft()
        raise self._nothing(seconds)

    def next_text(self, expected: str, within: float | None) -> str:
        """Take as much text as is expected, or what came in its place: parts may be cut anywhere.

        Raises Mismatch where less comes in time; a crash of the app.
        """
        if self._of_events:
            raise SentenceError(
                f"{sentence_start(self.subject)} was opened to read events. "
                'To read text, open it with: I open the stream "/tasting/1"'
            )
        seconds = self._limit(within)
        until = monotonic() + seconds
        while len(self._text) < len(expected) and expected.startswith(self._text):
            if not self._more(until - monotonic(), anew=True):
                raise self._nothing(seconds)
        size = len(expected) if self._text.startswith(expected) else len(self._text)
        text, self._text = self._text[:size], self._text[size:]
        return text

    def check_silence(self, seconds: float) -> None:
        """Wait for so long. Raises Mismatch where something comes. From a stream that has ended nothing does."""
        if self._more(seconds):
            raise Mismatch(f"{self._received()}, expected nothing for {span(seconds)}.")

    def check_end(self, within: float | None) -> None:
        """Wait for its end. Raises Mismatch where something comes, or it goes on."""
        seconds = self._limit(within)
        if self._more(seconds):
            raise Mismatch(f"{self._received()}, expected its end.")
        if not self.log.over:
            raise Mismatch(f"{sentence_start(self.subject)} has not ended within {span(seconds)}.{self._place()}")

    def wait(self, seconds: float) -> None:
        """Wait for its end; what comes meanwhile is kept."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0 and self._more(left, anew=True):
            pass

    def _more(self, seconds: float, *, anew: bool = False) -> bool:
        """Whether there is something to take, or comes within `seconds`; `anew`: beside what there is."""
        if self.log.left:
            raise SentenceError(f"{sentence_start(self.subject)} is closed already. Open it again before this step.")
        if not anew and (self._events or self._text):
            return True
        if self._of_events:
            event = self._stream.receive(max(seconds, 0))
            self._events.extend([] if event is None else [event])
            return event is not None
        part = self._stream.read(max(seconds, 0))
        # At the end a character may be left over that was never whole.
        text = self._decoder.decode(part or b"", final=part is None and self.log.over)
        self._text += text
        return part is not None or bool(text)

    def _received(self) -> str:
        what = f"the event {show(self._events[0].name)}" if self._events else f"the text {show(self._text)}"
        return f"{sentence_start(self.subject)} received {what}"

    def _nothing(self, seconds: float) -> Mismatch:
        self._session.raise_crash()
        subject = sentence_start(self.subject)
        if self.log.over:
            rest = f" after the text {show(self._text)}" if self._text else ""
            return Mismatch(
                f"{subject} has ended{rest}, and received no {'event' if self._of_events else 'more text'}."
            )
        what = f"only the text {show(self._text)}" if self._text else "nothing"
        return Mismatch(f"{subject} received {what} within {span(seconds)}.{self._place()}")

    def _place(self) -> str:
        return waiting_at(self._stream.place())

    def _limit(self, within: float | None) -> float:
        return self._session.settings.timeout if within is None else within

    # Closing, and evidence

    def close(self) -> None:
        """Leave it: the app gets its disconnect. Nothing happens where it is closed already."""
        self._stream.close()

    def note_end(self) -> None:
        """Take note of whether it is open."""
        self.log.open_at_end = self.is_open


def _type(response: httpx2.Response) -> str:
    kind = response.headers.get("content-type")
    return "no content type" if kind is None else f'the content type "{kind}"'
