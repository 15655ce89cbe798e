"""Step functions that cannot be called, and steps with more or less under them than their function takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_bdd import parsers
from pytest_bdd.gherkin_parser import DataTable, Location
from pytest_bdd.parser import Step
from pytest_bdd.steps import StepFunctionContext

from asgherkin.errors import SentenceError
from asgherkin.gherkin.calling import check_argument
from asgherkin.gherkin.definitions import Definition, Index
from tests.gherkin.notes import NOTES, SHOP, notes_of

if TYPE_CHECKING:
    from tests.project import Project

TWICE = "The step function at {place} yields more than once. What follows its one yield runs after the scenario."
NEVER = "The step function at {place} has a yield, and came to its end without it."
NO_TABLE = (
    "This sentence takes a data table, and none stands under it. Write it on the lines below, a row a line: | … | … |."
)
# Step functions by their sentence, each with the headline of the scenario that uses it.
WRONG = {
    "two yields": ("def _(): yield; yield", TWICE),
    "two async yields": ("async def _(): yield; yield", TWICE),
    "no yield": ("def _():\n    if 1: return\n    yield", NEVER),
    "no async yield": ("async def _():\n    if 1: return\n    yield", NEVER),
    "unknown": (
        "def _(none): pass",
        "The step function at {place} asks for \"none\", which is neither a slot of its sentence 'unknown' nor a "
        "fixture that is known here.",
    ),
    "unknown in a fixture": (
        "def _(needs_none): pass",
        'The fixture "none" cannot be had: there is no fixture of that name here.',
    ),
    "recursive": (
        "def _(one): pass",
        'The fixture "one" cannot be had: it needs itself, directly or by way of another.',
    ),
    "a missing {datatable}": ("def _(datatable): pass", NO_TABLE),
    "neither": ("def _(datatable, docstring): pass", NO_TABLE),
    "a reserved {docstring}": (
        "def _(): pass",
        "The sentence 'a reserved {{docstring}}' ({place}) names a slot 'docstring', which is the name of a step's "
        "argument. Use another name.",
    ),
    "no doc string": (
        "def _(docstring): pass",
        "This sentence takes a doc string, and none stands under it. Write it on the lines below, between two "
        'lines of """.',
    ),
}
FIXTURES = """
@pytest.fixture
def needs_none(none): pass
@pytest.fixture
def one(two): pass
@pytest.fixture
def two(one): pass
"""


def test_step_functions_that_are_written_wrongly(project: Project) -> None:
    """Their author is told what to change."""
    conftest, scenarios, expected = NOTES + FIXTURES, "Feature: f\n", {}
    for sentence, (function, headline) in WRONG.items():
        expected[sentence] = headline.format(place=f"conftest.py:{conftest.count(chr(10)) + 1}")
        conftest += f'@given(parsers.parse("{sentence}"))\n{function}\n'
        scenarios += f"  Scenario: {sentence}\n    Given {sentence}\n"
    project.write({"shop.py": SHOP, "conftest.py": conftest, "a.feature": scenarios})

    failures = project.run().failures

    assert {name: text.partition("\n\n")[0] for name, text in failures.items()} == expected


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


class Own(parsers.string):
    """A sentence of the toolkit's own, as far as the look-up is concerned."""

    strict = True


def none() -> None: ...
def with_table(datatable: object) -> None: ...
def with_doc_string(docstring: str) -> None: ...


SENTENCES: list[tuple[Any, str, Any]] = [
    ("given", "the cups are 3", none),
    ("given", "the cups are:", with_table),
    ("given", "the note is:", with_doc_string),
    ("when", "I order tea", none),
    ("when", "I order tea with the note:", with_doc_string),
    ("when", "I order tea with:", with_table),
]
NEITHER = "This sentence takes neither a doc string nor a data table, and a"


@pytest.mark.parametrize(
    ("sentence", "under", "message"),
    [
        (0, "table", f"{NEITHER} data table stands under it. The sentence that fits: Given the cups are:"),
        (
            1,
            "",
            "This sentence takes a data table, and none stands under it. Write it on the lines below, a row a line: "
            "| … | … |. The sentence that fits: Given the cups are 3",
        ),
        (
            1,
            "doc string",
            "This sentence takes a data table, and a doc string stands under it. "
            "The sentence that fits: Given the note is:",
        ),
        (
            3,
            "doc string",
            f"{NEITHER} doc string stands under it. The sentence that fits: When I order tea with the note:",
        ),
        (
            4,
            "table",
            "This sentence takes a doc string, and a data table stands under it. "
            "The sentence that fits: When I order tea with:",
        ),
    ],
    ids=["surplus table", "missing table", "doc string for a table", "surplus doc string", "table for a doc string"],
)
def test_our_sentences_name_the_one_that_fits(sentence: int, under: str, message: str) -> None:
    """A table or doc string that is missing, or too much."""
    contexts = [StepFunctionContext(kind, function, Own(text)) for kind, text, function in SENTENCES]
    index = Index(Definition(context, (0, 0), Path()) for context in contexts)
    kind, text, _ = SENTENCES[sentence]
    step = Step(text, kind, 0, 1, kind.capitalize())
    step.docstring = "text" if under == "doc string" else None
    step.datatable = DataTable(Location(column=1, line=2), []) if under == "table" else None

    with pytest.raises(SentenceError) as caught:
        check_argument(step, index.definitions[sentence], index)

    assert str(caught.value) == message
