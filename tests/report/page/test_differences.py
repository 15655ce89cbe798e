"""Differences of rows, as the page shows them: a table where they are one, the text as it is where they are not."""

from __future__ import annotations

import pytest

from asgherkin.report.attempts import failure_of
from asgherkin.report.gathering import Result
from asgherkin.report.page.differences import Cell, rows_in
from asgherkin.report.verdicts import Status

NEAREST = """\
| id | total  |
| 1  | 7.00   |  missing
| 1  | *7.60* |  the nearest row, which differs in total
  … and 3 more missing rows"""


def test_rows_are_a_table() -> None:
    """With the cells that differ marked, what is said of each row beside it, and what is left out below."""
    found = rows_in(NEAREST)

    assert found is not None
    assert found.heading == ("id", "total")
    assert [[cell.text for cell in row.cells] for row in found.rows] == [["1", "7.00"], ["1", "7.60"]]
    assert found.rows[1].cells[1] == Cell("7.60", marked=True)
    assert [row.remark for row in found.rows] == ["missing", "the nearest row, which differs in total"]
    assert found.rest == "… and 3 more missing rows"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$.total: expected 1, got 2",
        "| a | b |",
        "| a | b |\n$.x: expected 1",
        '| a | b |\n| 1 | "x | y" |',
        "| a |\n| 1 |  missing\nnot a row\n| 2 |",
    ],
    ids=["nothing", "a path", "a heading alone", "a heading and a path", "a border in a cell", "a text between rows"],
)
def test_other_texts_are_no_table(text: str) -> None:
    """A border that cannot be told from a cell's own text is none; lines below the rows are kept."""
    found = rows_in(text)

    assert found is None or found.rest == "not a row\n| 2 |"


@pytest.mark.parametrize(
    ("rows", "short"),
    [
        (NEAREST, "It lacks a row: the nearest row differs in total"),
        ("| a |\n| 1 |  not expected; differs from the row above in a", "It lacks a row: the nearest row differs in a"),
        ("| a |\n| 1 |  missing", "It lacks a row."),
    ],
    ids=["the nearest row", "a row that is not expected", "no row is near"],
)
def test_a_failure_in_short_tells_what_differs(rows: str, short: str) -> None:
    """In words: a row of a table says nothing in a list of failures."""
    failure = failure_of(Result(Status.FAILED, headline=f"It lacks a row:\n{rows}"))

    assert failure is not None
    assert failure.short == short
