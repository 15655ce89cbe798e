"""What earlier runs said: which scenarios fail that did not, and which change their mind."""

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
    """The runs of a history file, the oldest first. A line that was not written to its end is passed over."""
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
    """Adds a run to a history file, as one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry(report), ensure_ascii=False, separators=(",", ":")) + "\n")


def labels(report: Report, history: Iterable[Mapping[str, object]]) -> Mapping[str, tuple[str, ...]]:
    """What the runs before this one say of its scenarios, by their links."""
    before = [_statuses(run) for run in history if _is_before(run, report.started)][-_LOOKED_AT:]
    found = {
        scenario.link: tuple(_labels(scenario.status, _known(before, scenario.link))) for scenario in report.scenarios()
    }
    return {link: words for link, words in found.items() if words}


def _is_before(run: Mapping[str, object], started: float | None) -> bool:
    at = run.get("started")
    return started is None or (isinstance(at, int | float) and at < started)


def _statuses(run: Mapping[str, object]) -> Mapping[object, object]:
    statuses = run.get("scenarios")
    return statuses if isinstance(statuses, dict) else {}


def _known(runs: Iterable[Mapping[object, object]], link: str) -> list[object]:
    """Whether it passed, in the runs that came to a verdict."""
    return [run[link] for run in runs if run.get(link) in _VERDICTS]


def _labels(status: Status, before: list[object]) -> Iterator[str]:
    if status.is_problem and before and before[-1] == Status.PASSED:
        yield NEWLY_FAILING
    verdicts = [known == Status.PASSED for known in (*before, status) if known in _VERDICTS]
    if sum(before != after for before, after in pairwise(verdicts)) >= _CHANGES:
        yield FLAKY
