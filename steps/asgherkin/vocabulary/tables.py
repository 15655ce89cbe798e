"""Tables under a sentence: a heading with fixed columns, then rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.session.session import Session

Table = list[list[str]]


def rows_of(table: Table, columns: Sequence[str]) -> list[list[str]]:
    """The rows below the heading, which must be `columns`.

    Raises SentenceError where the heading is another, or no row follows.
    """
    heading = _row(columns)
    if table[0] != list(columns):
        raise SentenceError(
            f"The table under this sentence must start with the heading {heading}, and starts with {_row(table[0])}."
        )
    if len(table) == 1:
        raise SentenceError(f"The table under this sentence has no rows below its heading {heading}.")
    return table[1:]


def pairs(table: Table, session: Session) -> list[tuple[str, str]]:
    """Names and values of a table with the heading `| name | value |`, remembered values put in."""
    return [(session.fill_text(name), session.fill_text(value)) for name, value in rows_of(table, ("name", "value"))]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
