"""Queries as evidence: what they show, with secrets masked."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal

import pytest

from asgherkin.databases.port import Column, Rows, Statement
from asgherkin.databases.query_evidence import QueryRecord, reads_only
from asgherkin.evidence.record import Evidence
from asgherkin.redaction.redactor import Redactor


def shown(rows: Rows, redactor: Redactor | None = None) -> tuple[str, str]:
    """The title and the text for a query that has given rows."""
    evidence = Evidence()
    evidence.add(QueryRecord(rows, 0.0021))
    (section,) = QueryRecord.as_text(evidence.masked(redactor or Redactor())[0])
    return section


def test_a_query_and_its_rows() -> None:
    """The statement, its parameters, and the rows as a table."""
    rows = Rows(
        [Column("id"), Column("total"), Column("due")],
        [(1, Decimal("3.80"), None), (12, Decimal("10.00"), date(2026, 11, 22))],
        2,
        (Statement("SELECT *\nFROM orders WHERE customer = {{customer}}\n", {"customer": "Ann"}),),
    )

    assert shown(rows) == (
        "The query, after 2 ms",
        "SELECT *\nFROM orders WHERE customer = {{customer}}\nwith customer = Ann\n\n"
        "| id | total | due        |\n| 1  | 3.80  | null       |\n| 12 | 10.00 | 2026-11-22 |",
    )


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (Rows(returns=False), "It returns no rows."),
        (Rows(total=0), "no rows"),
        (Rows(total=1), "1 row"),
        (Rows(total=2), "2 rows"),
        (Rows([Column("id")]), "no rows"),
        (Rows([Column("id")], [(n,) for n in range(51)], 51), "… and 1 more row"),
        (Rows([Column("id")], [(n,) for n in range(1000)], 1000), "… and 950 more rows"),
        (Rows(total=2, statements=(Statement("SELECT ?", (1,)),)), "SELECT ?\nwith [1]\n\n2 rows"),
        (Rows(total=2, statements=(Statement("X", [{"a": 1}, {"a": 2}]),)), "X\nwith a = 1\nwith a = 2\n\n2 rows"),
        (Rows(total=2, statements=(Statement("X", {}),)), "X\n\n2 rows"),
    ],
    ids=[
        "no result", "none", "one", "two", "an empty table", "one more", "many more",
        "parameters by position", "many parameters", "no parameters",
    ],
)  # fmt: skip
def test_what_came(rows: Rows, text: str) -> None:
    """At most fifty rows are shown, and how many more there are."""
    lines = shown(rows)[1]

    assert lines.endswith(text)
    assert len(lines.splitlines()) <= 52


def test_secrets_in_rows() -> None:
    """By the names of columns and parameters, at any depth of JSON; and wherever they turn up again."""
    redactor = Redactor()
    rows = Rows(
        [Column("token"), Column("details"), Column("tags")],
        [("first-secret", {"password": "second-secret", "pin": 1}, ["a"]), (None, None, None), (True, "{}", 1)],
        3,
        (Statement("SELECT x", {"token": "third-secret", "name": "Ann"}), Statement("SELECT y", ["positional"])),
    )

    text = shown(rows, redactor)[1]

    assert not {"first-secret", "second-secret", "third-secret"} & set(text.split())
    assert "secret" not in text
    assert "with token = [redacted], name = Ann" in text
    assert redactor.redact("first-secret second-secret third-secret") == "[redacted] [redacted] [redacted]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1", True),
        ("  (select 1)", True),
        ("-- count\n/* all */ SELECT count(*) FROM t", True),
        ("WITH a AS (SELECT 1) SELECT * FROM a", True),
        ("VALUES (1)", True),
        ("SELECT 'delete; update'", True),
        ('SELECT "update" FROM t', True),
        ("SELECT updated FROM t", True),
        ("UPDATE t SET a = 1 RETURNING a", False),
        ("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", False),
        ("SELECT * INTO copy FROM t", False),
        ("SELECT 1; DELETE FROM t", False),
        ("-- SELECT\nDELETE FROM t", False),
        ("PRAGMA foreign_keys = ON", False),
        ("", False),
    ],
)
def test_which_queries_only_read(text: str, expected: bool) -> None:
    """As far as their words tell, outside of texts, names and comments."""
    assert reads_only(text) is expected


def test_nothing_of_sqlalchemy_is_needed_to_show_a_query() -> None:
    """What is kept and shown are records of the port."""
    assert "sqlalchemy" not in vars(sys.modules["asgherkin.databases.query_evidence"])
