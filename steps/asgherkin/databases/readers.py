"""How a cell is read as a value of each kind of column. A ValueError or ArithmeticError says that it is none."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import UUID

from asgherkin.databases.port import Cell
from asgherkin.matching.matchers import is_date, is_datetime, unescape
from asgherkin.matching.values import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from asgherkin.databases.port import Kind, Type

    Read: TypeAlias = Callable[[Type, Cell], object]

_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")
_TIME: Final = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
LARGEST: Final = 1000
"""How many digits a number may have before its point."""


class ItemError(ValueError):
    """An item that an array cannot hold."""

    def __init__(self, item: object) -> None:
        super().__init__()
        self.item = item


def _text(_: Type, cell: Cell) -> str:
    # The digits as they are written: 007 stays 007, and 3.80 does not become 3.8.
    return unescape(cell.value) if isinstance(cell.value, str) else cell.written


def _stripped(type_: Type, cell: Cell) -> str:
    text = _text(type_, cell).strip()
    if not text:
        raise ValueError
    return text


def _boolean(_: Type, cell: Cell) -> bool:
    if not isinstance(cell.value, bool):
        raise ValueError
    return cell.value


def _decimal(_: Type, cell: Cell) -> Decimal:
    if _NUMBER.fullmatch(cell.written) is None:
        raise ValueError
    number = Decimal(cell.written)
    if number.adjusted() >= LARGEST:
        raise ValueError
    return number


def _integer(type_: Type, cell: Cell) -> int:
    number = _decimal(type_, cell)
    if number != number.to_integral_value():
        raise ValueError
    return int(number)


def _float(type_: Type, cell: Cell) -> float:
    number = float(_decimal(type_, cell))
    if math.isinf(number):
        raise ValueError
    return number


def _date(type_: Type, cell: Cell) -> date:
    text = _stripped(type_, cell)
    if not is_date(text):
        raise ValueError
    return date.fromisoformat(text)


def _time(type_: Type, cell: Cell) -> time:
    text = _stripped(type_, cell).upper()
    if _TIME.fullmatch(text) is None:
        raise ValueError
    return time.fromisoformat(text)


def _datetime(type_: Type, cell: Cell) -> datetime:
    text = _stripped(type_, cell).upper()
    if not is_datetime(text):
        raise ValueError
    return datetime.fromisoformat(text)


def _uuid(type_: Type, cell: Cell) -> UUID:
    text = _stripped(type_, cell)
    if _UUID.fullmatch(text) is None:
        raise ValueError
    return UUID(text)


def _bytes(type_: Type, cell: Cell) -> bytes:
    if not cell.written:
        raise ValueError
    return bytes.fromhex(_text(type_, cell))


def _enum(type_: Type, cell: Cell) -> str:
    label = _text(type_, cell)
    if type_.choices and label not in type_.choices:
        raise ValueError
    return label


def _json(_: Type, cell: Cell) -> object:
    if not cell.written:
        raise ValueError
    return _meant(cell.value)


def _any(_: Type, cell: Cell) -> object:
    return _meant(cell.value)


def _meant(value: object) -> object:
    """Return a document without its escapes."""
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
    kind = type_ if isinstance(item, list) and type_.item and type_.item.kind != "json" else type_.item
    cell = Cell(item if isinstance(item, str) and item else to_json(item), item)
    try:
        return READERS[kind.kind if kind else "unknown"](kind or type_, cell)
    except ItemError:
        raise
    except (ValueError, ArithmeticError):
        raise ItemError(item) from None


READERS: Final[Mapping[Kind, Read]] = {
    "unknown": _any,
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "float": _float,
    "text": _text,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "uuid": _uuid,
    "json": _json,
    "bytes": _bytes,
    "enum": _enum,
    "array": _array,
}
