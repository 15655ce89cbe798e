"""Truth before looks: runs of all kinds, each with the exact statuses in messages, page and summary.

Nothing that failed reads as passed, and nothing that is specified vanishes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from asgherkin.report.messages import Messages
from asgherkin.report.pickles import feature_messages
from tests.report.cases import CASES
from tests.report.runs import envelopes, record, run

if TYPE_CHECKING:
    from tests.project import Project
    from tests.report.cases import Case


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
    status, reason = case.reason
    assert not status or left.message(status) == reason


BINDING = "from pytest_bdd import scenarios\nscenarios('.')\n"


@pytest.mark.parametrize(
    "name",
    [
        "failing in the middle", "undefined first", "undefined in the middle", "ambiguous", "skipped by tag",
        "skipped at run time", "expected to fail, by tag", "expected to fail, at run time",
        "passing though expected to fail", "passing though strictly expected to fail", "a fixture fails before",
        "a fixture fails after", "retries", "retries that are used up", "rows of an outline", "no steps",
        "stopped at the first failure", "deselected by name", "interrupted", "a worker dies in a step",
    ],
)  # fmt: skip
def test_bound_scenarios_are_told_alike(project: Project, name: str) -> None:
    """Those of `scenarios()`: the same statuses."""
    case = CASES[name]
    project.write({"test_bound.py": BINDING})

    left = run(project, f"Feature: f\n{case.feature}", "test_bound.py", *case.arguments, steps=case.steps, page=True)

    assert left.statuses == left.page.statuses == case.statuses, left.output
    assert left.totals == left.page.totals == case.totals
    assert left.not_run == left.page.not_run == list(case.not_run)
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


def test_what_cannot_be_seen_is_a_kind_of_its_own(project: Project) -> None:
    """Skipped by the standard; on the page and in the summary with its own word, number and reason."""
    steps = """
@then("the shelf is full")
def is_full(): pytest.skip("not observable here: the database is behind https://staging.example")
"""
    feature = (
        "  Scenario: a\n    Given nothing\n    Then the shelf is full\n    And it fails\n"
        "  Scenario: b\n    Then the shelf is full\n"
        "  Scenario: c\n    Then it is skipped\n  Scenario: d\n    Given nothing\n"
    )

    left = run(project, f"Feature: f\n{feature}", steps=steps, page=True)

    unseen = "not observable here"
    assert left.statuses["a"] == ["passed", "skipped", "skipped"]
    assert left.message("skipped") == "not observable here: the database is behind https://staging.example"
    assert left.success
    assert left.totals == left.page.totals == {"passed": 1, "skipped": 1, unseen: 2}
    assert left.page.scenarios == {"a": unseen, "b": unseen, "c": "skipped", "d": "passed"}
    assert left.page.statuses["a"] == ["passed", unseen, "skipped"]
    assert left.page.verdict == "1 passed; 1 is skipped, 2 are not observable here."
    assert not left.page.is_bad
    assert 'class="tile unseen"' in left.html
    assert left.html.count("the database is behind https://staging.example</p>") == 4  # at the top, and at the steps
    assert left.summary.endswith(
        "\n### not observable here\n\n- the database is behind https\\://staging\\.example: 2\n"
    )


def test_an_attempt_that_is_told_late_does_not_count() -> None:
    """What a worker died in is told at the end, though another worker has tried again since."""
    messages = Messages("1", "run", 0.0)
    messages.feature("a.feature", feature_messages("a.feature", "Feature: f\n  Scenario: a\n    Given b\n"))
    step = {"line": 3, "text": "Given b", "matches": [], "status": "passed", "start": 0.0, "seconds": 0.0}
    tried = record(start=2.0, steps=[step])
    died = record(start=1.0, steps=[{**step, "status": "failed"}])

    told = envelopes([*messages.scenario(tried), *messages.scenario(died)])

    assert [one["testCaseFinished"]["willBeRetried"] for one in told if "testCaseFinished" in one] == [False, True]
    assert messages.success


def test_the_code_for_an_undefined_step_is_shown_once(project: Project) -> None:
    """Whether or not the step was reached."""
    left = run(project, "Feature: f\n  Scenario: a\n    Given what\n    Then what else\n", page=True)

    assert left.html.count("raise NotImplementedError") == 2
    assert left.html.count("No sentence fits this Given step.") == 2  # in the list of failures, and at the step
    assert "put this into conftest.py" not in left.html
