"""Pair expected rows with rows of a database: by a look-up of plain values, by trial only for matchers.

A cell is converted once and compared many times: equal values of a kind have the same key.
"""

from __future__ import annotations

import math
import struct
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final
from uuid import UUID

from asgherkin.databases.cells import as_json, convert, matcher_in, plain_text
from asgherkin.databases.port import Column, Type
from asgherkin.errors import SentenceError
from asgherkin.matching.differences import assign, differences
from asgherkin.matching.values import is_number

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from asgherkin.databases.port import Cell, Kind

    Key = tuple[Hashable, ...]

_IMPOSSIBLE: Final = object()
"""The key of a cell that no value of a kind equals."""
_TOO_DEEP: Final = object()
"""The key of a document that is nested so deeply that no cell can hold it."""
_PATTERN: Final = object()
"""Stands in a key for a cell that many values fit."""
_MIXED: Final = object()
"""Stands in a key for a value whose column holds values of several kinds: all cells there are tried."""
# Values of these types are their own keys. Cells of some are, too, below a column of the kind; a boolean is no number
# there. Without both, 1,000 rows of four columns take 17 ms in place of 4: 8 % of the run of `benchmarks tables`.
_OWN_KEYS: Final = frozenset({str, int, bool, bytes, date, UUID, type(None)})
_QUICK: Final[Mapping[Kind, type]] = {"text": str, "integer": int, "decimal": int, "boolean": bool}
_NUMBERS: Final = ("integer", "decimal", "float")
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


@dataclass(eq=False)
class ComparedRows:
    """Expected rows and the rows of a database, with the same columns in the same order."""

    columns: Sequence[Column]
    expected: Sequence[Sequence[Cell]]
    actual: Sequence[tuple[object, ...]]
    _prepared: dict[tuple[int, int], ExpectedCell] = field(default_factory=dict)

    def cell(self, want: int, column: int) -> ExpectedCell:
        """A cell of an expected row."""
        place = (want, column)
        if place not in self._prepared:
            self._prepared[place] = ExpectedCell(self.columns[column], self.expected[want][column])
        return self._prepared[place]

    def fits(self, want: int, at: int, columns: Sequence[int] | None = None) -> bool:
        """Whether a row of the database is the expected one: in these columns, or in all."""
        row = self.actual[at]
        tried = range(len(row)) if columns is None else columns
        return all(self.cell(want, column).matches(row[column]) for column in tried)

    def differing(self, want: int, at: int) -> list[int]:
        """The columns in which a row of the database is not the expected one."""
        return [column for column, value in enumerate(self.actual[at]) if not self.cell(want, column).matches(value)]

    def pair(self) -> list[int | None]:
        """Give each expected row a row of its own: its index, or None."""
        wanted, offered = self._keys
        rows: dict[Key, list[int]] = defaultdict(list)
        for at in reversed(range(len(offered))):
            rows[offered[at]].append(at)
        given: list[int | None] = [None] * len(wanted)
        for want, key in enumerate(wanted):
            # Rows with the same key are alike: it does not matter which of them is taken.
            if rows.get(key):
                given[want] = rows[key].pop()
        patterns = [want for want, key in enumerate(wanted) if _PATTERN in key]
        if patterns:
            self._pair_patterns(patterns, sorted(at for free in rows.values() for at in free), given)
        return given

    def _pair_patterns(self, patterns: list[int], free: list[int], given: list[int | None]) -> None:
        """Pair the rows with matchers, within groups of rows that are alike in the columns without."""
        wanted, offered = self._keys
        plain = [n for n in range(len(self.columns)) if all(wanted[want][n] is not _PATTERN for want in patterns)]
        groups: dict[Key, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for want in patterns:
            groups[tuple(wanted[want][n] for n in plain)][0].append(want)
        for at in free:
            groups[tuple(offered[at][n] for n in plain)][1].append(at)
        tried = [n for n in range(len(self.columns)) if n not in plain]
        for wants, rows in groups.values():
            self._pair_group(wants, rows, tried, given)

    def _pair_group(self, wants: list[int], rows: list[int], tried: list[int], given: list[int | None]) -> None:
        found = assign(len(wants), len(rows), lambda want, row: self.fits(wants[want], rows[row], tried))
        for want, row in zip(wants, found, strict=True):
            given[want] = None if row is None else rows[row]

    def is_in_order(self) -> bool:
        """Whether the rows are the expected ones, one by one."""
        wanted, offered = self._keys
        return len(wanted) == len(offered) and all(
            key == offered[at] or (_PATTERN in key and self.fits(at, at)) for at, key in enumerate(wanted)
        )

    def found(self) -> list[tuple[int, int]]:
        """The rows of the database that are expected, each with the first expected row that it fits."""
        wanted, offered = self._keys
        plain = {key: want for want, key in reversed(list(enumerate(wanted)))}
        patterns = [want for want, key in enumerate(wanted) if _PATTERN in key]
        pairs = []
        for at, key in enumerate(offered):
            fitting = [plain[key]] if key in plain else []
            fitting += [want for want in patterns if self.fits(want, at)]
            if fitting:
                pairs.append((at, min(fitting)))
        return pairs

    @cached_property
    def _keys(self) -> tuple[list[Key], list[Key]]:
        """The keys of the expected rows, and of the database's."""
        wanted, offered = [], []
        for number, column in enumerate(self.columns):
            values = [row[number] for row in self.actual]
            kind = column.type.kind if column.type.kind != "unknown" else _common_kind(values)
            wanted.append(self._wanted_keys(number, kind))
            offered.append(_offered_keys(kind, values))
        return list(zip(*wanted, strict=True)), list(zip(*offered, strict=True))

    def _wanted_keys(self, column: int, kind: Kind | None) -> list[Hashable]:
        quick = _QUICK.get(kind) if kind else None
        keys: list[Hashable] = []
        for want, row in enumerate(self.expected):
            value = row[column].value
            # mypy does not know that a value whose type is `quick` is a str here.
            if type(value) is quick and not (quick is str and value[:1] in ("#", "\\")):  # type: ignore[index]
                keys.append(value)
            elif kind == "decimal" and type(value) is float:
                keys.append(Decimal(row[column].written))
            else:
                cell = self.cell(want, column)
                keys.append(_PATTERN if kind is None or cell.is_pattern else cell.key(kind))
        return keys


def _common_kind(values: Iterable[object]) -> Kind | None:
    """The kind of all values; None where they are of several."""
    examples = {type(value): value for value in values if value is not None}
    kinds = {kind_of(value) for value in examples.values()}
    return None if len(kinds) > 1 else next(iter(kinds), "text")


def _offered_keys(kind: Kind | None, values: list[object]) -> list[Hashable]:
    if kind is None:
        return [_MIXED] * len(values)
    if kind not in ("json", "float") and _OWN_KEYS.issuperset(map(type, values)):
        return values
    return [key_of(kind, value) for value in values]


@dataclass(slots=True, eq=False)
class ExpectedCell:
    """A cell below a column.

    Raises SentenceError for a cell that the column's type does not have.
    """

    column: Column
    cell: Cell
    is_pattern: bool = field(init=False)
    """It is a matcher, or a document with one in it: many values fit."""
    _keys: dict[Kind, Hashable] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.is_pattern = matcher_in(self.column, self.cell) is not None
        if self.column.type.kind != "unknown" and not self.is_pattern:
            self.key(self.column.type.kind)

    def matches(self, actual: object) -> bool:
        """Whether a value of the database is the expected one."""
        if self.is_pattern:
            return not differences(self.cell.value, as_json(actual))
        kind = kind_of(actual) if self.column.type.kind == "unknown" else self.column.type.kind
        return self.key(kind) == key_of(kind, actual)

    def key(self, kind: Kind) -> Hashable:
        """The key of the values of a kind that the cell equals; not for a pattern."""
        if kind not in self._keys:
            self._keys[kind] = self._key(kind)
        return self._keys[kind]

    def is_of_another_type(self, actual: object) -> bool:
        """Whether a value is of a type that the cell cannot have."""
        kind = self.column.type.kind
        if actual is None or self.cell.value is None or self.is_pattern or kind in ("json", "array"):
            return False
        if kind == "unknown":
            return self.key(kind_of(actual)) is _IMPOSSIBLE
        return kind_of(actual) != ("decimal" if kind in _NUMBERS else "text" if kind == "enum" else kind)

    def _key(self, kind: Kind) -> Hashable:
        if self.column.type.kind != "unknown":
            return key_of(kind, convert(self.column, self.cell))
        with suppress(SentenceError):
            return key_of(kind, convert(Column(self.column.name, Type(kind)), self.cell))
        return _IMPOSSIBLE


def kind_of(value: object) -> Kind:
    """The kind of a value's column: "decimal" for all numbers, "text" for an unknown type."""
    return next((kind for known, kind in _KINDS if isinstance(value, known)), "text")


def key_of(kind: Kind, value: object) -> Hashable:
    """A key that equal values of a column of this kind share."""
    if value is None:
        return None
    if kind == "json":
        try:
            return _document(value)
        except RecursionError:
            return _TOO_DEEP
    if kind == "float" and (is_number(value) or isinstance(value, Decimal)):
        return _shortest(float(value))
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
    """The shortest number that PostgreSQL's REAL keeps as this value: 0.1, which it returns as 0.10000000149011612."""
    # What is too large for a REAL is a whole number.
    if not math.isfinite(value) or value.is_integer() or _as_real(value) != value:
        return value
    return next((short for digits in (6, 7, 8) if _as_real(short := float(f"{value:.{digits}g}")) == value), value)


def _as_real(value: float) -> float:
    return float(struct.unpack("f", struct.pack("f", value))[0])
