"""Short ways to write what a feature's table says, what a database holds, and how a check of both fails."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from asgherkin.databases.port import Cell, Column, Rows, Seeding, Type
from asgherkin.errors import Mismatch
from asgherkin.matching.documents import parse_cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from asgherkin.databases.port import Kind

    Check = Callable[[str, Rows, list[str], list[tuple[Cell, ...]]], None]


KINDS: dict[str, Kind] = {"id": "integer", "title": "text", "price": "decimal", "done": "boolean", "extra": "json"}
NOTES = 'The table "notes"'
MILK = ("milk", Decimal("3.80"), False)
BREAD = ("bread", Decimal("2.50"), True)
SEVEN = ("7", None, False)
HEADING = "title | price | done"


def given(heading: str, *values: tuple[object, ...]) -> Rows:
    """Rows of a table, whose columns have types by their names; a name in capitals has none."""
    columns = [Column(name, Type(KINDS.get(name, "unknown"))) for name in heading.split(" | ")]
    return Rows(columns, list(values), len(values))


def failure(check: Check, rows: Rows, heading: str, *expected: str) -> str:
    """What a check says that fails; nothing where it holds."""
    try:
        check(NOTES, rows, split(heading), cells(*expected))
    except Mismatch as error:
        return str(error)
    return ""


def cell(written: str) -> Cell:
    """A cell as a feature's table gives it."""
    return Cell(written, parse_cell(written))


def cells(*rows: str) -> list[tuple[Cell, ...]]:
    return [tuple(map(cell, split(row))) for row in rows]


def split(row: str) -> list[str]:
    return [part.strip(" ") for part in row.split("|")] if row else []


def lines(*text: str) -> str:
    return "\n".join(text)


def starting(table: str, columns: str = "", *rows: str, empty: tuple[str, ...] | None = None) -> Seeding:
    """`starting("notes", "id | title", "1 | milk")`: the table emptied, then these rows."""
    values = [tuple(map(cell, (part.strip(" ") for part in row.split("|")))) for row in rows]
    return Seeding(table, (table,) if empty is None else empty, tuple(split(columns)), values)


def dicts(rows: Rows) -> list[dict[str, object]]:
    """Rows as mappings."""
    names = [column.name for column in rows.columns]
    return [dict(zip(names, row, strict=True)) for row in rows.values]
