"""Sentences about websockets. Those that fit a stream too, once it has a name, are in `channel_sentences`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.comparators import Comparison, verify
from asgherkin.matching.differences import verify_contains, verify_document
from asgherkin.matching.documents import parse_document
from asgherkin.matching.values import sentence_start, show
from asgherkin.session.channels import Channels
from asgherkin.session.expected_crashes import expects_crash
from asgherkin.vocabulary.channel_sentences import check_text
from asgherkin.vocabulary.decorators import given_or_when, then, when
from asgherkin.vocabulary.http_statuses import is_server_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asgherkin.session.session import Session
    from asgherkin.websockets.held_websockets import HeldWebSockets
    from asgherkin.websockets.websocket_evidence import Closing

_OPENING = "a websocket to {path:text}[ as {name:text}][ with the subprotocol {subprotocol:text}]"
_CLOSING = "[ with the code {code:count}[ and the reason {reason:text}]]"


def _websockets(session: Session) -> HeldWebSockets:
    from asgherkin.websockets.held_websockets import HeldWebSockets  # slow to import, and most scenarios have none

    return session.part(HeldWebSockets)


# Opening


@given_or_when("I open " + _OPENING, example='I open a websocket to "/greet"')
def i_open_a_websocket(session: Session, path: str, name: str | None, subprotocol: str | None) -> None:
    """Open a websocket that the app accepts, with the scenario's headers, cookies, query and credentials."""
    _websockets(session).open(path, name, subprotocol, may_be_refused=False)


@when("I try to open " + _OPENING, example='I try to open a websocket to "/private"')
def i_try_to_open_a_websocket(session: Session, path: str, name: str | None, subprotocol: str | None) -> None:
    """Open a websocket that the app may refuse."""
    _websockets(session).open(path, name, subprotocol, may_be_refused=True)


def _by_server_error(slots: Mapping[str, object], _: object) -> bool:
    status = slots["status"]
    return status is not None and is_server_error(getattr(status, "written", ""))


@then(
    "(the websocket|{name:text}) is refused[ with the status {status:count}][ with the code {code:count}]",
    example="the websocket is refused",
    within=True,
)
@expects_crash(_by_server_error)
def the_websocket_is_refused(
    session: Session, status: int | None, code: int | None, within: float | None, name: str | None = None
) -> None:
    """The app has refused it, by an HTTP response or by a close code. That is known when it was opened."""
    del within  # the app has answered by now
    from asgherkin.websockets.websocket_evidence import refusal_of  # only where a scenario holds a websocket

    refusal = _websockets(session).find(name).refusal
    if code is not None and refusal.code is None:
        session.check_observable("the close code of a refused websocket, in whose place a server sends a status")
    for what, expected, actual in (("status", status, refusal.status), ("code", code, refusal.code)):
        if expected not in (None, actual):
            raise Mismatch(f"The app refused {_subject(name)} {refusal_of(refusal)}, expected the {what} {expected}.")


@then(
    "(the websocket's|{name:text}'s) subprotocol is {subprotocol:text}",
    example='the websocket\'s subprotocol is "chat.v1"',
)
def the_subprotocol_is(session: Session, subprotocol: str, name: str | None = None) -> None:
    """The app chose this one of the subprotocols that were offered."""
    chosen = _websockets(session).find(name).subprotocol
    if chosen != subprotocol:
        came = "chose no subprotocol" if chosen is None else f"chose the subprotocol {show(chosen)}"
        raise Mismatch(f"The app {came} for {_subject(name)}, expected {show(subprotocol)}.")


# Sending


@when("(I send|{name:text} sends) the text {text:text}", example='I send the text "hi"')
def send_the_text(session: Session, text: str, name: str | None = None) -> None:
    """Send a text."""
    _websockets(session).find(name).send(text)


@when("(I send|{name:text} sends) the bytes {content:text}", example='I send the bytes "68 69"')
def send_the_bytes(session: Session, content: str, name: str | None = None) -> None:
    """Send bytes, which are written in hex."""
    _websockets(session).find(name).send(_bytes(content))


@when("(I send|{name:text} sends) the JSON:", example="I send the JSON:")
def send_the_json(session: Session, docstring: str, name: str | None = None) -> None:
    """Send JSON as a text: a doc string."""
    _websockets(session).find(name).send(_compact(session, docstring))


@when("(I send|{name:text} sends) the JSON as bytes:", example="I send the JSON as bytes:")
def send_the_json_as_bytes(session: Session, docstring: str, name: str | None = None) -> None:
    """Send JSON as bytes, in UTF-8: a doc string."""
    _websockets(session).find(name).send(_compact(session, docstring).encode())


def _bytes(written: str) -> bytes:
    try:
        return bytes.fromhex(written)
    except ValueError:
        raise SentenceError(f'"{written}" is not bytes in hex. Write two digits for each, as in: "68 69"') from None


def _compact(session: Session, docstring: str) -> str:
    # As Starlette's own send_json has it.
    return json.dumps(parse_document(docstring, session.lookup), ensure_ascii=False, separators=(",", ":"))


# Receiving


@then(
    "the websocket receives the text {text:text}",
    example='the websocket receives the text "Hello, world!"',
    within=True,
)
def the_websocket_receives_the_text(session: Session, text: str, within: float | None) -> None:
    """The next message is this text."""
    check_text(_websockets(session).find(None), text, within)


@then(
    "(the websocket|{name:text}) receives a text matching {pattern:text}",
    example='the websocket receives a text matching "^Hel"',
    within=True,
)
def receives_a_text_matching(session: Session, pattern: str, within: float | None, name: str | None = None) -> None:
    """The next message is a text in which this regular expression is found."""
    received = _websockets(session).find(name).next_text("", within)
    verify(f"the text that {_subject(name)} received", Comparison("matches", pattern), received)


@then(
    "(the websocket|{name:text}) receives the bytes {content:text}",
    example='the websocket receives the bytes "68 69"',
    within=True,
)
def receives_the_bytes(session: Session, content: str, within: float | None, name: str | None = None) -> None:
    """The next message is these bytes, which are written in hex."""
    from asgherkin.evidence.message_text import hexed  # only where a scenario holds a websocket

    expected = _bytes(content)
    received = _websockets(session).find(name).next_bytes(within)
    if received != expected:
        raise Mismatch(f"The bytes that {_subject(name)} received are {hexed(received)}, expected {hexed(expected)}.")


@then("(the websocket|{name:text}) receives the JSON:", example="the websocket receives the JSON:", within=True)
def receives_the_json(session: Session, docstring: str, within: float | None, name: str | None = None) -> None:
    """The next message is this JSON document, as a text."""
    expected = parse_document(docstring, session.lookup, expected=True)
    received = _websockets(session).find(name).next_text("", within)
    verify_document(_json_of(name), expected, _document(session, name, received))


@then(
    "(the websocket|{name:text}) receives the JSON as bytes:",
    example="the websocket receives the JSON as bytes:",
    within=True,
)
def receives_the_json_as_bytes(session: Session, docstring: str, within: float | None, name: str | None = None) -> None:
    """The next message is this JSON document, as bytes in UTF-8."""
    expected = parse_document(docstring, session.lookup, expected=True)
    received = _websockets(session).find(name).next_bytes(within)
    verify_document(_json_of(name), expected, _document(session, name, received))


@then(
    "(the websocket|{name:text}) receives JSON containing:",
    example="the websocket receives JSON containing:",
    within=True,
)
def receives_json_containing(session: Session, docstring: str, within: float | None, name: str | None = None) -> None:
    """The next message, in text or in bytes, is JSON that contains this document: only what is named is looked at."""
    expected = parse_document(docstring, session.lookup, expected=True)
    received = _websockets(session).find(name).receive(within)
    verify_contains(_json_of(name), expected, _document(session, name, received))


def _json_of(name: str | None) -> str:
    return f"the JSON that {_subject(name)} received"


def _document(session: Session, name: str | None, message: str | bytes) -> object:
    try:
        document = json.loads(message)
    except (ValueError, RecursionError):  # also bytes that are no UTF-8
        received = _websockets(session).find(name).received(message)
        raise Mismatch(f"{received}, which is not JSON.") from None
    session.part(Channels).keep_received(document)
    return document


@then(
    "the websocket receives nothing for {span:span}",
    example="the websocket receives nothing for 200 milliseconds",
)
def the_websocket_receives_nothing_for(session: Session, span: float) -> None:
    """No message comes for so long; from a closed websocket none does."""
    _websockets(session).find(None).check_silence(span)


# Closing


@when("(I close|{name:text} closes) the websocket" + _CLOSING, example="I close the websocket")
def close_the_websocket(session: Session, code: int | None, reason: str | None, name: str | None = None) -> None:
    """Close it, with the code 1000 or one from 3000 to 4999, and give the app a moment to end."""
    _websockets(session).find(name).close(code, reason)


@then("(the websocket|{name:text}) is closed" + _CLOSING, example="the websocket is closed", within=True)
def the_websocket_is_closed(
    session: Session, code: int | None, reason: str | None, within: float | None, name: str | None = None
) -> None:
    """Either side has closed it. Messages before it need not be received."""
    closing = _websockets(session).find(name).closed(within)
    if (code not in (None, closing.code)) or (reason not in (None, closing.reason)):
        _raise_closed(closing, name, code, reason)


def _raise_closed(closing: Closing, name: str | None, code: int | None, reason: str | None) -> None:
    from asgherkin.websockets.websocket_evidence import closing_of  # only where a scenario holds a websocket

    wanted = f"the code {code}" + (f" and the reason {show(reason)}" if reason is not None else "")
    raise Mismatch(f"{sentence_start(closing_of(closing, _subject(name)))}, expected {wanted}.")


def _subject(name: str | None) -> str:
    return "the websocket" if name is None else f'"{name}"'
