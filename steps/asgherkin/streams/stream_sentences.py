"""Sentences about event streams, and about other responses that are read as they come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.comparators import Comparison, verify
from asgherkin.matching.differences import verify_document
from asgherkin.matching.documents import parse_document
from asgherkin.matching.matchers import escape
from asgherkin.matching.values import sentence_start, show
from asgherkin.session.channels import Channels
from asgherkin.vocabulary.decorators import given_or_when, then, when

if TYPE_CHECKING:
    from asgherkin.clients.events import Event
    from asgherkin.session.session import Session


@given_or_when("I open the event stream {path:text}[ as {name:text}]", example='I open the event stream "/board"')
def i_open_the_event_stream(session: Session, path: str, name: str | None) -> None:
    """Send a GET request with the scenario's headers, cookies, query and credentials; read its events as they come."""
    session.part(Channels).open_stream(path, name, of_events=True)


@given_or_when("I open the stream {path:text}[ as {name:text}]", example='I open the stream "/tasting/1"')
def i_open_the_stream(session: Session, path: str, name: str | None) -> None:
    """Send a GET request as for an event stream, and read its text as it comes."""
    session.part(Channels).open_stream(path, name, of_events=False)


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
    came = session.part(Channels).stream(stream).next_event(within)
    if came.name != name:
        raise Mismatch(
            f"{sentence_start(_subject(stream))} received the event {show(came.name)}, expected {show(name)}. "
            f"Its data: {show(came.data)}"
        )
    return came


# A stream with a name receives texts and nothing by the sentences for websockets, which look what has the name.


@then("the stream receives the text {text:text}", example='the stream receives the text "Welcome "', within=True)
def the_stream_receives_the_text(session: Session, text: str, within: float | None) -> None:
    """The text goes on with this, in however many parts it comes."""
    received = session.part(Channels).stream(None).next_text(text, within)
    verify("the text that the stream received", Comparison("is", escape(text)), received)


@then("the stream receives nothing for {span:span}", example="the stream receives nothing for 200 milliseconds")
def the_stream_receives_nothing_for(session: Session, span: float) -> None:
    """Nothing comes for so long; from a stream that has ended nothing does."""
    session.part(Channels).stream(None).check_silence(span)


@then("(the stream|{name:text}) ends", example="the stream ends", within=True)
def the_stream_ends(session: Session, within: float | None, name: str | None = None) -> None:
    """The app ends it, and nothing comes before that."""
    session.part(Channels).stream(name).check_end(within)


@when("(I close|{name:text} closes) the stream", example="I close the stream")
def close_the_stream(session: Session, name: str | None = None) -> None:
    """Leave it: the app gets its `http.disconnect`."""
    session.part(Channels).stream(name).close()


def _subject(name: str | None) -> str:
    return "the stream" if name is None else f'"{name}"'
