"""Checks of a table's rows and of a query's result. Only the columns of the heading are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.databases.differing import missing_and_others, shown_lines
from asgherkin.databases.pairing import Sheet
from asgherkin.errors import Mismatch, SentenceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.databases.port import Cell, Rows

_RESULT = "The query result"


def verify_contains(subject: str, rows: Rows, heading: Sequence[str], expected: Sequence[Sequence[Cell]]) -> None:
    """Check that each expected row is there, one row for each.

    Args:
        subject: what is looked at, as a sentence starts with it: `The table "orders"`.
        rows: what was read; its columns are those of the heading, in whatever order.
        heading: the names of the columns.
        expected: the rows below the heading.

    Raises:
        Mismatch: rows are missing.
        SentenceError: the table under the sentence has a wrong heading, row or cell.
    """
    sheet = _sheet(subject, rows, heading, expected)
    missing, others = _unpaired(sheet, sheet.pair())
    if missing:
        headline = _lacks(subject, len(missing), len(expected), is_empty=not sheet.actual)
        raise Mismatch(f"{headline}\n{missing_and_others(sheet, missing, others, exact=False)}")


def verify_contains_exactly(
    subject: str, rows: Rows, heading: Sequence[str], expected: Sequence[Sequence[Cell]]
) -> None:
    """Check that the expected rows are there, in any order, and no others. See `verify_contains`."""
    sheet = _sheet(subject, rows, heading, expected)
    _verify_paired(subject, sheet, sheet.pair())


def verify_does_not_contain(
    subject: str, rows: Rows, heading: Sequence[str], expected: Sequence[Sequence[Cell]]
) -> None:
    """Check that none of the expected rows is there. See `verify_contains`."""
    sheet = _sheet(subject, rows, heading, expected)
    found = sheet.found()
    if found:
        several = len(expected) > 1
        labelled = [(at, f"fits row {want + 1} of the step's table" if several else "") for at, want in found]
        raise Mismatch(f"{subject} contains {_rows(len(found))} that it should not:\n{shown_lines(sheet, labelled)}")


def verify_in_order(rows: Rows, heading: Sequence[str], expected: Sequence[Sequence[Cell]]) -> None:
    """Check that a query's result is the expected rows, in their order; the heading names all its columns.

    Raises:
        Mismatch: it is not.
        SentenceError: the table under the sentence has a wrong heading, row or cell.
    """
    sheet = _sheet(_RESULT, rows, heading, expected)
    left_out = [column.name for column in rows.columns if column.name not in heading]
    if left_out:
        raise SentenceError(
            f"{_RESULT} has {_columns(left_out)}, which the heading does not name. "
            "Name all of its columns, or leave them out of the query."
        )
    if sheet.is_in_order():
        return
    given = sheet.pair()
    _verify_paired(_RESULT, sheet, given)
    places = {at: want for want, at in enumerate(given) if at is not None}
    moved = [(at, f"row {at + 1}, expected as row {places[at] + 1}") for at in sorted(places) if places[at] != at]
    raise Mismatch(f"{_RESULT} has the expected rows in another order:\n{shown_lines(sheet, moved)}")


def verify_count(subject: str, total: int, expected: int) -> None:
    """Check the number of rows.

    Raises:
        Mismatch: it is another one.
    """
    if total != expected:
        seen = "is empty" if total == 0 else f"has {_rows(total)}"
        raise Mismatch(f"{subject} {seen}, expected {_rows(expected)}.")


def _verify_paired(subject: str, sheet: Sheet, given: Sequence[int | None]) -> None:
    missing, others = _unpaired(sheet, given)
    if missing or others:
        counts = [f"{len(missing)} missing"] if missing else []
        counts += [f"{len(others)} not expected"] if others else []
        is_empty = "" if sheet.actual else " is empty, and"
        headline = f"{subject}{is_empty} differs from the expected rows ({', '.join(counts)}):"
        raise Mismatch(f"{headline}\n{missing_and_others(sheet, missing, others, exact=True)}")


def _unpaired(sheet: Sheet, given: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """The expected rows that got none, and the database's rows that were given to none."""
    taken = set(given)
    return (
        [want for want, at in enumerate(given) if at is None],
        [at for at in range(len(sheet.actual)) if at not in taken],
    )


def _lacks(subject: str, missing: int, expected: int, *, is_empty: bool) -> str:
    if is_empty:
        return f"{subject} is empty, and does not contain the expected {'row' if expected == 1 else 'rows'}:"
    if missing < expected:
        return f"{subject} does not contain {missing} of the {expected} expected rows:"
    if expected == 1:
        return f"{subject} does not contain the expected row:"
    return f"{subject} contains none of the {expected} expected rows:"


def _sheet(subject: str, rows: Rows, heading: Sequence[str], expected: Sequence[Sequence[Cell]]) -> Sheet:
    _verify_shape(heading, expected)
    places = {column.name: number for number, column in enumerate(rows.columns)}
    unknown = [name for name in heading if name not in places]
    if unknown:
        known = ", ".join(places) or "none"
        raise SentenceError(f"{subject} does not have {_columns(unknown)}, which the heading names. It has: {known}")
    chosen = [places[name] for name in heading]
    columns = [rows.columns[place] for place in chosen]
    in_place = chosen == list(range(len(places)))
    actual = list(rows.values) if in_place else [tuple(row[place] for place in chosen) for row in rows.values]
    return Sheet(columns, expected, actual)


def _verify_shape(heading: Sequence[str], expected: Sequence[Sequence[Cell]]) -> None:
    if not heading:
        raise SentenceError(
            "The table under this sentence has no heading. Write the names of columns in its first row."
        )
    twice = next((name for place, name in enumerate(heading) if name in heading[:place]), None)
    if twice is not None:
        raise SentenceError(f'The heading names the column "{twice}" twice. Name it once.')
    for number, row in enumerate(expected, 1):
        if len(row) != len(heading):
            cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
            columns = "1 column" if len(heading) == 1 else f"{len(heading)} columns"
            raise SentenceError(f"Row {number} below the heading has {cells}, and the heading has {columns}.")


def _columns(names: Sequence[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"the column {quoted}" if len(names) == 1 else f"the columns {quoted}"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
