"""The history of runs: which scenarios are newly failing, and which are flaky."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from asgherkin.report.verdicts import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from asgherkin.report.model import Report

NEWLY_FAILING, FLAKY = "newly failing", "flaky"
_VERDICTS = tuple(status for status in Status if status is Status.PASSED or status.is_problem)
_LOOKED_AT = 10
_CHANGES = 2


def read_history(path: Path) -> Iterator[Mapping[str, object]]:
    """The runs of a history file, the oldest first. Incomplete lines are skipped."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                run = json.loads(line)
            except ValueError:
                continue
            if isinstance(run, dict):
                yield run


def entry(report: Report) -> Mapping[str, object]:
    """A run's line in a history file."""
    statuses = {scenario.link: scenario.status for scenario in report.scenarios()}
    return {"started": report.started, "commit": report.commit, "scenarios": statuses}


def append(path: Path, report: Report) -> None:
    """Add a run to a history file, as one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry(report), ensure_ascii=False, separators=(",", ":")) + "\n")


def labels(report: Report, history: Iterable[Mapping[str, object]]) -> Mapping[str, tuple[str, ...]]:
    """The labels that earlier runs give to the scenarios of this one, by their links."""

    def is_before(at: object) -> bool:
        return report.started is None or (isinstance(at, int | float) and at < report.started)

    before = [run.get("scenarios") for run in history if is_before(run.get("started"))][-_LOOKED_AT:]
    runs = [statuses for statuses in before if isinstance(statuses, dict)]
    found = {
        scenario.link: tuple(_labels(scenario.status, [run.get(scenario.link) for run in runs]))
        for scenario in report.scenarios()
    }
    return {link: words for link, words in found.items() if words}


def _labels(status: Status, before: Iterable[object]) -> Iterator[str]:
    """The labels of a scenario; `before` are its statuses in earlier runs. Those that are no verdict do not count."""
    passed = [known == Status.PASSED for known in before if known in _VERDICTS]
    if status.is_problem and passed[-1:] == [True]:
        yield NEWLY_FAILING
    if status in _VERDICTS:
        passed.append(status is Status.PASSED)
    if sum(before != after for before, after in pairwise(passed)) >= _CHANGES:
        yield FLAKY
