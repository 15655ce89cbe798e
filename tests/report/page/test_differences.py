"""Rows that differ, as the page shows them: a table where they are attached as such."""

from __future__ import annotations

from typing import Any

import pytest

from asgherkin.errors import DifferingRows
from asgherkin.report.attachments import read, without_rows
from asgherkin.report.attempts import Result, failure_of
from asgherkin.report.verdicts import Status
from tests.report.page.streams import ROWS, attachment, exchange

NEAREST: dict[str, Any] = {
    "heading": ["id", "total"],
    "rows": [
        {"cells": ["1", "7.00"], "remark": "missing", "differing": []},
        {"cells": ["1", "7.60"], "remark": "the nearest row, which differs in total", "differing": [1]},
    ],
    "more": "\u2026 and 3 more missing rows",
    "note": "This is the last of the tries within 1 second.",
}


def test_rows_are_a_table() -> None:
    """With the cells that differ marked, what is said of each row beside it, and what is left out below."""
    rows, others = without_rows([exchange(), attachment(ROWS, NEAREST)])

    assert rows is not None
    assert rows.heading == ["id", "total"]
    assert [(row.cells, row.remark, row.differing) for row in rows.rows] == [
        (["1", "7.00"], "missing", []),
        (["1", "7.60"], "the nearest row, which differs in total", [1]),
    ]
    assert rows.more == "\u2026 and 3 more missing rows\nThis is the last of the tries within 1 second."
    assert others == (exchange(),)


@pytest.mark.parametrize(
    "broken", ["[]", {}, {**NEAREST, "rows": [1]}, {**NEAREST, "rows": [{"cells": []}]}, {**NEAREST, "heading": 1}]
)
def test_what_is_no_table_is_shown_as_it_is(broken: object) -> None:
    """Anybody may have written it."""
    attached = attachment(ROWS, broken)

    assert without_rows([attached]) == (None, (attached,))
    assert read(attached).kind == "plain"


def test_a_table_beside_another_is_evidence() -> None:
    """A failure has one."""
    _, others = without_rows([attachment(ROWS, NEAREST), attachment(ROWS, NEAREST)])

    part = read(others[0])

    assert part.columns == ("id", "total", "")
    assert part.rows[0] == ("1", "7.00", "missing")


@pytest.mark.parametrize(
    ("differing", "short"),
    [
        ([1], "It lacks a row: the nearest row differs in total"),
        ([0, 1], "It lacks a row: the nearest row differs in id and total"),
        ([], "It lacks a row."),
    ],
    ids=["the nearest row", "in two columns", "no row is near"],
)
def test_a_failure_in_short_tells_what_differs(differing: list[int], short: str) -> None:
    """In words: a row of a table says nothing in a list of failures."""
    row = {"cells": ["1", "7.00"], "remark": "", "differing": differing}
    rows, _ = without_rows([attachment(ROWS, {**NEAREST, "rows": [row]})])

    failure = failure_of(Result(Status.FAILED, headline="It lacks a row:"), rows=rows)

    assert isinstance(rows, DifferingRows)
    assert failure is not None
    assert failure.short == short
