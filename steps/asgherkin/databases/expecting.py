"""What a cell expects of a database's value. Converted once, compared many times."""

from __future__ import annotations

import math
import struct
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final
from uuid import UUID

from asgherkin.databases.cells import as_json, convert, matcher_in, plain_text
from asgherkin.databases.port import Column, Type
from asgherkin.errors import SentenceError
from asgherkin.matching.differences import differences
from asgherkin.matching.values import is_number

if TYPE_CHECKING:
    from collections.abc import Hashable

    from asgherkin.databases.port import Cell, Kind

IMPOSSIBLE: Final = object()
"""The key of a cell that no value of a kind equals."""
_TOO_DEEP: Final = object()
"""The key of a document that is nested so deeply that no cell can hold it."""


class Expected:
    """A cell below a column.

    Raises SentenceError for a cell that the column's type does not have.
    """

    __slots__ = ("_keys", "cell", "column", "is_pattern")

    def __init__(self, column: Column, cell: Cell) -> None:
        self.column = column
        self.cell = cell
        self.is_pattern = matcher_in(column, cell) is not None
        """It is a matcher, or a document with one in it: many values fit."""
        self._keys: dict[Kind, Hashable] = {}
        if column.type.kind != "unknown" and not self.is_pattern:
            self.key(column.type.kind)

    def matches(self, actual: object) -> bool:
        """Tell whether a value of the database is what the cell says."""
        if self.is_pattern:
            return not differences(self.cell.value, as_json(actual))
        kind = self.column.type.kind
        if kind == "unknown":
            kind = kind_of(actual)
        return self.key(kind) == key_of(kind, actual)

    def key(self, kind: Kind) -> Hashable:
        """What `key_of` gives for the values that the cell equals, where they are of this kind; not for a pattern."""
        if kind not in self._keys:
            self._keys[kind] = self._key(kind)
        return self._keys[kind]

    def _key(self, kind: Kind) -> Hashable:
        if self.column.type.kind != "unknown":
            return key_of(kind, convert(self.column, self.cell))
        with suppress(SentenceError):
            return key_of(kind, convert(Column(self.column.name, Type(kind)), self.cell))
        return IMPOSSIBLE


def prepared(column: Column, cell: Cell) -> Expected:
    """Return what a cell expects of a column's values.

    Raises:
        SentenceError: the column's type has no such value.
    """
    return Expected(column, cell)


def matches(column: Column, cell: Cell, actual: object) -> bool:
    """Tell whether a value of the database is what a cell says; `prepared` is for many values.

    Raises:
        SentenceError: the column's type has no such value.
    """
    return Expected(column, cell).matches(actual)


_KINDS: Final[tuple[tuple[type | tuple[type, ...], Kind], ...]] = (
    (Enum, "text"),
    (bool, "boolean"),
    ((int, float, Decimal), "decimal"),
    (datetime, "datetime"),
    (date, "date"),
    (time, "time"),
    (UUID, "uuid"),
    ((bytes, bytearray, memoryview), "bytes"),
    ((dict, list, tuple), "json"),
)


def kind_of(value: object) -> Kind:
    """The kind of column that a value would stand in; all numbers are of one kind, and what is not known is text."""
    return next((kind for known, kind in _KINDS if isinstance(value, known)), "text")


def key_of(kind: Kind, value: object) -> Hashable:
    """What two values of a column of this kind have in common when they are the same."""
    if value is None:
        return None
    if kind == "json":
        try:
            return _document(value)
        except RecursionError:
            return _TOO_DEEP
    if kind == "float" and (is_number(value) or isinstance(value, Decimal)):
        return _shortest(float(value))  # type: ignore[arg-type]
    if isinstance(value, list | tuple):
        return ("array", *(key_of(kind, item) for item in value))
    return _key(value)


def _key(value: object) -> Hashable:
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else str(value)
    if isinstance(value, datetime | time):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, dict):
        return key_of("json", value)
    return value if isinstance(value, int | str | date | UUID) and not isinstance(value, Enum) else plain_text(value)


def _document(value: object) -> Hashable:
    """JSON's true is not 1."""
    if isinstance(value, dict):
        return ("object", frozenset((str(key), _document(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return ("array", *(_document(item) for item in value))
    if isinstance(value, bool):
        return ("boolean", value)
    return None if value is None else _key(as_json(value))


def _shortest(value: float) -> float:
    """PostgreSQL's REAL gives 0.1 as 0.10000000149011612: the shortest number that it keeps in the same way."""
    if not math.isfinite(value) or value.is_integer() or _single(value) != value:
        return value
    return next((short for digits in (6, 7, 8) if _single(short := float(f"{value:.{digits}g}")) == value), value)


def _single(value: float) -> float:
    # What is too large for it is a whole number, and has been dealt with.
    return float(struct.unpack("f", struct.pack("f", value))[0])
