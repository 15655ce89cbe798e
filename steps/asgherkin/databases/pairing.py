"""Which expected row is which row of the database: looked up by plain values, tried in turn only for matchers."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final
from uuid import UUID

from asgherkin.databases.expecting import Expected, key_of, kind_of, prepared
from asgherkin.matching.differences import assign

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from asgherkin.databases.port import Cell, Column, Kind

    Key = tuple[Hashable, ...]

_PATTERN: Final = object()
"""Stands in a key for a cell that many values fit."""
_MIXED: Final = object()
"""Stands in a key for a value whose column holds values of several kinds: all cells there are tried."""
# Values of these types are their own keys.
_OWN_KEYS: Final = frozenset({str, int, bool, bytes, date, UUID, type(None)})
# Cells of these types are, too, below a column of the kind; a boolean is no number there.
_QUICK: Final[Mapping[Kind, type]] = {"text": str, "integer": int, "decimal": int, "boolean": bool}


class Sheet:
    """Expected rows and the rows of a database, with the same columns in the same order."""

    def __init__(
        self, columns: Sequence[Column], expected: Sequence[Sequence[Cell]], actual: Sequence[tuple[object, ...]]
    ) -> None:
        self.columns = columns
        self.expected = expected
        self.actual = actual
        self._prepared: dict[tuple[int, int], Expected] = {}

    def cell(self, want: int, column: int) -> Expected:
        """What an expected row has below a column."""
        place = (want, column)
        if place not in self._prepared:
            self._prepared[place] = prepared(self.columns[column], self.expected[want][column])
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
            # Rows with the same key are alike, so that whichever is taken, no other row loses by it.
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
        """The rows of the database that are an expected one, each with the first such."""
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
            if type(value) is quick and not (quick is str and value[:1] in ("#", "\\")):  # type: ignore[index]
                keys.append(value)
                continue
            if kind == "decimal" and type(value) is float:
                keys.append(Decimal(row[column].written))
                continue
            cell = self.cell(want, column)
            keys.append(_PATTERN if kind is None or cell.is_pattern else cell.key(kind))
        return keys


def _common_kind(values: Iterable[object]) -> Kind | None:
    """The kind of all values; None where they are of several."""
    kinds = {kind_of(value) for value in {type(one): one for one in values if one is not None}.values()}
    return None if len(kinds) > 1 else next(iter(kinds), "text")


def _offered_keys(kind: Kind | None, values: list[object]) -> list[Hashable]:
    if kind is None:
        return [_MIXED] * len(values)
    if kind not in ("json", "float") and _OWN_KEYS.issuperset(map(type, values)):
        return values
    return [key_of(kind, value) for value in values]
