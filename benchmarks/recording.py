"""(e) What recording costs: 300 scenarios of two requests with the messages of the run, and without.

The whole process is timed: it reads the feature files for the messages too, and writes them. First the reference app,
which starts for each scenario and keeps its orders in SQLite; then, as the worst case, an app that does nothing; then
that app with a secret in each scenario, which is looked for in all that is recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import Project, compare, write_project
from benchmarks.reference import APP as REFERENCE
from benchmarks.reference import TWO_REQUESTS, write_features
from benchmarks.requests import APP, COUNT, SCENARIO

if TYPE_CHECKING:
    from pathlib import Path

BACKGROUND = """
  Background:
    Given the request header "Authorization" is "Bearer 8f2c1d7e5b0a4c3996d1e7f0a2b4c6d8"
"""


NOTHING = ("--asgi-app", "shop:app")


def rows(folder: Path, runs: int) -> list[str]:
    """The tables: each is compared with the same without messages."""
    reference = write_features(folder / "reference", TWO_REQUESTS, COUNT)
    plain = _features(folder / "plain", "")
    secret = _features(folder / "secret", BACKGROUND)
    return [
        *_compared("the reference app", reference, REFERENCE, runs),
        "",
        *_compared("an app that does nothing", plain, NOTHING, runs),
        "",
        *_compared("an app that does nothing, a secret", secret, NOTHING, runs),
    ]


def _features(folder: Path, background: str) -> Path:
    scenarios = "".join(SCENARIO.format(number=number) for number in range(COUNT))
    return write_project(folder, {"shop.py": APP, "orders.feature": f"Feature: Orders\n{background}{scenarios}"})


def _compared(name: str, features: Path, app: tuple[str, ...], runs: int) -> list[str]:
    recorded = Project(f"{name}, --asgi-messages", features, (*app, "--asgi-messages", "run.ndjson"))
    return compare(Project(name, features, app), [recorded], runs)
