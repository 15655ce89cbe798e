"""Sentences about event streams, and about other responses that are read as they come.

Those that fit a websocket too, once it has a name, are in `channel_sentences`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.comparators import Comparison, verify
from asgherkin.matching.differences import verify_document
from asgherkin.matching.documents import parse_document
from asgherkin.matching.matchers import escape
from asgherkin.matching.values import sentence_start, show
from asgherkin.session.channels import KINDS, ChannelKind, Channels
from asgherkin.vocabulary.channel_sentences import check_text
from asgherkin.vocabulary.decorators import given_or_when, then, when

if TYPE_CHECKING:
    from asgherkin.session.session import Session
    from asgherkin.streams.event_stream import Event
    from asgherkin.streams.held_streams import HeldStreams

STREAM = ChannelKind(
    "stream", 'I open the event stream "/board"', 'the stream receives the event "order" with the data:'
)
KINDS.append(STREAM)


def _streams(session: Session) -> HeldStreams:
    from asgherkin.streams.held_streams import HeldStreams  # most scenarios have none

    return session.part(HeldStreams)


@given_or_when("I open the event stream {path:text}[ as {name:text}]", example='I open the event stream "/board"')
def i_open_the_event_stream(session: Session, path: str, name: str | None) -> None:
    """Send a GET request with the scenario's headers, cookies, query and credentials; read its events as they come."""
    _streams(session).open(path, name, of_events=True)


@given_or_when("I open the stream {path:text}[ as {name:text}]", example='I open the stream "/tasting/1"')
def i_open_the_stream(session: Session, path: str, name: str | None) -> None:
    """Send a GET request as for an event stream, and read its text as it comes."""
    _streams(session).open(path, name, of_events=False)


@then(
    "(the stream|{name:text}) receives the event {event:text}",
    example='the stream receives the event "order"',
    within=True,
)
def receives_the_event(session: Session, event: str, within: float | None, name: str | None = None) -> None:
    """The next event has this name; one without a name is called `message`."""
    _next(session, event, within, name)


@then(
    "(the stream|{name:text}) receives the event {event:text} with the data:",
    example='the stream receives the event "order" with the data:',
    within=True,
)
def receives_the_event_with(
    session: Session, event: str, docstring: str, within: float | None, name: str | None = None
) -> None:
    """The next event has this name and this data: compared as JSON where both are, else as text."""
    came = _next(session, event, within, name)
    subject = f"the data of the event {show(event)}"
    try:
        actual = json.loads(came.data)
        session.part(Channels).keep_received(actual)
        expected = parse_document(docstring, session.lookup, expected=True)
    except (ValueError, RecursionError, SentenceError):
        verify(subject, Comparison("is", escape(session.fill_text(docstring))), came.data)
        return
    verify_document(subject, expected, actual)


def _next(session: Session, name: str, within: float | None, stream: str | None) -> Event:
    came = _streams(session).find(stream).next_event(within)
    if came.name != name:
        raise Mismatch(
            f"{sentence_start(_subject(stream))} received the event {show(came.name)}, expected {show(name)}. "
            f"Its data: {show(came.data)}"
        )
    return came


@then("the stream receives the text {text:text}", example='the stream receives the text "Welcome "', within=True)
def the_stream_receives_the_text(session: Session, text: str, within: float | None) -> None:
    """The text goes on with this, in however many parts it comes."""
    check_text(_streams(session).find(None), text, within)


@then("the stream receives nothing for {span:span}", example="the stream receives nothing for 200 milliseconds")
def the_stream_receives_nothing_for(session: Session, span: float) -> None:
    """Nothing comes for so long; from a stream that has ended nothing does."""
    _streams(session).find(None).check_silence(span)


@then("(the stream|{name:text}) ends", example="the stream ends", within=True)
def the_stream_ends(session: Session, within: float | None, name: str | None = None) -> None:
    """The app ends it, and nothing comes before that."""
    _streams(session).find(name).check_end(within)


@when("(I close|{name:text} closes) the stream", example="I close the stream")
def close_the_stream(session: Session, name: str | None = None) -> None:
    """Leave it: the app gets its `http.disconnect`."""
    _streams(session).find(name).close()


def _subject(name: str | None) -> str:
    return "the stream" if name is None else f'"{name}"'
