"""Sentences that remember a value, for `{{name}}` in later ones."""

from __future__ import annotations

import re
from functools import partial
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
    what = f'the response body at "{path}"'
    remember(session, name, what, lambda: find(path, responses.document), partial(responses.eventually, within))


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
    what = f'the response header "{header}"'
    again = partial(responses.eventually, within)
    remember(session, name, what, lambda: responses.last.headers.get(header, ABSENT), again)


def remember(
    session: Session,
    name: str,
    what: str,
    look: Callable[[], object],
    eventually: Callable[[Callable[[], None]], None],
) -> None:
    """Keep what `look` gives; `eventually` calls that once, or until there is something to keep.

    Raises SentenceError for a name that is none, Mismatch where there is nothing.
    """
    if re.fullmatch(r"[\w-]+", name) is None:
        raise SentenceError(f'"{name}" is not a name for a value. Use letters, digits, _ and -, for example: order_id')

    def keep() -> None:
        value = look()
        if value is ABSENT:
            raise Mismatch(f"There is nothing to remember: {what} does not exist.")
        session.variables[name] = value

    eventually(keep)
