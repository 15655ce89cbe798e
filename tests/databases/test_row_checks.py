"""Checks of a table's rows and of a query's result, and what a failure shows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from asgherkin.databases.port import Cell, Column, Rows, Type
from asgherkin.databases.row_checks import (
    verify_contains,
    verify_contains_exactly,
    verify_does_not_contain,
)
from asgherkin.errors import Mismatch, SentenceError
from tests.databases.rows import BREAD, HEADING, MILK, NOTES, SEVEN, failure, given, lines

if TYPE_CHECKING:
    from tests.databases.rows import Check


@pytest.mark.parametrize(
    "expected",
    [
        ["milk | 3.8 | false"],
        ["7 | null | false", "milk | 3.80 | false"],
        ["#string | ##number | true"],
        [],
    ],
    ids=["one", "another order", "matchers", "none"],
)
def test_a_table_contains_rows(expected: list[str]) -> None:
    """In any order, compared by the columns' types."""
    assert failure(verify_contains, given(HEADING, MILK, BREAD, SEVEN), HEADING, *expected) == ""


@pytest.mark.parametrize(
    "expected",
    [
        ["bread | 2.5 | true", "7 | null | false", "milk | 3.80 | false"],
        ["#string | ##number | #boolean", "bread | 2.5 | true", "milk | #number | false"],
        ["#string | #ignore | false", "#string | #number | #boolean", "milk | 3.80 | false"],
    ],
    ids=["values", "matchers", "a chain of matchers"],
)
def test_a_table_contains_exactly_these_rows(expected: list[str]) -> None:
    """A row that fits a matcher goes to the expected row that no other row fits."""
    assert failure(verify_contains_exactly, given(HEADING, MILK, BREAD, SEVEN), HEADING, *expected) == ""


def test_columns_are_found_by_their_names() -> None:
    """Whatever their order; what the heading leaves out is not looked at."""
    rows = given("done | id | title", (True, 1, "milk"))

    assert failure(verify_contains_exactly, rows, "title | done", "milk | true") == ""


@pytest.mark.parametrize("check", [verify_contains, verify_contains_exactly], ids=["contains", "exactly"])
def test_columns_of_values_of_several_kinds(check: Check) -> None:
    """Each value is compared by its own kind: SQLite, and queries, may give any."""
    rows = given("IT", (7,), ("7",), (None,), ("x",), (0.5,))

    assert failure(check, rows, "IT", "x", '"7"', "7", "null", "0.50") == ""


def test_documents_are_rows_too() -> None:
    """With matchers in them and without, true is not 1."""
    rows = given("extra", ({"a": [1, True]},), ({"a": "x"},), (True,))

    assert failure(verify_contains_exactly, rows, "extra", "true", '{"a": "#string"}', '{"a": [1.0, true]}') == ""
    assert failure(verify_contains, rows, "extra", "1") != ""


@pytest.mark.parametrize("check", [verify_contains, verify_contains_exactly], ids=["contains", "exactly"])
def test_a_boolean_is_no_number(check: Check) -> None:
    """Python's True is 1, a database's is not."""
    with pytest.raises(SentenceError, match=r"an integer, which true cannot be\. Write for example: 3$"):
        failure(check, given("id", (1,)), "id", "true")


def test_an_empty_table_contains_exactly_no_rows() -> None:
    """A heading alone stands for none."""
    assert failure(verify_contains_exactly, given("title"), "title") == ""


@pytest.mark.parametrize(
    ("rows", "expected", "text"),
    [
        (
            [MILK, BREAD, SEVEN],
            ["milk | 3.80 | true", "7 | null | false"],
            lines(
                'The table "notes" does not contain 1 of the 2 expected rows:',
                "  | title | price | done    |",
                "  | milk  | 3.80  | true    |  missing",
                "  | milk  | 3.80  | *false* |  the nearest row, which differs in done",
            ),
        ),
        (
            [MILK],
            ["eggs | 1.20 | true"],
            lines(
                'The table "notes" does not contain the expected row:',
                "  | title | price | done |",
                "  | eggs  | 1.20  | true |  missing",
            ),
        ),
        (
            [MILK],
            ["eggs | 3.8 | true", " | #number | true"],
            lines(
                'The table "notes" contains none of the 2 expected rows:',
                "  | title  | price   | done    |",
                "  | eggs   | 3.8     | true    |  missing",
                "  | *milk* | 3.80    | *false* |  the nearest row, which differs in title and done",
                '  | ""     | #number | true    |  missing',
                "  | *milk* | 3.80    | *false* |  the nearest row, which differs in title and done",
            ),
        ),
        (
            [],
            ["eggs | 3.8 | true"],
            lines(
                'The table "notes" is empty, and does not contain the expected row:',
                "  | title | price | done |",
                "  | eggs  | 3.8   | true |  missing",
            ),
        ),
        (
            [MILK, BREAD],
            ["milk | 3.8 | false", "milk | 3.8 | false"],
            lines(
                'The table "notes" does not contain 1 of the 2 expected rows:',
                "  | title | price | done  |",
                "  | milk  | 3.8   | false |  missing: the one row that fits is another expected row's",
            ),
        ),
        (
            [MILK, MILK],
            ["milk | 3.8 | false"] * 3,
            lines(
                'The table "notes" does not contain 1 of the 3 expected rows:',
                "  | title | price | done  |",
                "  | milk  | 3.8   | false |  missing: the 2 rows that fit are other expected rows'",
            ),
        ),
    ],
    ids=["nearest", "nothing in common", "several cells", "empty table", "twice", "three times"],
)
def test_what_is_missing(rows: list[tuple[object, ...]], expected: list[str], text: str) -> None:
    """Each missing row stands above the one nearest to it, whose differing cells are marked."""
    assert failure(verify_contains, given(HEADING, *rows), HEADING, *expected) == text


def test_long_lists_are_cut() -> None:
    """Ten rows of each sort are listed, and the rest is counted."""
    rows = given("id", *[(number,) for number in range(12)])

    missing = failure(verify_contains, rows, "id", *[str(number) for number in range(100, 111)])
    both = failure(verify_contains_exactly, rows, "id", *[str(number) for number in range(100, 117)])
    others = failure(verify_contains_exactly, given("id", *rows.values[:11]), "id")
    found = failure(verify_does_not_contain, rows, "id", "#integer")
    one_more = failure(verify_does_not_contain, given("id", *rows.values[:11]), "id", "#integer")

    assert missing.splitlines()[-1] == "  … and 1 more missing row"
    assert both.splitlines()[-1] == "  … and 7 more missing rows and 2 more rows that are not expected"
    assert others.splitlines()[-1] == "  … and 1 more row that is not expected"
    assert found.splitlines()[-2:] == ["  | 9  |", "  … and 2 more rows"]
    assert one_more.splitlines()[-1] == "  … and 1 more row"
    assert len(both.splitlines()) == 23


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (
            ["7 | null | false", "milk | 3.80 | true", "eggs | 1.20 | true"],
            lines(
                'The table "notes" differs from the expected rows (2 missing, 2 not expected):',
                "  | title   | price  | done    |",
                "  | milk    | 3.80   | true    |  missing",
                "  | milk    | 3.80   | *false* |  not expected; differs from the row above in done",
                "  | eggs    | 1.20   | true    |  missing",
                "  | *bread* | *2.50* | true    |  not expected; differs from the row above in title and price",
            ),
        ),
        (
            ["7 | null | false"],
            lines(
                'The table "notes" differs from the expected rows (2 not expected):',
                "  | title | price | done  |",
                "  | milk  | 3.80  | false |  not expected",
                "  | bread | 2.50  | true  |  not expected",
            ),
        ),
        (
            ["7 | null | false", "milk | 3.80 | false", "bread | 2.50 | true", "bread | 2.50 | false"],
            lines(
                'The table "notes" differs from the expected rows (1 missing):',
                "  | title | price | done  |",
                "  | bread | 2.50  | false |  missing",
            ),
        ),
    ],
    ids=["both", "not expected", "missing"],
)
def test_what_is_missing_and_what_is_not_expected(expected: list[str], text: str) -> None:
    """A row that is not expected stands below the missing row that it is nearest to."""
    assert failure(verify_contains_exactly, given(HEADING, MILK, BREAD, SEVEN), HEADING, *expected) == text


def test_an_empty_table_does_not_have_the_expected_rows() -> None:
    """That it is empty is said first."""
    assert failure(verify_contains_exactly, given("title"), "title", "milk") == lines(
        'The table "notes" is empty, and differs from the expected rows (1 missing):',
        "  | title |",
        "  | milk  |  missing",
    )


@pytest.mark.parametrize(
    ("name", "written", "actual", "marked"),
    [
        ("IT", '"7"', 7, "*7 (integer)*"),
        ("IT", "soon", Decimal("0.50"), "*0.50 (decimal)*"),
        ("IT", "true", 0.5, "*0.5 (number)*"),
        ("IT", "8", "7", '*"7"*'),
        ("IT", "null", 7, "*7*"),
        ("IT", "7", None, "*null*"),
        ("IT", "#string", 7, "*7*"),
        ("price", "7", "cheap", "*cheap (text)*"),
        ("price", "7", 8, "*8*"),
        ("title", "7", 7, "*7 (integer)*"),
        ("extra", '"7"', 7, "*7*"),
    ],
)
def test_a_type_is_named_where_it_is_another_one(name: str, written: str, actual: object, marked: str) -> None:
    """Otherwise the value says it all."""
    text = failure(verify_contains, given(f"id | {name}", (1, actual)), f"id | {name}", f"1 | {written}")

    assert [one.strip() for one in text.splitlines()[-1].split("|")] == [
        "",
        "1",
        marked,
        f"the nearest row, which differs in {name}",
    ]


def test_enums_are_texts() -> None:
    """A label needs no type."""
    rows = Rows([Column("id", Type("integer")), Column("mood", Type("enum"))], [(1, "glad")], 1)

    assert failure(verify_contains, rows, "id | mood", "1 | sad").splitlines()[-1] == (
        "  | 1  | *glad* |  the nearest row, which differs in mood"
    )


def test_hostile_names_and_cells_keep_the_layout() -> None:
    """Line breaks and bars are shown as JSON, and long texts are cut."""
    rows = Rows([Column("id", Type("integer")), Column("a|b\n")], [(1, "x\n" * 300)], 1)
    expected = [(Cell("1", 1), Cell("y\n|", "y\n|"))]

    with pytest.raises(Mismatch) as caught:
        verify_contains(NOTES, rows, ["id", "a|b\n"], expected)

    name, wanted, found = r'"a|b\n"', r'"y\n|"', '"' + r"x\n" * 66 + "x… (902 characters)"
    assert str(caught.value) == lines(
        'The table "notes" does not contain the expected row:',
        f"  | id | {name:40} |",
        f"  | 1  | {wanted:40} |  missing",
        f"  | 1  | *{found}* |  the nearest row, which differs in {name}",
    )


def test_a_thousand_rows_with_matchers_are_found_in_another_order() -> None:
    """Rows that differ in a plain column are not tried with each other."""
    rows = given("id | title", *[(number, f"title {number}") for number in range(1000)])
    expected = [f"#integer | title {number}" for number in reversed(range(1000))]

    assert failure(verify_contains_exactly, rows, "id | title", *expected) == ""
