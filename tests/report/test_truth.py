"""Truth before looks: runs of all kinds, each with the exact statuses in messages, page and summary.

Nothing that failed reads as passed, and nothing that is specified vanishes.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from asgherkin.cli import main
from asgherkin.report.messages import Messages
from asgherkin.report.pickles import feature_messages
from tests.report.page.markup import Shown
from tests.report.runs import SHOP, STEPS, run

if TYPE_CHECKING:
    from tests.project import Project
    from tests.report.runs import Message


class Case(NamedTuple):
    """A run: a feature, arguments and further definitions, and what is expected of it."""

    feature: str
    statuses: dict[str, list[str]]
    totals: dict[str, int]
    success: bool
    arguments: tuple[str, ...] = ()
    steps: str = ""
    not_run: tuple[str, ...] = ()


TWICE = '\n@given("two")\ndef first(): pass\n@given("two")\ndef second(): pass\n'
BEFORE = "\n@pytest.fixture(autouse=True)\ndef broken():\n    raise OSError('no disk')\n"
AFTER = "\n@pytest.fixture(autouse=True)\ndef broken():\n    yield\n    raise OSError('no disk')\n"
SKIPPING = "\n@pytest.fixture(autouse=True)\ndef skipping():\n    pytest.skip('no disk')\n"
DIES = "\n@when('it dies')\ndef dies(): os._exit(3)\n"
DIES_BEFORE = "\n@pytest.fixture(autouse=True)\ndef dying():\n    os._exit(3)\n"
CTRL_C = "\n@when('it is interrupted')\ndef ends(): os.kill(os.getpid(), signal.SIGINT)\n"
EXITS = "\n@when('it is interrupted')\ndef ends(): pytest.exit('enough')\n"
FLAKY = "\ntries = []\n@then('it passes at last')\ndef at_last():\n    tries.append(1)\n    assert len(tries) > 2\n"
ORDINARY = (
    "  Scenario: first\n    Given nothing\n    Then it fails\n    And it fails\n  Scenario: second\n    Given nothing\n"
)

CASES = {
    "passing": Case("  Scenario: a\n    Given nothing\n", {"a": ["passed"]}, {"passed": 1}, True),
    "failing in the middle": Case(
        ORDINARY,
        {"first": ["passed", "failed", "skipped"], "second": ["passed"]},
        {"failed": 1, "passed": 1},
        False,
    ),
    "undefined first": Case(
        "  Scenario: a\n    Given what\n    And nothing\n    Then what else\n",
        {"a": ["undefined", "skipped", "undefined"]},
        {"undefined": 1},
        False,
    ),
    "undefined in the middle, after a failure": Case(
        "  Scenario: a\n    Given nothing\n    Then it fails\n    And what\n    And it fails\n",
        {"a": ["passed", "failed", "undefined", "skipped"]},
        {"failed": 1},
        False,
    ),
    "ambiguous": Case(
        "  Scenario: a\n    Given nothing\n    And two\n    And nothing\n    And two\n",
        {"a": ["passed", "ambiguous", "skipped", "ambiguous"]},
        {"ambiguous": 1},
        False,
        steps=TWICE,
    ),
    "skipped by tag": Case(
        "  @skip\n  Scenario: a\n    Given nothing\n    And what\n",
        {"a": ["before skipped", "skipped", "skipped"]},
        {"skipped": 1},
        True,
    ),
    "skipped at run time": Case(
        "  Scenario: a\n    Given nothing\n    Then it is skipped\n    And what\n    And it fails\n",
        {"a": ["passed", "skipped", "skipped", "skipped"]},
        {"skipped": 1},
        True,
    ),
    "skipped by a fixture": Case(
        "  Scenario: a\n    Given nothing\n", {"a": ["before skipped", "skipped"]}, {"skipped": 1}, True, steps=SKIPPING
    ),
    "expected to fail, by tag": Case(
        "  @xfail\n  Scenario: a\n    Given nothing\n    Then it fails\n    And what\n    And it fails\n",
        {"a": ["passed", "pending", "undefined", "skipped"]},
        {"undefined": 1},
        False,
    ),
    "expected to fail, at run time": Case(
        "  Scenario: a\n    Given nothing\n    Then it is expected to fail\n    And it fails\n",
        {"a": ["passed", "pending", "skipped"]},
        {"pending": 1},
        False,
    ),
    "passing though expected to fail": Case(
        "  @xfail\n  Scenario: a\n    Given nothing\n", {"a": ["passed"]}, {"passed": 1}, True
    ),
    "passing though strictly expected to fail": Case(
        "  @xfail\n  Scenario: a\n    Given nothing\n",
        {"a": ["passed", "after failed"]},
        {"failed": 1},
        False,
        ("-o", "xfail_strict=true"),
    ),
    "a fixture fails before": Case(
        "  Scenario: a\n    Given nothing\n    And what\n",
        {"a": ["before failed", "skipped", "undefined"]},
        {"failed": 1},
        False,
        steps=BEFORE,
    ),
    "a fixture fails after": Case(
        "  Scenario: a\n    Given nothing\n", {"a": ["passed", "after failed"]}, {"failed": 1}, False, steps=AFTER
    ),
    "retries": Case(
        "  Scenario: a\n    Given nothing\n    Then it passes at last\n",
        {"a": ["passed", "failed"], "a, attempt 1": ["passed", "failed"], "a, attempt 2": ["passed", "passed"]},
        {"passed": 1},
        True,
        ("--reruns=5",),
        FLAKY,
    ),
    "retries that are used up": Case(
        "  Scenario: a\n    Then it fails\n",
        {"a": ["failed"], "a, attempt 1": ["failed"]},
        {"failed": 1},
        False,
        ("--reruns=1",),
    ),
    "rows of an outline": Case(
        "  Scenario Outline: <w> a\n    Given <w>\n    Examples:\n      | w |\n      | nothing |\n      | what |\n"
        "    @skip\n    Examples:\n      | w |\n      | nothing |\n",
        {"nothing a": ["passed"], "what a": ["undefined"], "nothing a, again": ["before skipped", "skipped"]},
        {"undefined": 1, "passed": 1, "skipped": 1},
        False,
    ),
    "rules with equal names": Case(
        "  Background:\n    Given nothing\n  Rule: x\n    Background:\n      Given nothing\n    Scenario: a\n"
        "      Then it fails\n  Rule: y\n    Scenario: a\n      Given nothing\n",
        {"a": ["passed", "passed", "failed"], "a, again": ["passed", "passed"]},
        {"failed": 1, "passed": 1},
        False,
    ),
    "no steps": Case("  Scenario: a\n", {"a": ["before undefined"]}, {"undefined": 1}, False),
    "And first": Case("  Scenario: a\n    And nothing\n", {"a": ["before failed", "undefined"]}, {"failed": 1}, False),
    "an outline without rows": Case(
        "  Scenario Outline: a <w>\n    Given <w>\n    Examples:\n      | w |\n",
        {"a <w>": ["before failed", "undefined"]},
        {"failed": 1},
        False,
    ),
    "stopped at the first failure": Case(
        ORDINARY,
        {"first": ["passed", "failed", "skipped"]},
        {"failed": 1, "not run": 1},
        False,
        ("-x",),
        not_run=("second",),
    ),
    "stopped after some failures": Case(
        ORDINARY,
        {"first": ["passed", "failed", "skipped"]},
        {"failed": 1, "not run": 1},
        False,
        ("--maxfail=1",),
        not_run=("second",),
    ),
    "deselected by name": Case(
        ORDINARY, {"second": ["passed"]}, {"passed": 1, "not run": 1}, True, ("-k", "second"), not_run=("first",)
    ),
    "all deselected": Case(ORDINARY, {}, {"not run": 2}, True, ("--asgi-tags=@none",), not_run=("first", "second")),
    "interrupted": Case(
        "  Scenario: a\n    Given nothing\n    When it is interrupted\n    Then what\n    And it fails\n"
        "  Scenario: b\n    Given nothing\n",
        {"a": ["passed", "failed", "undefined", "skipped"]},
        {"failed": 1, "not run": 1},
        False,
        steps=CTRL_C,
        not_run=("b",),
    ),
    "ended by pytest.exit": Case(
        "  Scenario: a\n    When it is interrupted\n", {"a": ["failed"]}, {"failed": 1}, False, steps=EXITS
    ),
    "two processes": Case(
        ORDINARY,
        {"first": ["passed", "failed", "skipped"], "second": ["passed"]},
        {"failed": 1, "passed": 1},
        False,
        ("-n2",),
    ),
    "two processes, all deselected": Case(
        ORDINARY, {}, {"not run": 2}, True, ("-n2", "--asgi-tags=@none"), not_run=("first", "second")
    ),
    "two processes, retries": Case(
        "  Scenario: a\n    Given nothing\n    Then it passes at last\n",
        {"a": ["passed", "failed"], "a, attempt 1": ["passed", "failed"], "a, attempt 2": ["passed", "passed"]},
        {"passed": 1},
        True,
        ("-n1", "--reruns=5"),
        FLAKY,
    ),
    "a worker dies in a step": Case(
        "  Scenario: a\n    Given nothing\n    When it dies\n    Then what\n    And it fails\n",
        {"a": ["passed", "failed", "undefined", "skipped"]},
        {"failed": 1},
        False,
        ("-n1",),
        DIES,
    ),
    "a worker is interrupted": Case(
        "  Scenario: a\n    Given nothing\n    When it is interrupted\n    Then what\n    And it fails\n"
        "  Scenario: b\n    Given nothing\n",
        {"a": ["passed", "failed", "undefined", "skipped"]},
        {"failed": 1, "not run": 1},
        False,
        ("-n1",),
        CTRL_C,
        not_run=("b",),
    ),
    "a worker stops at the first failure": Case(
        ORDINARY,
        {"first": ["passed", "failed", "skipped"]},
        {"failed": 1, "not run": 1},
        False,
        ("-n1", "-x"),
        not_run=("second",),
    ),
    "a worker dies, and another goes on": Case(
        "  Scenario: a\n    When it dies\n  Scenario: b\n    Given nothing\n",
        {"a": ["failed"], "b": ["passed"]},
        {"failed": 1, "passed": 1},
        False,
        ("-n1",),
        DIES,
    ),
    "a worker dies before the first step": Case(
        "  Scenario: a\n    Given nothing\n",
        {"a": ["before failed", "skipped"]},
        {"failed": 1},
        False,
        ("-n1",),
        DIES_BEFORE,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_statuses_are_those_of_the_run(project: Project, case: Case) -> None:
    """In the messages, in the summary, and on the page, as its reader finds them."""
    left = run(project, f"Feature: f\n{case.feature}", *case.arguments, steps=case.steps, page=True)

    assert left.statuses == case.statuses, left.output
    assert left.totals == case.totals
    assert left.success is case.success
    assert left.not_run == list(case.not_run)
    assert left.page.statuses == case.statuses
    assert left.page.totals == case.totals
    assert left.page.not_run == list(case.not_run)
    assert Counter(left.page.scenarios.values()) == case.totals
    assert left.page.is_bad is (not case.success and "pending" not in case.totals)


BINDING = "from pytest_bdd import scenarios\nscenarios('.')\n"


@pytest.mark.parametrize(
    "name",
    [
        "failing in the middle",
        "undefined first",
        "ambiguous",
        "rows of an outline",
        "no steps",
    ],
)
def test_bound_scenarios_are_told_alike(project: Project, name: str) -> None:
    """Those of `scenarios()`: the same statuses."""
    case = CASES[name]
    project.write({"test_bound.py": BINDING})

    left = run(project, f"Feature: f\n{case.feature}", "test_bound.py", steps=case.steps, page=True)

    assert left.statuses == left.page.statuses == case.statuses, left.output
    assert left.success is case.success


def test_what_pytest_bdd_drops_is_listed(project: Project) -> None:
    """It knows one scenario of a name: the other is specified, and was not run."""
    project.write({"test_bound.py": BINDING})

    left = run(project, f"Feature: f\n{CASES['rules with equal names'].feature}", "test_bound.py", page=True)

    assert left.statuses == left.page.statuses == {"a": ["passed", "passed"]}, left.output
    assert left.not_run == left.page.not_run == ["a"]
    assert left.totals == left.page.totals == {"passed": 1, "not run": 1}


def test_a_broken_feature_file_is_told(project: Project) -> None:
    """Its source and its error, beside what could run; the run is no success."""
    project.write({"b.feature": "Feature: b\n  Scenario: x\n    Given nothing\n  nonsense\n"})

    left = run(project, "Feature: f\n  Scenario: a\n    Given nothing\n", page=True)

    (error,) = left.of("parseError")
    assert error["source"] == {"uri": "b.feature", "location": {"line": 4, "column": 3}}
    assert [one["uri"] for one in left.of("source")] == ["a.feature", "b.feature"]
    assert left.statuses == {"a": ["passed"]}
    assert left.totals == {"failed": 1, "passed": 1}
    assert not left.success
    assert left.page.statuses == left.statuses
    assert left.page.verdict == "The one scenario passed; 1 feature file cannot be read."
    assert left.page.is_bad
    assert "b.feature" in left.page.trouble


def test_a_process_that_is_killed_leaves_what_it_had(project: Project) -> None:
    """Its messages have no end: what is made of them says that the run did not finish."""
    project.write({"shop.py": SHOP, "conftest.py": STEPS + DIES})
    project.write({"a.feature": "Feature: f\n  Scenario: a\n    Given nothing\n  Scenario: b\n    When it dies\n"})
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--asgi-messages=a.ndjson"]
    assert subprocess.run(command, cwd=project.root, capture_output=True, check=False).returncode == 3

    page, summary = project.root / "a.html", project.root / "a.md"
    assert main(["report", str(project.root / "a.ndjson"), "-o", str(page), "--summary", str(summary)]) == 0

    shown = Shown(page.read_text(encoding="utf-8"))
    assert shown.statuses == {"a": ["passed"]}
    assert shown.not_run == ["b"]
    assert shown.verdict == "1 passed; 1 is not run; the run did not finish."
    assert shown.is_bad
    assert "The run did not finish" in summary.read_text(encoding="utf-8")


def test_an_attempt_that_is_told_late_does_not_count() -> None:
    """What a worker died in is told at the end, though another worker has tried again since."""
    messages = Messages("1", "run", 0.0)
    messages.feature("a.feature", feature_messages("a.feature", "Feature: f\n  Scenario: a\n    Given b\n"))
    passed: Message = {"status": "PASSED", "start": 0.0, "seconds": 0.0}
    where: Any = {"uri": "a.feature", "line": 2, "row": None, "index": None, "nodeid": "a", "worker": "gw0"}
    record: Any = {**where, "definitions": [], "before": passed, "after": passed, "start": 2.0, "seconds": 0.0}
    step: Message = {**passed, "line": 3, "text": "Given b", "matches": []}
    tried: Any = {**record, "steps": [step]}
    died: Any = {**record, "steps": [{**step, "status": "FAILED"}], "start": 1.0}

    told = [*messages.scenario(tried), *messages.scenario(died)]

    assert [one["testCaseFinished"]["willBeRetried"] for one in told if "testCaseFinished" in one] == [False, True]
    assert messages.success


def test_the_code_for_an_undefined_step_is_shown_once(project: Project) -> None:
    """Whether or not the step was reached."""
    left = run(project, "Feature: f\n  Scenario: a\n    Given what\n    Then what else\n", page=True)

    assert left.html.count("raise NotImplementedError") == 2
    assert left.html.count("No sentence fits this Given step.") == 2  # in the list of failures, and at the step
    assert "put this into conftest.py" not in left.html


def test_reasons_are_told(project: Project) -> None:
    """Why something was skipped, is pending, was interrupted."""
    skipped = run(project, "Feature: f\n  Scenario: a\n    Then it is skipped\n")
    pending = run(project, "Feature: f\n  Scenario: a\n    Then it is expected to fail\n")
    died = run(project, "Feature: f\n  Scenario: a\n    When it dies\n", "-n1", steps=DIES)

    assert skipped.message("skipped") == "not today"
    assert pending.message("pending") == "some day"
    assert died.message("failed") == "The worker died in this step."
