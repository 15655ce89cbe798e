"""Step functions that cannot be called, and steps with more or less under them than their function takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gherkin.notes import SHOP, failure_of, notes_of

if TYPE_CHECKING:
    from tests.project import Project

PLACE = "\n\na.feature:3, Scenario: s\n       2 |   Scenario: s\n  >    3 |     Given "
AFTER = "\n\na.feature:2, Scenario: s\n  >    2 |   Scenario: s\n       3 |     Given x\n         after the last step"


@pytest.mark.parametrize(
    ("function", "failure"),
    [
        (
            '@given("x")\ndef _():\n    yield\n    yield\n',
            "The step function at conftest.py:14 yields more than once. What follows its one yield runs after the "
            f"scenario.{AFTER}",
        ),
        (
            '@given("x")\nasync def _():\n    yield\n    yield\n',
            "The step function at conftest.py:14 yields more than once. What follows its one yield runs after the "
            f"scenario.{AFTER}",
        ),
        (
            '@given("x")\ndef _():\n    if 1: return\n    yield\n',
            f"The step function at conftest.py:14 has a yield, and came to its end without it.{PLACE}x",
        ),
        (
            '@given("x")\nasync def _():\n    if 1: return\n    yield\n',
            f"The step function at conftest.py:14 has a yield, and came to its end without it.{PLACE}x",
        ),
        (
            '@given("x")\ndef _(none):\n    pass\n',
            'The step function at conftest.py:14 asks for "none", which is neither a slot of its sentence \'x\' nor a '
            f"fixture that is known here.{PLACE}x",
        ),
        (
            '@pytest.fixture\ndef one(none):\n    pass\n@given("x")\ndef _(one):\n    pass\n',
            f'The fixture "none" cannot be had: there is no fixture of that name here.{PLACE}x',
        ),
        (
            '@pytest.fixture\ndef one(two):\n    pass\n@pytest.fixture\ndef two(one):\n    pass\n'
            '@given("x")\ndef _(one):\n    pass\n',
            'The fixture "one" cannot be had: it needs itself, directly or by way of another.'
            f"{PLACE}x",
        ),
        (
            '@given(parsers.parse("{datatable}"))\ndef _(datatable):\n    pass\n',
            "This sentence takes a data table, and none stands under it. Write it on the lines below, a row a line: "
            f"| … | … |.{PLACE}x",
        ),
        (
            '@given(parsers.parse("{docstring}"))\ndef _():\n    pass\n',
            "The sentence '{docstring}' (conftest.py:14) names a slot 'docstring', which is the name of a step's "
            f"argument. Use another name.{PLACE}x",
        ),
        (
            '@given("x")\ndef _(docstring):\n    pass\n',
            "This sentence takes a doc string, and none stands under it. Write it on the lines below, between two "
            f'lines of """.{PLACE}x',
        ),
    ],
    ids=[
        "two yields", "two async yields", "no yield", "no async yield", "unknown fixture", "unknown in a fixture",
        "recursive fixture", "no table", "reserved slot", "no doc string",
    ],
)  # fmt: skip
def test_a_step_function_that_is_written_wrongly(project: Project, function: str, failure: str) -> None:
    """Its author is told what to change."""
    assert failure_of(project, function, "Given x") == failure


def test_a_users_own_step_may_leave_its_table_unused(project: Project) -> None:
    """As under pytest-bdd; a default stands in for one that is missing."""
    steps = """
@given("unused")
def _():
    notes.append("unused")

@given("optional")
def _(docstring="none"):
    notes.append(docstring)
"""
    scenario = """  Scenario: s
    Given unused
      | a |
    And unused
      \"\"\"
      text
      \"\"\"
    And optional
    And optional
      \"\"\"
      text
      \"\"\"
"""

    assert notes_of(project, steps, scenario) == ["unused", "unused", "none", "text"]


TABLE = "      | name | value |\n      | a | b |"
TEXT = '      """\n      {}\n      """'


@pytest.mark.parametrize(
    ("step", "under", "message"),
    [
        (
            'Given the request header "a" is "b"',
            TABLE,
            "This sentence takes neither a doc string nor a data table, and a data table stands under it. "
            "The sentence that fits: Given the request headers are:",
        ),
        (
            "Given the request headers are:",
            "",
            "This sentence takes a data table, and none stands under it. Write it on the lines below, a row a line: "
            '| … | … |. The sentence that fits: Given the request header "X-Tenant" is "acme"',
        ),
        (
            "Given the request headers are:",
            TEXT,
            "This sentence takes a data table, and a doc string stands under it. "
            "The sentence that fits: Given the request body is:",
        ),
        (
            'When I GET "/"',
            TEXT,
            "This sentence takes neither a doc string nor a data table, and a doc string stands under it. "
            'The sentence that fits: When I send a POST request to "/notes" with the body:',
        ),
        (
            'When I send a GET request to "/" with the body:',
            TABLE,
            "This sentence takes a doc string, and a data table stands under it. "
            'The sentence that fits: When I send a GET request to "/notes" with the query:',
        ),
    ],
    ids=["surplus table", "missing table", "doc string for a table", "surplus doc string", "table for a doc string"],
)
def test_our_sentences_name_the_one_that_fits(project: Project, step: str, under: str, message: str) -> None:
    """A table or doc string that is missing, or too much."""
    project.write({"shop.py": SHOP, "a.feature": f"Feature: f\n  Scenario: s\n    {step}\n{under}\n"})

    assert project.run().failure.split("\n\n")[0] == message
