"""Checks of a table's rows and of a query's result. Only the columns of the heading are looked at.

A failure shows the differing rows as a table: each expected row with the one nearest to it, differing cells marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asgherkin.databases.cells import capped, shown
from asgherkin.databases.row_pairing import ComparedRows, kind_of
from asgherkin.errors import DifferingRow, DifferingRows, Mismatch, SentenceError
from asgherkin.matching.values import show, type_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.databases.port import Cell, Rows
    from asgherkin.databases.row_pairing import ExpectedCell

    ExpectedRows = Sequence[Sequence[Cell]]

_RESULT = "The query result"
_LISTED: Final = 10
"""How many rows a failure lists of each sort."""
_NEAREST_OF: Final = 1000
"""Among how many rows the nearest one is searched for."""


def verify_contains(subject: str, rows: Rows, heading: Sequence[str], expected: ExpectedRows) -> None:
    """Check that each expected row has a row of its own. Raises Mismatch where rows are missing.

    `subject` starts the message: `The table "orders"`. The columns of `rows` are those of the heading, in any order.
    Raises SentenceError for an unknown column and for a cell that its column cannot hold.
    """
    compared = _compared(subject, rows, heading, expected)
    missing, others = _unpaired(compared, compared.pair())
    if missing:
        headline = _lacks(subject, len(missing), len(expected), is_empty=not compared.actual)
        raise Mismatch(headline, rows=_missing_and_others(compared, missing, others, exact=False))


def verify_contains_exactly(subject: str, rows: Rows, heading: Sequence[str], expected: ExpectedRows) -> None:
    """Check that the expected rows are there, in any order, and no others. See `verify_contains`."""
    compared = _compared(subject, rows, heading, expected)
    _verify_paired(subject, compared, compared.pair())


def verify_does_not_contain(subject: str, rows: Rows, heading: Sequence[str], expected: ExpectedRows) -> None:
    """Check that none of the expected rows is there. See `verify_contains`."""
    compared = _compared(subject, rows, heading, expected)
    found = compared.found()
    if found:
        several = len(expected) > 1
        labelled = [(at, f"fits row {want + 1} of the step's table" if several else "") for at, want in found]
        raise Mismatch(
            f"{subject} contains {_rows(len(found))} that it should not:", rows=_labelled(compared, labelled)
        )


def verify_in_order(rows: Rows, heading: Sequence[str], expected: ExpectedRows) -> None:
    """Check that a query's result is the expected rows, in their order. See `verify_contains`.

    Raises SentenceError where the heading does not name all columns.
    """
    compared = _compared(_RESULT, rows, heading, expected)
    left_out = [column.name for column in rows.columns if column.name not in heading]
    if left_out:
        raise SentenceError(
            f"{_RESULT} has {_columns(left_out)}, which the heading does not name. "
            "Name all of its columns, or leave them out of the query."
        )
    if compared.is_in_order():
        return
    given = compared.pair()
    _verify_paired(_RESULT, compared, given)
    places = {at: want for want, at in enumerate(given) if at is not None}
    moved = [(at, f"row {at + 1}, expected as row {places[at] + 1}") for at in sorted(places) if places[at] != at]
    raise Mismatch(f"{_RESULT} has the expected rows in another order:", rows=_labelled(compared, moved))


def verify_count(subject: str, total: int, expected: int) -> None:
    """Check the number of rows. Raises Mismatch where it is another one."""
    if total != expected:
        seen = "is empty" if total == 0 else f"has {_rows(total)}"
        raise Mismatch(f"{subject} {seen}, expected {_rows(expected)}.")


def _verify_paired(subject: str, compared: ComparedRows, given: Sequence[int | None]) -> None:
    missing, others = _unpaired(compared, given)
    if missing or others:
        numbers = {"missing": len(missing), "not expected": len(others)}
        counts = [f"{number} {label}" for label, number in numbers.items() if number]
        is_empty = "" if compared.actual else " is empty, and"
        headline = f"{subject}{is_empty} differs from the expected rows ({', '.join(counts)}):"
        raise Mismatch(headline, rows=_missing_and_others(compared, missing, others, exact=True))


def _unpaired(compared: ComparedRows, given: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """The expected rows without a row of the database, and the database's rows that no expected row has."""
    taken = set(given)
    return (
        [want for want, at in enumerate(given) if at is None],
        [at for at in range(len(compared.actual)) if at not in taken],
    )


def _lacks(subject: str, missing: int, expected: int, *, is_empty: bool) -> str:
    if is_empty:
        return f"{subject} is empty, and does not contain the expected {'row' if expected == 1 else 'rows'}:"
    if missing < expected:
        return f"{subject} does not contain {missing} of the {expected} expected rows:"
    if expected == 1:
        return f"{subject} does not contain the expected row:"
    return f"{subject} contains none of the {expected} expected rows:"


def _compared(subject: str, rows: Rows, heading: Sequence[str], expected: ExpectedRows) -> ComparedRows:
    places = {column.name: number for number, column in enumerate(rows.columns)}
    unknown = [name for name in heading if name not in places]
    if unknown:
        known = ", ".join(places) or "none"
        raise SentenceError(f"{subject} does not have {_columns(unknown)}, which the heading names. It has: {known}")
    chosen = [places[name] for name in heading]
    columns = [rows.columns[place] for place in chosen]
    in_place = chosen == list(range(len(places)))
    actual = list(rows.values) if in_place else [tuple(row[place] for place in chosen) for row in rows.values]
    return ComparedRows(columns, expected, actual)


def _columns(names: Sequence[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"the column {quoted}" if len(names) == 1 else f"the columns {quoted}"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _missing_and_others(
    compared: ComparedRows, missing: Sequence[int], others: Sequence[int], *, exact: bool
) -> DifferingRows:
    """The expected rows that are missing, each with the row nearest to it.

    `others` are the rows of the database that no expected row has; with `exact`, they are not expected.
    """
    rows: list[DifferingRow] = []
    left = list(others)
    for want in missing[:_LISTED]:
        taken = sum(compared.fits(want, at) for at in range(len(compared.actual)))
        rows.append(
            DifferingRow([_printable(cell.written) or '""' for cell in compared.expected[want]], _missing(taken))
        )
        differing = {at: len(compared.differing(want, at)) for at in ([] if taken else left[:_NEAREST_OF])}
        nearest = min(differing, key=differing.__getitem__, default=None)
        # A row that has nothing in common with the expected one is not near.
        if nearest is not None and differing[nearest] < len(compared.columns):
            rows.append(_marked_row(compared, want, nearest, exact=exact))
            if exact:
                left.remove(nearest)
    more = [_count_more(len(missing) - _LISTED, "missing row", "missing rows")]
    if exact:
        rows += [DifferingRow(_shown_cells(compared, at), "not expected") for at in left[:_LISTED]]
        more.append(_count_more(len(left) - _LISTED, "row that is not expected", "rows that are not expected"))
    return _shown_rows(compared, rows, more)


def _missing(taken: int) -> str:
    if not taken:
        return "missing"
    if taken == 1:
        return "missing: the one row that fits is another expected row's"
    return f"missing: the {taken} rows that fit are other expected rows'"


def _count_more(count: int, one: str, several: str) -> str:
    return f"{count} more {one if count == 1 else several}" if count > 0 else ""


def _marked_row(compared: ComparedRows, want: int, at: int, *, exact: bool) -> DifferingRow:
    differing = compared.differing(want, at)
    cells = _shown_cells(compared, at)
    for column in differing:
        cells[column] = _typed(compared.cell(want, column), compared.actual[at][column])
    *names, last = [_printable(compared.columns[column].name) for column in differing]
    listed = f"{', '.join(names)} and {last}" if names else last
    what = "not expected; differs from the row above in" if exact else "the nearest row, which differs in"
    return DifferingRow(cells, f"{what} {listed}", differing)


def _shown_cells(compared: ComparedRows, at: int) -> list[str]:
    return [shown(value) for value in compared.actual[at]]


def _typed(expected: ExpectedCell, actual: object) -> str:
    """A differing value, with its type where that is not the expected one."""
    if not expected.is_of_another_type(actual):
        return shown(actual)
    kind = kind_of(actual)
    return f"{shown(actual)} ({type_name(actual).lower() if kind == 'decimal' else kind})"


def _labelled(compared: ComparedRows, rows: Sequence[tuple[int, str]]) -> DifferingRows:
    """Rows of the database, each with a remark, the first ten of them."""
    shown_rows = [DifferingRow(_shown_cells(compared, at), remark) for at, remark in rows[:_LISTED]]
    return _shown_rows(compared, shown_rows, [_count_more(len(rows) - _LISTED, "row", "rows")])


def _shown_rows(compared: ComparedRows, rows: Sequence[DifferingRow], more: Sequence[str]) -> DifferingRows:
    left_out = " and ".join(filter(None, more))
    heading = [_printable(column.name) for column in compared.columns]
    return DifferingRows(heading, rows, f"… and {left_out}" if left_out else "")


def _printable(text: str) -> str:
    return capped(text) if text.isprintable() and "|" not in text else show(text)
