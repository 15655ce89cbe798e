"""Sentences that remember a value, for `{{name}}` in later sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.paths import find
from asgherkin.matching.values import ABSENT
from asgherkin.session.requests import send_again
from asgherkin.vocabulary.decorators import then

if TYPE_CHECKING:
    from asgherkin.session.session import Session


@then(
    "I remember the response body at {path:text} as {name:text}",
    example='I remember the response body at "$.id" as "id"',
    within=send_again,
)
def remember_the_body(session: Session, path: str, name: str) -> None:
    """Keep a part of the body, by a JSONPath (RFC 9535), for the rest of the scenario."""
    remember(session, name, f'the response body at "{path}"', find(path, session.responses.document))


@then(
    "I remember the response header {header:text} as {name:text}",
    example='I remember the response header "Location" as "url"',
    within=send_again,
)
def remember_the_header(session: Session, header: str, name: str) -> None:
    """Keep a header's value for the rest of the scenario."""
    value = session.responses.last.headers.get(header, ABSENT)
    remember(session, name, f'the response header "{header}"', value)


def remember(session: Session, name: str, what: str, value: object) -> None:
    """Keep a value under a name.

    Raises SentenceError for an invalid name, Mismatch where the value is ABSENT.
    """
    if re.fullmatch(r"[\w-]+", name) is None:
        raise SentenceError(f'"{name}" is not a name for a value. Use letters, digits, _ and -, for example: order_id')
    if value is ABSENT:
        raise Mismatch(f"There is nothing to remember: {what} does not exist.")
    session.variables[name] = value
