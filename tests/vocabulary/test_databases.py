"""Sentences about databases: what of a table reaches the database, and what a remembered value is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

# Answers with a document whose values are remembered.
APP = r"""
BODY = b'{"id": 7, "text": "7", "hash": "#uuid", "braces": "{{id}}", "none": null, "list": [1], "quoted": "\\"a\\""}'

async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": BODY})
"""

# Takes one row, and gives it back; each query gives back its parameters.
CONFTEST = """
import pytest
from asgherkin.databases.port import Column, Rows, Statement


class Mirror:
    def __init__(self):
        self.columns, self.rows = [], []

    async def read(self, selection):
        return Rows(self.columns, self.rows, len(self.rows))

    async def write(self, seeding):
        self.columns = [Column(name) for name in seeding.columns]
        self.rows = [tuple((cell.written, cell.value) for cell in row) for row in seeding.rows]
        print("CELLS", self.rows)
        return []

    async def query(self, query):
        statements = (Statement(query.text, query.parameters),)
        return Rows([Column(name) for name in query.parameters], [tuple(query.parameters.values())], 1, statements)


@pytest.fixture
def database():
    return Mirror()
"""

VALUES = 'When I GET "/"\n' + "".join(
    f'Then I remember the response body at "$.{name}" as "{name}"\n'
    for name in ("id", "text", "hash", "braces", "none", "list", "quoted")
)


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose database gives back what it gets."""
    project.write({"shop.py": APP, "conftest.py": CONFTEST})
    return project


CELLS: list[tuple[str, str, object]] = [
    ("9", "9", 9),
    ('"9"', '"9"', "9"),
    ("3.80", "3.80", 3.8),
    ("null", "null", None),
    ("", "", ""),
    ("O'Hara; DROP TABLE x --", "O'Hara; DROP TABLE x --", "O'Hara; DROP TABLE x --"),
    ("#uuid", "#uuid", "#uuid"),
    (r"\#1", r"\#1", r"\#1"),
    ('{"a": [1]}', '{"a": [1]}', {"a": [1]}),
    ("{{id}}", "7", 7),
    ("{{text}}", "7", "7"),
    ('"{{id}}"', '"7"', "7"),
    ("no. {{id}}", "no. 7", "no. 7"),
    ("{{hash}}", r"\#uuid", r"\#uuid"),
    ("{{hash}}!", r"\#uuid!", r"\#uuid!"),
    ("{{braces}}", "{{id}}", "{{id}}"),
    ("{{none}}", "null", None),
    ("{{list}}", "[1]", [1]),
    ("{{quoted}}", '"a"', '"a"'),
    ('{"a": {{id}}, "b": "{{id}}"}', '{"a": 7, "b": "7"}', {"a": 7, "b": "7"}),
]


def test_cells(project: Project) -> None:
    """A cell is its text and its JSON value; a remembered value stands for itself, and is never a matcher."""
    table = "".join(f"\n  | {cell} |" for cell, _, _ in CELLS)

    outcome = project.run_steps(f'{VALUES}Given the table "t" starts with:\n  | a |{table}', "async", "-s")

    rows = [((written, value),) for _, written, value in CELLS]
    assert f"CELLS {rows}" in outcome.output


def test_a_remembered_name_of_a_table_and_a_column(project: Project, client_name: str) -> None:
    """In a heading and in a name too."""
    steps = f'{VALUES}Given the table "{{{{text}}}}" starts with:\n  | a{{{{id}}}} |\n  | 1 |\n'
    steps += 'Then the table "{{text}}" has {{id}} rows'

    outcome = project.run_steps(steps, client_name)

    assert outcome.headline.splitlines()[0] == 'The table "7" has 1 row, expected 7 rows.'
    assert "| a7" in outcome.failure


def test_values_in_a_query(project: Project, client_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are parameters with their own types, and those of the environment are secret."""
    monkeypatch.setenv("SHOP_KEY", "k-12345")
    query = 'When I run the query:\n  """\n  {{id}} {{text}} {{none}} {{list}} {{env.SHOP_KEY}}\n  """\n'
    steps = (
        f'{VALUES}{query}Then I remember the query result at "$[0].id" as "a"\n'
        'And I remember the query result at "$[0].list[0]" as "b"\n'
        "And the query result is:\n  | id | text | none | list | env.SHOP_KEY |\n"
        '  | {{a}} | "7" | null | [{{b}}] | {{env.SHOP_KEY}} |\nAnd the query result has 2 rows'
    )

    outcome = project.run_steps(steps, client_name)

    assert outcome.headline.splitlines()[0] == "The query result has 1 row, expected 2 rows."
    assert "k-12345" not in outcome.failure
    assert "env.SHOP_KEY = [redacted]" in outcome.failure


EMPTY = """
Feature: There are many ways to say that a table is empty
  Background:
    Given the table "t" starts with:
      | a |
  Scenario: is empty
    Then the table "t" is empty
  Scenario: no rows
    Then the table "t" has 0 rows
  Scenario: exactly none
    Then the table "t" contains exactly:
      | a |
  Scenario: none of these
    Then the table "t" does not contain:
      | a |
      | 1 |
"""


def test_an_empty_table(project: Project, client_name: str) -> None:
    """There are many ways to say it."""
    project.write({"features/it.feature": EMPTY})

    outcome = project.run("--asgi-client", client_name)

    assert outcome.counts == {"passed": 4}, outcome.output
