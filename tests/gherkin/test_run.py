"""A scenario's run: the order of what happens, and what is known of its steps beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd.gherkin_parser import DataTable
from pytest_bdd.parser import Step

from asgherkin.errors import UndefinedStep
from asgherkin.gherkin.calling import StepMatch

if TYPE_CHECKING:
    from tests.project import Project


def found_step(*rows: str) -> StepMatch:
    """A step without a definition, with a table of these rows."""
    place = {"line": 1, "column": 1}
    step = Step("a", "then", 0, 1, "Then")
    if rows:
        cells = [[{"location": place, "value": cell} for cell in row] for row in rows]
        table = {"location": place, "rows": [{"id": "", "location": place, "cells": one} for one in cells]}
        step.datatable = DataTable.from_dict(table)
    return StepMatch(step, UndefinedStep("none"))


def test_a_step_without_a_definition_has_no_function() -> None:
    """Whoever looks ahead in a scenario may meet one."""
    step = found_step()

    assert (step.kind, step.function, step.fixtures, step.table) == ("then", None, (), ())


def test_a_step_has_the_rows_of_its_table() -> None:
    """As they are, before remembered values are put in."""
    assert found_step("ab", "cd").table == [["a", "b"], ["c", "d"]]


def test_steps_after_a_failing_one_are_not_reached(project: Project) -> None:
    """In the scenario; the next one runs."""
    project.write(
        {
            "conftest.py": """
from asgherkin import step
@step("it fails")
def _(): assert False
@step("it works")
def _(): print("REACHED")
""",
            "a.feature": "Feature: f\n  Scenario: s\n    Given it fails\n    And it works\n"
            "  Scenario: t\n    Given it works\n",
        }
    )

    outcome = project.run("-s")

    assert outcome.counts == {"failed": 1, "passed": 1}
    assert outcome.output.count("REACHED") == 1


def test_no_step_of_an_undefined_scenario_after_it_runs(project: Project) -> None:
    """Those before it do: what is undefined is raised where it stands."""
    project.write(
        {
            "conftest.py": "from asgherkin import step\n@step('it works')\ndef _(): print('REACHED')\n",
            "a.feature": "Feature: f\n  Scenario: s\n    Given it works\n    And nobody knows this\n    And it works\n",
        }
    )

    assert project.run("-s").output.count("REACHED") == 1


def test_a_parser_that_fails_fails_its_step(project: Project) -> None:
    """With the error of the parser; no step runs before it."""
    project.write(
        {
            "conftest.py": """
from asgherkin import step
from pytest_bdd.parsers import StepParser

class Broken(StepParser):
    def is_matching(self, name):
        raise ZeroDivisionError(name)
    def parse_arguments(self, name):
        pass

@step('it works')
def _(): print('REACHED')
@step(Broken('x'))
def _(): pass
""",
            "a.feature": "Feature: f\n  Scenario: s\n    Given it works\n    And y\n",
        }
    )

    outcome = project.run("-s")

    assert outcome.output.count("REACHED") == 0
    assert outcome.headline == "ZeroDivisionError: it works"
