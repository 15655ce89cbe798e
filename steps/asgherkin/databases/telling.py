"""What is said of a cell that its column cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asgherkin.errors import SentenceError
from asgherkin.matching.values import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asgherkin.databases.port import Cell, Column, Kind, Type

_SHOWN: Final = 80
_CHOICES: Final = 10
_NAMES: Final[Mapping[Kind, tuple[str, str]]] = {
    "boolean": ("a boolean", "true"),
    "integer": ("an integer", "3"),
    "decimal": ("a decimal number", "3.80"),
    "float": ("a number", "0.5"),
    "text": ("a text", '"milk"'),
    "date": ("a date", "2026-11-22"),
    "time": ("a time", "10:30:00"),
    "datetime": ("a date and time", "2026-11-22T10:30:00"),
    "uuid": ("a UUID", "1b4e28ba-2fa1-41d2-883f-0016d3cca427"),
    "json": ("JSON", '{"a": 1}'),
    "bytes": ("bytes", "68 69"),
    "enum": ("an enum", "a label"),
    "array": ("an array", "[]"),
    "unknown": ("of a type that is not known", '"milk"'),
}


def cannot_be(column: Column, cell: Cell, reason: str = "") -> SentenceError:
    """Return what is wrong with a cell that a column cannot hold: type, value, and how to write it."""
    kind = column.type.kind
    name = column.type.declared or _NAMES[kind][0]
    seen = "an empty text" if cell.value == "" else _seen(cell)
    null = "null for no value, or " if cell.value == "" else ""
    return SentenceError(
        f'The column "{column.name}" is {name}, which {seen} cannot be{reason}. Write {null}{_advice(column.type)}'
    )


def _seen(cell: Cell) -> str:
    as_written = isinstance(cell.value, int | float) and len(cell.written) <= _SHOWN
    return cell.written if as_written else show(cell.value, _SHOWN)


def _advice(type_: Type) -> str:
    if type_.kind == "boolean":
        return "true or false."
    if type_.choices:
        return f"one of: {_labels(type_.choices)}"
    return f"for example: {_example(type_)}"


def _labels(choices: tuple[str, ...]) -> str:
    more = len(choices) - _CHOICES
    return ", ".join(choices[:_CHOICES]) + (f" … and {more} more" if more > 0 else "")


def _example(type_: Type) -> str:
    if type_.kind != "array":
        return _NAMES[type_.kind][1]
    if type_.item is None:
        return "[]"
    item = type_.item.choices[0] if type_.item.choices else _example(type_.item).strip('"')
    plain = type_.item.kind in ("boolean", "integer", "decimal", "float", "json", "array")
    return f"[{item}]" if plain else f'["{item}"]'
