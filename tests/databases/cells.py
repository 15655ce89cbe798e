"""Short ways to write what a feature's table says."""

from __future__ import annotations

import json

from asgherkin.databases.port import Cell, Rows, Seeding


def cell(written: str) -> Cell:
    """A cell as a feature's table gives it."""
    try:
        return Cell(written, json.loads(written))
    except ValueError:
        return Cell(written, written)


def starting(table: str, columns: str = "", *rows: str, empty: tuple[str, ...] | None = None) -> Seeding:
    """`starting("notes", "id | title", "1 | milk")`: the table emptied, then these rows."""
    names = tuple(_parts(columns)) if columns else ()
    cells = [tuple(cell(one) for one in _parts(row)) for row in rows]
    return Seeding(table, (table,) if empty is None else empty, names, cells)


def _parts(row: str) -> list[str]:
    return [one.strip(" ") for one in row.split("|")]


def dicts(rows: Rows) -> list[dict[str, object]]:
    """Rows as mappings."""
    names = [one.name for one in rows.columns]
    return [dict(zip(names, one, strict=True)) for one in rows.values]
