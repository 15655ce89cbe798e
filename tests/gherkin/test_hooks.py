"""pytest-bdd's hooks, reporters and objects, as pytest-bdd itself gives them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

PLAIN = '[tool.pytest.ini_options]\nasyncio_default_fixture_loop_scope = "function"\n'
RECORDER = """
import pytest
from pytest_bdd import given, parsers, step, then, when
from pytest_bdd.parser import Feature, Scenario, Step

told = []


def note(hook, request, feature, scenario, **more):
    assert isinstance(feature, Feature) and isinstance(scenario, Scenario)
    line = [hook, feature.name, feature.line_number, sorted(feature.tags), feature.language]
    line += [feature.keyword, feature.description, scenario.keyword, scenario.name, scenario.line_number]
    line += [sorted(scenario.tags), scenario.description, scenario.rule and scenario.rule.name]
    line += [[str(one) for one in scenario.steps], scenario.feature is feature]
    for name, value in more.items():
        if isinstance(value, Step):
            line += [str(value), value.keyword, value.type, value.line_number, value.docstring]
            line += [value.datatable and value.datatable.raw()]
        elif name == "step_func":
            line += [value.__name__]
        elif name == "exception" and hook == "step_func_lookup_error":
            line += [isinstance(value, Exception)]
        else:
            line += [repr(value)]
    told.append(line)


def pytest_bdd_before_scenario(request, feature, scenario):
    note("before_scenario", request, feature, scenario)

def pytest_bdd_after_scenario(request, feature, scenario):
    note("after_scenario", request, feature, scenario)

def pytest_bdd_before_step(request, feature, scenario, step, step_func):
    note("before_step", request, feature, scenario, step=step, step_func=step_func)

def pytest_bdd_before_step_call(request, feature, scenario, step, step_func, step_func_args):
    note("before_step_call", request, feature, scenario, step=step, step_func=step_func, args=step_func_args)

def pytest_bdd_after_step(request, feature, scenario, step, step_func, step_func_args):
    note("after_step", request, feature, scenario, step=step, step_func=step_func, args=step_func_args)

def pytest_bdd_step_error(request, feature, scenario, step, step_func, step_func_args, exception):
    note("step_error", request, feature, scenario, step=step, step_func=step_func, a=step_func_args,
         exception=exception)

def pytest_bdd_step_func_lookup_error(request, feature, scenario, step, exception):
    note("step_func_lookup_error", request, feature, scenario, step=step, exception=exception)

def pytest_unconfigure():
    for line in told:
        print("TOLD", line)


@given(parsers.parse("{n:d} cups:"), target_fixture="cups")
def cups(n, datatable, more="more"):
    return n, datatable

@step("it works")
def works():
    pass

@when(parsers.re("(?P<text>.*) is said:"), converters={"text": str.upper})
def said(text, docstring, cups):
    pass

@then("it fails")
def fails(cups):
    raise ValueError("it failed")

@then("the test fails")
def test_fails():
    pytest.fail("it failed")

@then("it is skipped")
def skips():
    pytest.skip("why")

@then(parsers.parse("it is {word:Bad}", extra_types={"Bad": int}))
def bad(word):
    pass
"""
FEATURE = '''@shop
Feature: Coffee
  For all.

  Background: first
    Given it works

  @hot
  Scenario: one
    Or two of it.

    Given 3 cups:
      | a | b\\|c |
    And it works
    When "x" is said:
      """
      two
        lines
      """
    Then it works
    But it works

  Scenario Outline: two <n>
    Given <n> cups:
      | <n> |
    Then it fails
    And it works

    Examples:
      | n |
      | 1 |
      | 2 |

  Scenario: three
    When nobody knows this
    Then it works

  Scenario: four
    Then the test fails

  Scenario: five
    Then it is skipped

  @ruled
  Rule: r
    Background:
      Given it works
    Scenario: six
      Given it works
'''


def told(output: str) -> list[str]:
    """What the hooks were told, in order."""
    return [line[line.index("TOLD") :] for line in output.split("\n") if "TOLD" in line]


@pytest.mark.parametrize("collected", [True, False], ids=["collected", "bound"])
def test_hooks_are_told_what_pytest_bdd_tells_them(project: Project, *, collected: bool) -> None:
    """The same calls in the same order with the same objects, against pytest-bdd without this toolkit."""
    project.write(
        {
            "conftest.py": RECORDER,
            "a.feature": FEATURE,
            "test_a.py": 'from pytest_bdd import scenarios\nscenarios("a.feature")\n',
        }
    )
    project.write({"pyproject.toml": PLAIN})
    # Not in this process, where this toolkit has taken over the running of scenarios().
    theirs = told(project.run_in_a_process("-s", "-p", "no:asgherkin", "test_a.py").stdout)

    ours = told(project.run("-s", "a.feature" if collected else "test_a.py").output)

    assert len(theirs) > 60
    assert ours == theirs


@pytest.mark.parametrize("collected", [True, False], ids=["collected", "bound"])
def test_pytest_bdds_reporters_work(project: Project, *, collected: bool) -> None:
    """Its Cucumber JSON and its terminal reporter, which are told of nothing unless they are asked for."""
    project.write(
        {
            "conftest.py": "from asgherkin import step\n@step('it works')\ndef _(): pass\n"
            "@step('it fails')\ndef _(): assert 0\n",
            "a.feature": "@t\nFeature: f\n  Scenario: s\n    Given it works\n    Then it fails\n",
            "test_a.py": 'from pytest_bdd import scenarios\nscenarios("a.feature")\n',
        }
    )
    file = "a.feature" if collected else "test_a.py"

    project.run(file, "--cucumberjson=out.json")
    outcome = project.run(file, "--gherkin-terminal-reporter", "-vv")

    (feature,) = json.loads((project.root / "out.json").read_text())
    (scenario,) = feature["elements"]
    assert [(one["name"], one["result"]["status"]) for one in scenario["steps"]] == [
        ("it works", "passed"),
        ("it fails", "failed"),
    ]
    assert feature["tags"] == [{"name": "t", "line": 1}]
    assert "    Scenario: s\n        Given it works\n        Then it fails\n    FAILED\n" in outcome.output
