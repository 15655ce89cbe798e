"""How rows that differ stand in a failure: a table of expected and found rows, with the differing cells marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from asgherkin.databases.cells import capped, shown
from asgherkin.databases.expecting import IMPOSSIBLE, Expected, kind_of
from asgherkin.matching.values import show, type_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.databases.pairing import Sheet
    from asgherkin.databases.port import Cell

LISTED: Final = 10
"""How many rows a failure lists of each sort."""
_NEAREST_OF: Final = 1000
_WIDEST: Final = 40
_NUMBERS: Final = ("integer", "decimal", "float")


class Line(NamedTuple):
    """A row of the table, and what is said of it."""

    cells: Sequence[str]
    label: str = ""


def table_of(sheet: Sheet, lines: Sequence[Line], more: Sequence[str] = ()) -> str:
    """Lay out rows below the heading, with aligned columns, and what is left out."""
    heading = [_printable(column.name) for column in sheet.columns]
    table = [Line(heading), *lines]
    widths = [min(_WIDEST, max(len(line.cells[n]) for line in table)) for n in range(len(heading))]
    laid_out = [_laid_out(line, widths) for line in table]
    return "\n".join([*laid_out, *([f"  … and {' and '.join(more)}"] if more else [])])


def _laid_out(line: Line, widths: Sequence[int]) -> str:
    cells = " | ".join(cell.ljust(width) for cell, width in zip(line.cells, widths, strict=True))
    return f"  | {cells} |  {line.label}".rstrip()


def missing_and_others(sheet: Sheet, missing: Sequence[int], others: Sequence[int], *, exact: bool) -> str:
    """Lay out the expected rows that are missing, each with the row nearest to it.

    Args:
        sheet: all rows.
        missing: which of the expected rows.
        others: rows of the database that no expected row has got.
        exact: the others must not be there.
    """
    lines: list[Line] = []
    left = list(others)
    for want in missing[:LISTED]:
        taken = sum(sheet.fits(want, at) for at in range(len(sheet.actual)))
        lines.append(Line([_written(cell) for cell in sheet.expected[want]], _missing(taken)))
        nearest = None if taken else _nearest(sheet, want, left)
        if nearest is not None:
            lines.append(_marked_line(sheet, want, nearest, exact=exact))
            if exact:
                left.remove(nearest)
    more = [_count_more(len(missing) - LISTED, "missing row", "missing rows")]
    if exact:
        lines += [Line(_shown_cells(sheet, at), "not expected") for at in left[:LISTED]]
        more.append(_count_more(len(left) - LISTED, "row that is not expected", "rows that are not expected"))
    return table_of(sheet, lines, [one for one in more if one])


def _missing(taken: int) -> str:
    if not taken:
        return "missing"
    if taken == 1:
        return "missing: the one row that fits is another expected row's"
    return f"missing: the {taken} rows that fit are other expected rows'"


def _count_more(count: int, one: str, several: str) -> str:
    return f"{count} more {one if count == 1 else several}" if count > 0 else ""


def _nearest(sheet: Sheet, want: int, rows: Sequence[int]) -> int | None:
    """The row with the fewest differing cells; None where each has nothing in common with the expected one."""
    counts = {at: len(sheet.differing(want, at)) for at in rows[:_NEAREST_OF]}
    nearest = min(counts, key=counts.__getitem__, default=None)
    return None if nearest is None or counts[nearest] == len(sheet.columns) else nearest


def _marked_line(sheet: Sheet, want: int, at: int, *, exact: bool) -> Line:
    differing = sheet.differing(want, at)
    cells = _shown_cells(sheet, at)
    for column in differing:
        cells[column] = f"*{_typed(sheet.cell(want, column), sheet.actual[at][column])}*"
    names = [_printable(sheet.columns[column].name) for column in differing]
    listed = " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
    what = "not expected; differs from the row above in" if exact else "the nearest row, which differs in"
    return Line(cells, f"{what} {listed}")


def _shown_cells(sheet: Sheet, at: int) -> list[str]:
    return [shown(value) for value in sheet.actual[at]]


def _typed(expected: Expected, actual: object) -> str:
    """A differing value, with its type where that is not the expected one."""
    if (
        actual is None
        or expected.cell.value is None
        or expected.is_pattern
        or not _is_of_another_type(expected, actual)
    ):
        return shown(actual)
    kind = kind_of(actual)
    name = type_name(actual) if kind == "decimal" else kind
    return f"{shown(actual)} ({name.lower()})"


def _is_of_another_type(expected: Expected, actual: object) -> bool:
    kind = expected.column.type.kind
    if kind == "unknown":
        return expected.key(kind_of(actual)) is IMPOSSIBLE
    if kind in ("json", "array"):
        return False
    known = "decimal" if kind in _NUMBERS else "text" if kind == "enum" else kind
    return kind_of(actual) != known


def shown_lines(sheet: Sheet, rows: Sequence[tuple[int, str]]) -> str:
    """Lay out rows of the database, each with a label, the first ten of them."""
    lines = [Line(_shown_cells(sheet, at), label) for at, label in rows[:LISTED]]
    more = _count_more(len(rows) - LISTED, "row", "rows")
    return table_of(sheet, lines, [more] if more else [])


def _written(cell: Cell) -> str:
    return _printable(cell.written) if cell.written else '""'


def _printable(text: str) -> str:
    return capped(text) if text.isprintable() and "|" not in text else show(text)
