"""Sentences that remember a value, for `{{name}}` in later ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_bdd import then

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.paths import find
from asgherkin.matching.values import ABSENT
from asgherkin.vocabulary.grammar import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from asgherkin.session.session import Session


@then(
    Sentence(
        "I remember the response body at {path:text} as {name:text}",
        example='I remember the response body at "$.id" as "id"',
        within=True,
    )
)
def remember_the_body(session: Session, path: str, name: str, within: float | None) -> None:
    """Keep a part of the body, by a JSONPath (RFC 9535), for the rest of the scenario."""
    responses = session.responses
    _remember(session, name, within, f'the response body at "{path}"', lambda: find(path, responses.document))


@then(
    Sentence(
        "I remember the response header {header:text} as {name:text}",
        example='I remember the response header "Location" as "url"',
        within=True,
    )
)
def remember_the_header(session: Session, header: str, name: str, within: float | None) -> None:
    """Keep a header's value for the rest of the scenario."""
    responses = session.responses
    _remember(
        session, name, within, f'the response header "{header}"', lambda: responses.last.headers.get(header, ABSENT)
    )


def _remember(session: Session, name: str, within: float | None, what: str, look: Callable[[], object]) -> None:
    if re.fullmatch(r"[\w-]+", name) is None:
        raise SentenceError(f'"{name}" is not a name for a value. Use letters, digits, _ and -, for example: order_id')

    def keep() -> None:
        value = look()
        if value is ABSENT:
            raise Mismatch(f"There is nothing to remember: {what} does not exist.")
        session.variables[name] = value

    session.responses.eventually(within, keep)
