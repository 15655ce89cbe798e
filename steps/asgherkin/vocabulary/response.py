"""Sentences about the response."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.comparators import Comparison, verify
from asgherkin.matching.differences import verify_contains, verify_document, verify_does_not_contain
from asgherkin.matching.documents import parse_cell, parse_document
from asgherkin.matching.paths import find
from asgherkin.matching.schemas import verify_schema
from asgherkin.matching.values import ABSENT, show
from asgherkin.session.expected_crashes import expects_crash
from asgherkin.session.requests import send_again
from asgherkin.vocabulary.arguments import Table, read_file, rows_of
from asgherkin.vocabulary.decorators import then
from asgherkin.vocabulary.grammar import Expected
from asgherkin.vocabulary.http_statuses import is_server_error, status_in_cell, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asgherkin.session.session import Session


def _expects_server_error(slots: Mapping[str, object], _: object) -> bool:
    expected = slots["expected"]
    assert isinstance(expected, Expected), "the sentence has that slot"
    operator, operand = expected.parts
    return operator in ("is", "is at least") and is_server_error(operand.strip('"'))


@then("the response status {expected:status}", example="the response status is 201", within=send_again)
@expects_crash(_expects_server_error)
def the_response_status(session: Session, expected: Comparison) -> None:
    """The status code, or its standard phrase: `is "Not Found"`."""
    verify("the response status", expected, session.responses.last.status_code)


@then(
    "the response header {name:text} {expected:wording}",
    example='the response header "Location" is "/notes/1"',
    within=send_again,
)
def the_response_header(session: Session, name: str, expected: Comparison) -> None:
    """A header's value, as text; of several with one name, all, with commas between."""
    actual = session.responses.last.headers.get(name, ABSENT)
    verify(f'the response header "{name}"', expected, actual, numeric_text=True)


@then(
    "the response cookie {name:text} {expected:wording}",
    example='the response cookie "session" exists',
    within=send_again,
)
def the_response_cookie(session: Session, name: str, expected: Comparison) -> None:
    """A cookie that this response sets, or a redirect on the way to it."""
    verify(f'the response cookie "{name}"', expected, _cookie(session, name))


def _cookie(session: Session, name: str) -> object:
    last = session.responses.last
    for response in (last, *reversed(last.history)):
        for cookie in response.cookies.jar:
            if cookie.name == name:
                session.redactor.learn(cookie.value or "")
                return cookie.value
    return ABSENT


@then("the response redirects to {url:text}", example='the response redirects to "/login"', within=send_again)
def the_response_redirects_to(session: Session, url: str) -> None:
    """The status is 3xx and `Location` leads there; the path, or the whole address."""
    response = session.responses.last
    location = response.headers.get("location")
    if not 300 <= response.status_code < 400 or location is None:
        message = f'The response has the status {response.status_code} and is no redirect, expected one to "{url}".'
        if response.history:
            message += (
                " It was reached by a redirect that was followed; write before it: Given redirects are not followed"
            )
        raise Mismatch(message)
    request_url = response.request.url
    if location != url and request_url.join(location) != request_url.join(url):
        raise Mismatch(f'The response redirects to "{location}", expected "{url}".')


@then("the response text {expected:wording}", example='the response text contains "Hello"', within=send_again)
def the_response_text(session: Session, expected: Comparison) -> None:
    """The body, as text."""
    verify("the response text", expected, session.responses.last.text)


@then("the response text is:", example="the response text is:", within=send_again)
def the_response_text_is(session: Session, docstring: str) -> None:
    """The body, as text, over several lines: a doc string."""
    expected = session.fill_text(docstring)
    actual = session.responses.last.text
    if actual == expected:
        return
    if actual.split() == expected.split():
        raise Mismatch(
            f"The response text differs in white space or line ends only: expected {show(expected)}, got {show(actual)}"
        )
    lines = difflib.ndiff(expected.splitlines(), actual.splitlines())
    shown = "\n".join(f"  {line.rstrip()}" for line in lines if not line.startswith("?"))
    raise Mismatch("The response text differs (- expected, + got):", shown)


@then("the response body is:", example="the response body is:", within=send_again)
def the_response_body_is(session: Session, docstring: str) -> None:
    """The body is this JSON document, no more and no less."""
    expected = parse_document(docstring, session.lookup, expected=True)
    verify_document("the response body", expected, session.responses.document)


@then("the response body contains:", example="the response body contains:", within=send_again)
def the_response_body_contains(session: Session, docstring: str) -> None:
    """The body has at least this, at any depth: only what is named is looked at."""
    expected = parse_document(docstring, session.lookup, expected=True)
    verify_contains("the response body", expected, session.responses.document)


@then("the response body does not contain:", example="the response body does not contain:", within=send_again)
def the_response_body_does_not_contain(session: Session, docstring: str) -> None:
    """The body does not have all of this."""
    expected = parse_document(docstring, session.lookup, expected=True)
    verify_does_not_contain("the response body", expected, session.responses.document)


@then(
    "the response body at {path:text} {expected:expected}",
    example='the response body at "$.lives" is 9',
    within=send_again,
)
def the_response_body_at(session: Session, path: str, expected: Comparison) -> None:
    """A part of the body, by a JSONPath (RFC 9535)."""
    verify(f'the response body at "{path}"', expected, find(path, session.responses.document))


@then("the response body has:", example="the response body has:", within=send_again)
def the_response_body_has(session: Session, datatable: Table) -> None:
    """Several parts of the body: a table with `path` and `value`. All misses are listed."""
    rows = [
        (session.fill_text(path), Comparison("is", parse_cell(value, session.lookup, expected=True)))
        for path, value in rows_of(datatable, ("path", "value"))
    ]
    misses: list[str] = []
    for path, expected in rows:
        try:
            the_response_body_at(session, path, expected)
        except Mismatch as mismatch:
            misses.append(f"  {mismatch}".replace("\n", "\n  "))
    if misses:
        raise Mismatch(f"{len(misses)} of {len(rows)} rows do not fit:", "\n".join(misses))


@then("the response body matches the schema:", example="the response body matches the schema:", within=send_again)
def the_response_body_matches_the_schema(session: Session, docstring: str) -> None:
    """The body is valid by this JSON Schema (2020-12): a doc string."""
    verify_schema("the response body", parse_document(docstring, session.lookup), session.responses.document)


@then(
    "the response body matches the schema {file:text}",
    example='the response body matches the schema "order.schema.json"',
    within=send_again,
)
def the_response_body_matches_the_schema_file(session: Session, file: str) -> None:
    """The body is valid by the JSON Schema (2020-12) in a file of the project."""
    _, content = read_file(file, session)
    try:
        schema = parse_document(content.decode())
    except (SentenceError, UnicodeDecodeError) as error:
        raise SentenceError(f'The file "{file}" holds no JSON Schema. {error}') from None
    verify_schema("the response body", schema, session.responses.document)


@then("the response arrives within {limit:span}", example="the response arrives within 200 milliseconds")
def the_response_arrives_within(session: Session, limit: float) -> None:
    """The time from sending the request to the last byte. It is measured, nothing is sent again."""
    took = session.responses.seconds
    if took > limit:
        raise Mismatch(f"The response arrived after {took * 1000:.0f} ms, expected within {limit * 1000:.0f} ms.")


@then("the response statuses are:", example="the response statuses are:", within=send_again)
@expects_crash(lambda _, table: any(is_server_error(str(row[0])) for row in table))
def the_response_statuses_are(session: Session, datatable: Table) -> None:
    """How many of the requests sent at the same time had which status: a table with `status` and `count`."""
    expected: dict[int, int] = {}
    for status, count in rows_of(datatable, ("status", "count")):
        code = status_in_cell(session.fill_text(status))
        expected[code] = expected.get(code, 0) + whole_number(session.fill_text(count))
    actual = Counter(response.status_code for response in session.responses.all)
    if actual != {status: count for status, count in expected.items() if count}:
        raise Mismatch(f"The response statuses are {_counts(actual)}; expected {_counts(expected)}.")


def _counts(counts: Mapping[int, int]) -> str:
    return " and ".join(f"{count} with {status}" for status, count in sorted(counts.items()))
