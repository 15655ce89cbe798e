"""What earlier runs say of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.report.history import append, entry, labels, read_history
from asgherkin.report.page.page_html import write_page
from asgherkin.report.reading import read_report
from tests.report.page.streams import Outcome, Stream

if TYPE_CHECKING:
    from pathlib import Path


def run(status: str, start: int = 100) -> Stream:
    """A run of one scenario."""
    stream = Stream(start).started()
    (pickle,) = stream.feature("f.feature", "Feature: F\n  Scenario: one\n    Given a\n")
    stream.run(pickle, Outcome(status.upper()))
    return stream.finished()


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ([], "failed", ()),
        (["passed"], "failed", ("newly failing",)),
        (["failed"], "failed", ()),
        (["passed", "skipped"], "failed", ("newly failing",)),
        (["passed", "failed", "passed"], "failed", ("newly failing", "flaky")),
        (["failed", "passed"], "failed", ("newly failing", "flaky")),
        (["passed", "failed"], "passed", ("flaky",)),
        (["passed", "failed"], "skipped", ()),
        (["passed", "failed", *["passed"] * 10], "passed", ()),
    ],
)
def test_a_scenario_is_compared_with_the_runs_before(before: list[str], now: str, words: tuple[str, ...]) -> None:
    """Newly failing: it passed when it last came to a verdict. Flaky: it changed its mind twice in ten runs."""
    history = [entry(read_report(run(status, at))) for at, status in enumerate(before)]
    report = read_report(run(now))

    found = labels(report, history)

    assert found.get(next(report.scenarios()).link, ()) == words


def test_a_run_is_not_compared_with_itself_or_later_ones(tmp_path: Path) -> None:
    """So that the same page comes out, whether or not the run is in the file already."""
    history = tmp_path / "history.ndjson"
    report = read_report(run("failed"))
    for status, at in (("passed", 50), ("failed", 100), ("failed", 150)):
        append(history, read_report(run(status, at)))

    assert list(labels(report, read_history(history)).values()) == [("newly failing",)]


def test_lines_that_are_no_runs_are_passed_over(tmp_path: Path) -> None:
    """A line may be cut where a machine died; anything else is not ours."""
    history = tmp_path / "history.ndjson"
    history.write_text('[]\n{"started": 1}\n{"scenarios": {}}\n{"started": 1, "sce', encoding="utf-8")

    runs = list(read_history(history))

    assert runs == [{"started": 1}, {"scenarios": {}}]
    assert labels(read_report(run("failed")), runs) == {}


def test_a_run_without_a_start_is_compared_with_all() -> None:
    """It cannot be told which were before."""
    report = read_report([one for one in run("failed") if "testRunStarted" not in one])

    assert list(labels(report, [entry(read_report(run("passed")))]).values()) == [("newly failing",)]


def test_the_page_tells_what_is_new(tmp_path: Path) -> None:
    """Beside the name, in the list of failures and below."""
    write_page(read_report(run("failed")), tmp_path / "page.html", history=[entry(read_report(run("passed", 5)))])

    assert (tmp_path / "page.html").read_text(encoding="utf-8").count(">newly failing</span>") == 2
