"""What the page takes of a run: 1,000 scenarios of two requests with `--asgi-report`, and without.

Seconds are of the processor, medians of the runs. The page alone is made in a process of its own from the messages
of the run; its share is of the run without it. First an app that does nothing but answer, then the reference app.
"""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING

from benchmarks.pairing import Project, timed, write_project
from benchmarks.reference import APP as REFERENCE
from benchmarks.reference import TWO_REQUESTS, write_features
from benchmarks.report_page import make
from benchmarks.scale import APP, features_of

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 1_000
_NOTHING = ("--asgi-app", "shop:app")


def rows(folder: Path, runs: int) -> list[str]:
    """The table, a line an app."""
    nothing = write_project(folder / "nothing", {"shop.py": APP, **features_of(COUNT)})
    reference = write_features(folder / "reference", TWO_REQUESTS, COUNT)
    return [
        "| 1,000 scenarios | evidence a scenario | without | with the page | the page alone | share |",
        "|---|---|---|---|---|---|",
        _row("an app that does nothing", nothing, _NOTHING, runs),
        _row("the reference app", reference, REFERENCE, runs),
    ]


def _row(name: str, features: Path, app: tuple[str, ...], runs: int) -> str:
    messages, page = features / "run.ndjson", features / "report.html"
    timed(Project(name, features, (*app, "--asgi-messages", messages.name)))  # not counted: writes the compiled files
    make(messages, page)
    without, shown, alone = zip(*(_round(name, features, app, messages) for _ in range(runs)), strict=True)
    share = statistics.median(part / whole for part, whole in zip(alone, without, strict=True))
    seconds = [f"{statistics.median(some):.2f} s" for some in (without, shown, alone)]
    return f"| {' | '.join([name, f'{_evidence(messages):.1f} KB', *seconds, f'{share:.0%}'])} |"


def _round(name: str, features: Path, app: tuple[str, ...], messages: Path) -> tuple[float, float, float]:
    """The run without a page, the run with one, and the page alone, one after the other."""
    page = features / "report.html"
    without = timed(Project(name, features, app)).cpu
    shown = timed(Project(name, features, (*app, "--asgi-report", page.name))).cpu
    return without, shown, make(messages, page)[0]


def _evidence(messages: Path) -> float:
    """How much a scenario has in its attachments, in KB."""
    with messages.open(encoding="utf-8") as file:
        found = (json.loads(line).get("attachment") for line in file if line.startswith('{"attachment":'))
        return sum(len(one["body"].encode()) for one in found) / COUNT / 1000
