"""Cells of a feature's table by the type of their column, and values of a database as JSON."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final

from asgherkin.databases.readers import LARGEST, READERS, ItemError
from asgherkin.databases.telling import cannot_be
from asgherkin.errors import SentenceError
from asgherkin.matching.documents import parse_cell
from asgherkin.matching.matchers import escape, parse_matcher
from asgherkin.matching.values import SHOWN, show

if TYPE_CHECKING:
    from asgherkin.databases.port import Cell, Column


def convert(column: Column, cell: Cell) -> object:
    """Return the Python value that a cell is in a column of this type: None for null.

    Raises:
        SentenceError: the column's type has no such value, or the cell is a matcher, which stands for many.
    """
    if cell.value is None:
        return None
    if matcher := matcher_in(column, cell):
        raise SentenceError(
            f'The column "{column.name}" needs a value to store, and {matcher} is a matcher, which can only be '
            f"compared. Write a value, or \\{matcher} for this text."
        )
    try:
        return READERS[column.type.kind](column.type, cell)
    except ItemError as error:
        raise cannot_be(column, cell, f", because of {show(error.item, 80)}") from None
    except (ValueError, ArithmeticError):
        raise cannot_be(column, cell) from None


def matcher_in(column: Column, cell: Cell) -> str | None:
    """Return the first matcher in a cell; for columns of documents and arrays, at any depth.

    Raises:
        SentenceError: a text starts with `#` and is no matcher.
    """
    deep = column.type.kind in ("json", "array", "unknown")
    return _first_matcher(cell.value) if deep or isinstance(cell.value, str) else None


def _first_matcher(value: object) -> str | None:
    if isinstance(value, str):
        return value if parse_matcher(value) else None
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return next((found for part in parts if (found := _first_matcher(part))), None)


def as_json(value: object) -> object:
    """Return a value of a database as JSON, which matchers and JSONPath see.

    A Decimal is an integer where it has no decimal places (`3`), and a number where it has (`3.00`). Dates and times
    are ISO texts, a UUID its text with dashes, bytes hex digits as in `68 69`, an enum its name.
    """
    if type(value) in _JSON_SCALARS:
        return value
    try:
        return _as_json(value)
    except RecursionError:
        return "nested too deeply to show"


_JSON_SCALARS: Final = frozenset({type(None), bool, int, float, str})


def _as_json(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_as_json(item) for item in value]
    if isinstance(value, Decimal):
        return _number(value)
    if type(value) in _JSON_SCALARS or (isinstance(value, int | float | str) and not isinstance(value, Enum)):
        return value
    return plain_text(value)


def _number(value: Decimal) -> int | float:
    exponent = value.as_tuple().exponent
    whole = isinstance(exponent, int) and exponent >= 0 and value.adjusted() < LARGEST
    return int(value) if whole else float(value)


def plain_text(value: object) -> str:
    """Return the text of a value that JSON has no type for."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex(" ")
    return str(value)


def shown(value: object) -> str:
    """Return a value of a database as one would write it in a feature's cell, shortened where it is long."""
    if isinstance(value, Decimal):
        return capped(f"{value:f}")
    form = as_json(value)
    if not isinstance(form, str):
        return show(escape(form))
    return _shown_text(form) if isinstance(value, str) else capped(form or '""')


def _shown_text(text: str) -> str:
    # In quotes where the text alone would be read as something else, or would break the table.
    plain = bool(text) and text == text.strip() and text.isprintable() and "|" not in text
    written = str(escape(text))
    return capped(written) if plain and parse_cell(text) == text else show(written)


def capped(text: str) -> str:
    """Return the start of a long text, with its length."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
