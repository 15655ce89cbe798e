"""What should not be in a table, the result of a query, and numbers of rows."""

from __future__ import annotations

import pytest

from asgherkin.databases.port import Rows
from asgherkin.databases.row_checks import (
    verify_contains,
    verify_count,
    verify_does_not_contain,
    verify_in_order,
)
from asgherkin.errors import Mismatch, SentenceError
from tests.databases.rows import BREAD, HEADING, MILK, NOTES, SEVEN, cells, failure, given, lines, split


def order_failure(rows: Rows, heading: str, *expected: str) -> str:
    return failure(lambda _, *given: verify_in_order(*given), rows, heading, *expected)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["eggs | 3.80 | false", "#string | #null | true"], ""),
        (
            ["#string | ##number | false"],
            lines(
                'The table "notes" contains 2 rows that it should not:',
                "  | title | price | done  |",
                "  | milk  | 3.80  | false |",
                '  | "7"   | null  | false |',
            ),
        ),
        (
            ["eggs | 3.80 | false", "milk | 3.8 | false", "milk | #number | #ignore"],
            lines(
                'The table "notes" contains 1 row that it should not:',
                "  | title | price | done  |",
                "  | milk  | 3.80  | false |  fits row 2 of the step's table",
            ),
        ),
    ],
    ids=["none", "one row", "several rows"],
)
def test_what_should_not_be_there(expected: list[str], text: str) -> None:
    """Each row that is there is listed."""
    assert failure(verify_does_not_contain, given(HEADING, MILK, BREAD, SEVEN), HEADING, *expected) == text


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["milk | 1", "#string | 2", "7 | #integer"], ""),
        (
            ["bread | 2", "milk | 1", "#string | 3"],
            lines(
                "The query result has the expected rows in another order:",
                "  | TITLE | ID |",
                "  | milk  | 1  |  row 1, expected as row 2",
                "  | bread | 2  |  row 2, expected as row 1",
            ),
        ),
        (
            ["milk | 1", "bread | 2"],
            lines(
                "The query result differs from the expected rows (1 not expected):",
                "  | TITLE | ID |",
                '  | "7"   | 3  |  not expected',
            ),
        ),
        (
            ["milk | 1", "bread | 2", '7 | "3"'],
            lines(
                "The query result differs from the expected rows (1 missing, 1 not expected):",
                "  | TITLE | ID            |",
                '  | 7     | "3"           |  missing',
                '  | "7"   | *3 (integer)* |  not expected; differs from the row above in ID',
            ),
        ),
    ],
    ids=["in order", "another order", "one too many", "another value"],
)
def test_a_querys_result(expected: list[str], text: str) -> None:
    """Its rows are compared in their order, its columns in any."""
    rows = given("ID | TITLE", (1, "milk"), (2, "bread"), (3, "7"))

    assert order_failure(rows, "TITLE | ID", *expected) == text


@pytest.mark.parametrize(
    ("heading", "rows", "text"),
    [
        (
            "id | when | who",
            [],
            'The query result does not have the columns "when", "who", which the heading names. It has: id, title',
        ),
        (
            "id",
            ["1"],
            'The query result has the column "title", which the heading does not name. '
            "Name all of its columns, or leave them out of the query.",
        ),
        ("id | title", ["x | y"], 'The column "id" is an integer, which "x" cannot be. Write for example: 3'),
    ],
    ids=["unknown", "left out", "wrong cell"],
)
def test_a_wrong_table_under_the_sentence(heading: str, rows: list[str], text: str) -> None:
    """Nothing is compared then."""
    with pytest.raises(SentenceError) as caught:
        verify_in_order(given("id | title", (1, "milk")), split(heading), cells(*rows))

    assert str(caught.value) == text


def test_a_result_without_columns() -> None:
    """A database of the user's own may give none."""
    with pytest.raises(SentenceError) as caught:
        verify_contains(NOTES, Rows(), ["id"], [])

    assert str(caught.value) == 'The table "notes" does not have the column "id", which the heading names. It has: none'


@pytest.mark.parametrize(
    ("total", "expected", "text"),
    [
        (3, 2, 'The table "notes" has 3 rows, expected 2 rows.'),
        (2, 1, 'The table "notes" has 2 rows, expected 1 row.'),
        (0, 1, 'The table "notes" is empty, expected 1 row.'),
        (1, 0, 'The table "notes" has 1 row, expected 0 rows.'),
    ],
)
def test_another_number_of_rows(total: int, expected: int, text: str) -> None:
    """Both numbers are told."""
    with pytest.raises(Mismatch) as caught:
        verify_count(NOTES, total, expected)

    assert str(caught.value) == text


def test_the_number_of_rows() -> None:
    """It is the same."""
    verify_count(NOTES, 2, 2)
