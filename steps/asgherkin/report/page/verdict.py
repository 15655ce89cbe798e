"""A run in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.evidence.page_parts import counted, number
from asgherkin.report.page.statuses import (
    AMBIGUOUS,
    FAILED,
    NOT_RUN,
    PASSED,
    PENDING,
    PROBLEMS,
    SKIPPED,
    UNDEFINED,
    UNSEEN,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asgherkin.report.page.records import Report, Scenario

_BAD = ((FAILED, "failed"), (UNDEFINED, "{} undefined"), (AMBIGUOUS, "{} ambiguous"))
_OPEN = (
    (PENDING, "{} pending"),
    (SKIPPED, "{} skipped"),
    (UNSEEN, "{} not observable here"),
    (NOT_RUN, "{} not run"),
)
_LOST = (*_OPEN[:-1], (NOT_RUN, "{} without a result"))


def verdict(report: Report) -> str:
    """What became of the run, the worst first."""
    total = sum(report.counts.values())
    told = list(_told(report, _BAD))
    if told:
        first = f"{told[0].split(' ')[0]} of {counted(total, 'scenario')} {told[0].partition(' ')[2]}"
        sentence = ", ".join([first, *told[1:]])
    else:
        sentence = _without_problems(report, total)
    broken = sum(1 for feature in report.features if feature.error)
    if broken:
        sentence += f"; {counted(broken, 'feature file')} cannot be read"
    earlier = sum(1 for one in report.scenarios() if _got_better(one))
    if earlier:
        sentence += f"; {number(earlier)} did not pass in an earlier run"
    if not report.finished:
        sentence += "; the run did not finish"
    elif not earlier and is_bad(report) and not told and not broken:
        sentence += "; the run as a whole was not successful"
    return f"{sentence}."


def _without_problems(report: Report, total: int) -> str:
    passed = report.counts.get(PASSED, 0)
    left = ", ".join(_told(report, _OPEN if report.finished else _LOST))
    if not passed:
        return f"No scenario has passed: {left}" if left else "No scenario was run"
    if not left:
        return f"All {counted(total, 'scenario')} passed" if total > 1 else "The one scenario passed"
    return (
        f"All {counted(passed, 'scenario')} that ran to the end passed; {left}" if passed > 1 else f"1 passed; {left}"
    )


def _told(report: Report, statuses: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for status, words in statuses:
        amount = report.counts.get(status, 0)
        if amount:
            yield f"{number(amount)} {words.format('is' if amount == 1 else 'are')}"


def is_bad(report: Report) -> bool:
    """Whether somebody has to do something. A run that is pending is not successful by the standard, nor is it bad."""
    if any(report.counts.get(one) for one in PROBLEMS) or any(feature.error for feature in report.features):
        return True
    better = any(_got_better(one) for one in report.scenarios())
    excused = bool(report.counts.get(PENDING)) and report.finished and not better
    return bool(report.trouble) or not (report.success or excused)


def _got_better(scenario: Scenario) -> bool:
    return scenario.worse is not None and scenario.status not in PROBLEMS


def mood(report: Report) -> str:
    """Bad, good, or neither: where nothing has passed, or something is still to be done."""
    if is_bad(report):
        return "bad"
    return "good" if report.counts.get(PASSED) and not report.counts.get(PENDING) else "open"
