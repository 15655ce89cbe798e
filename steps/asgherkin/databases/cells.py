"""Cells of a feature's table, converted to their column's type; values of a database as JSON and as a cell's text."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import UUID

from asgherkin.databases.port import Cell, Type
from asgherkin.errors import SentenceError
from asgherkin.matching.documents import parse_cell
from asgherkin.matching.matchers import escape, is_date, is_datetime, parse_matcher, unescape
from asgherkin.matching.values import SHOWN, show, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from asgherkin.databases.port import Column, Kind

    Read: TypeAlias = Callable[[Type, Cell], object]

_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")
_TIME: Final = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_MOST_DIGITS: Final = 1000
"""How many digits a number may have before its point."""
_SEEN: Final = 80
_MOST_LABELS: Final = 10
_JSON_SCALARS: Final = frozenset({type(None), bool, int, float, str})


def convert(column: Column, cell: Cell) -> object:
    """The Python value of a cell in a column of this type: None for null.

    Raises SentenceError for a value that the type does not have, and for a matcher.
    """
    if cell.value is None:
        return None
    if matcher := matcher_in(column, cell):
        raise SentenceError(
            f'The column "{column.name}" needs a value to store, and {matcher} is a matcher, which can only be '
            f"compared. Write a value, or \\{matcher} for this text."
        )
    try:
        return _read(column.type, cell)
    except _ItemError as error:
        raise _cannot_be(column, cell, f", because of {show(error.item, _SEEN)}") from None
    except (ValueError, ArithmeticError):
        raise _cannot_be(column, cell) from None


def matcher_in(column: Column, cell: Cell) -> str | None:
    """The first matcher in a cell; for columns of documents and arrays, at any depth.

    Raises SentenceError for a text that starts with `#` and is no matcher.
    """
    deep = column.type.kind in ("json", "array", "unknown")
    return _first_matcher(cell.value) if deep or isinstance(cell.value, str) else None


def _first_matcher(value: object) -> str | None:
    if isinstance(value, str):
        return value if parse_matcher(value) else None
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return next((found for part in parts if (found := _first_matcher(part))), None)


def _cannot_be(column: Column, cell: Cell, reason: str = "") -> SentenceError:
    """The error for a cell that a column cannot hold: the type, the value, and how to write one."""
    name = column.type.declared or _KINDS[column.type.kind][1]
    is_number_as_written = isinstance(cell.value, int | float) and len(cell.written) <= _SEEN
    seen = cell.written if is_number_as_written else show(cell.value, _SEEN)
    null = ""
    if cell.value == "":
        seen, null = "an empty text", "null for no value, or "
    return SentenceError(
        f'The column "{column.name}" is {name}, which {seen} cannot be{reason}. Write {null}{_advice(column.type)}'
    )


def _advice(type_: Type) -> str:
    if type_.kind == "boolean":
        return "true or false."
    if type_.choices:
        more = len(type_.choices) - _MOST_LABELS
        return f"one of: {', '.join(type_.choices[:_MOST_LABELS])}" + (f" … and {more} more" if more > 0 else "")
    return f"for example: {_example(type_)}"


def _example(type_: Type) -> str:
    if type_.kind != "array":
        return _KINDS[type_.kind][2]
    if type_.item is None:
        return "[]"
    item = type_.item.choices[0] if type_.item.choices else _example(type_.item).strip('"')
    plain = type_.item.kind in ("boolean", "integer", "decimal", "float", "json", "array")
    return f"[{item}]" if plain else f'["{item}"]'


def _read(type_: Type, cell: Cell) -> object:
    """The value; a ValueError or ArithmeticError says that the type has none."""
    return _KINDS[type_.kind][0](type_, cell)


class _ItemError(ValueError):
    """An item that an array cannot hold."""

    def __init__(self, item: object) -> None:
        super().__init__()
        self.item = item


def _text(_: Type, cell: Cell) -> str:
    # The digits as they are written: 007 stays 007, and 3.80 does not become 3.8.
    return unescape(cell.value) if isinstance(cell.value, str) else cell.written


def _valid(holds: object) -> None:
    if not holds:
        raise ValueError


def _boolean(_: Type, cell: Cell) -> bool:
    _valid(isinstance(cell.value, bool))
    return bool(cell.value)


def _decimal(_: Type, cell: Cell) -> Decimal:
    _valid(_NUMBER.fullmatch(cell.written))
    number = Decimal(cell.written)
    _valid(number.adjusted() < _MOST_DIGITS)
    return number


def _integer(type_: Type, cell: Cell) -> int:
    number = _decimal(type_, cell)
    _valid(number == number.to_integral_value())
    return int(number)


def _float(type_: Type, cell: Cell) -> float:
    number = float(_decimal(type_, cell))
    _valid(not math.isinf(number))
    return number


def _in_form(has_form: Callable[[str], object], parse: Callable[[str], object]) -> Read:
    """A text in a form in which case and the spaces around it do not matter."""

    def read(type_: Type, cell: Cell) -> object:
        text = _text(type_, cell).strip().upper()
        _valid(has_form(text))
        return parse(text)

    return read


def _bytes(type_: Type, cell: Cell) -> bytes:
    _valid(cell.written)
    return bytes.fromhex(_text(type_, cell))


def _enum(type_: Type, cell: Cell) -> str:
    label = _text(type_, cell)
    _valid(not type_.choices or label in type_.choices)
    return label


def _json(_: Type, cell: Cell) -> object:
    _valid(cell.written)
    return _meant(cell.value)


def _meant(value: object) -> object:
    """A document without its escapes."""
    if isinstance(value, str):
        return unescape(value)
    if isinstance(value, list | tuple):
        return [_meant(item) for item in value]
    if isinstance(value, dict):
        return {key: _meant(item) for key, item in value.items()}
    return value


def _array(type_: Type, cell: Cell) -> list[object]:
    if not isinstance(cell.value, list | tuple):
        raise ValueError
    return [_item(type_, item) for item in cell.value]


def _item(type_: Type, item: object) -> object:
    if item is None:
        return None
    # An array of arrays has the type of its innermost items.
    kind = type_ if isinstance(item, list) and type_.item and type_.item.kind != "json" else type_.item or Type()
    cell = Cell(item if isinstance(item, str) and item else to_json(item), item)
    try:
        return _read(kind, cell)
    except _ItemError:
        raise
    except (ValueError, ArithmeticError):
        raise _ItemError(item) from None


# How a cell of a kind is read, what messages call its values, and an example of one.
_KINDS: Final[Mapping[Kind, tuple[Read, str, str]]] = {
    "unknown": (lambda _, cell: _meant(cell.value), "of a type that is not known", '"milk"'),
    "boolean": (_boolean, "a boolean", "true"),
    "integer": (_integer, "an integer", "3"),
    "decimal": (_decimal, "a decimal number", "3.80"),
    "float": (_float, "a number", "0.5"),
    "text": (_text, "a text", '"milk"'),
    "date": (_in_form(is_date, date.fromisoformat), "a date", "2026-11-22"),
    "time": (_in_form(_TIME.fullmatch, time.fromisoformat), "a time", "10:30:00"),
    "datetime": (_in_form(is_datetime, datetime.fromisoformat), "a date and time", "2026-11-22T10:30:00"),
    "uuid": (_in_form(_UUID.fullmatch, UUID), "a UUID", "1b4e28ba-2fa1-41d2-883f-0016d3cca427"),
    "json": (_json, "JSON", '{"a": 1}'),
    "bytes": (_bytes, "bytes", "68 69"),
    "enum": (_enum, "an enum", "a label"),
    "array": (_array, "an array", "[]"),
}


def as_json(value: object) -> object:
    """A value of a database as JSON, for matchers and JSONPath.

    A Decimal is an integer where it has no decimal places (`3`), and a number where it has (`3.00`). Dates and times
    are ISO texts, a UUID its text with dashes, bytes hex digits as in `68 69`, an enum its name.
    """
    if type(value) in _JSON_SCALARS:
        return value
    try:
        return _as_json(value)
    except RecursionError:
        return "nested too deeply to show"


def _as_json(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_as_json(item) for item in value]
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        is_whole = isinstance(exponent, int) and exponent >= 0 and value.adjusted() < _MOST_DIGITS
        return int(value) if is_whole else float(value)
    if type(value) in _JSON_SCALARS or (isinstance(value, int | float | str) and not isinstance(value, Enum)):
        return value
    return plain_text(value)


def plain_text(value: object) -> str:
    """The text of a value that JSON has no type for."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex(" ")
    return str(value)


def shown(value: object) -> str:
    """A value of a database as a feature's cell would have it, shortened where it is long."""
    if isinstance(value, Decimal):
        return capped(f"{value:f}")
    form = as_json(value)
    if not isinstance(form, str):
        return show(escape(form))
    if not isinstance(value, str):
        return capped(form or '""')
    # In quotes where the text alone would be read as something else, or would break the table.
    is_plain = value != "" and value == value.strip() and value.isprintable() and "|" not in value
    return capped(str(escape(value))) if is_plain and parse_cell(value) == value else show(escape(value))


def capped(text: str) -> str:
    """The start of a long text, with its length."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
