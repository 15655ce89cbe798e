"""(e) What recording costs: 300 scenarios of two requests with the messages of the run, and without.

The whole process is timed: it reads the feature file for the messages too, and writes them. In the second table each
scenario has a secret, which is looked for in all that is recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import Project, compare, write_project
from benchmarks.requests import APP, COUNT, SCENARIO

if TYPE_CHECKING:
    from pathlib import Path

BACKGROUND = """
  Background:
    Given the request header "Authorization" is "Bearer 8f2c1d7e5b0a4c3996d1e7f0a2b4c6d8"
"""


def rows(folder: Path, runs: int) -> list[str]:
    """The table: two of them, for each is compared with the same without messages."""
    plain = _features(folder / "plain", "")
    secret = _features(folder / "secret", BACKGROUND)
    return [*_compared("two requests", plain, runs), "", *_compared("two requests, a secret", secret, runs)]


def _features(folder: Path, background: str) -> Path:
    scenarios = "".join(SCENARIO.format(number=number) for number in range(COUNT))
    return write_project(folder, {"shop.py": APP, "orders.feature": f"Feature: Orders\n{background}{scenarios}"})


def _compared(name: str, features: Path, runs: int) -> list[str]:
    app = ("--asgi-app", "shop:app")
    recorded = Project(f"{name}, --asgi-messages", features, (*app, "--asgi-messages", "run.ndjson"))
    return compare(Project(name, features, app), [recorded], runs)
