"""(h) Looking up the 80,000 steps of 10,000 scenarios (--asgi-dry-run), against collecting the scenarios alone.

In the first project 800 steps differ, as where sentences are used again and again; in the second each step has a
text of its own. All have a definition of the project's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import Project, compare, write_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES, EACH, STEPS = 100, 100, 8
KEYWORDS = ("Given", "And", "When", "Then", "And", "And", "Then", "And")
DEFINITIONS = """
from asgherkin import step
from pytest_bdd import parsers


@step(parsers.parse("step {step:d} of scenario {scenario:d} of file {file:d}"))
def _(step, scenario, file):
    raise NotImplementedError
"""


def rows(folder: Path, runs: int) -> list[str]:
    """A table for each project."""
    again = write_project(folder / "again", {"conftest.py": DEFINITIONS, **_features(lambda _file: 0)})
    own = write_project(folder / "own", {"conftest.py": DEFINITIONS, **_features(lambda file: file)})
    return [
        row for name, project in (("used again", again), ("each its own", own)) for row in _rows(name, project, runs)
    ]


def _rows(name: str, folder: Path, runs: int) -> list[str]:
    collected = Project(f"collected, sentences {name}", folder, ("--collect-only",))
    return [*compare(collected, [Project("--asgi-dry-run", folder, ("--asgi-dry-run",))], runs), ""]


def _features(number: Callable[[int], int]) -> dict[str, str]:
    return {f"f{file}.feature": _feature(number(file)) for file in range(FILES)}


def _feature(file: int) -> str:
    lines = ["Feature: Many scenarios"]
    for scenario in range(EACH):
        lines.append(f"  Scenario: number {scenario}")
        steps = enumerate(KEYWORDS)
        lines += [f"    {keyword} step {step} of scenario {scenario} of file {file}" for step, keyword in steps]
    return "\n".join(lines)
