"""(c) Collecting 10,000 scenarios of 8 steps in 100 files, against 10,000 plain tests in 100 files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import Project, compare, write_project

if TYPE_CHECKING:
    from pathlib import Path

FILES, EACH, STEPS = 100, 100, 8
KEYWORDS = ("Given", "And", "When", "Then", "And", "And", "Then", "And")


def rows(folder: Path, runs: int) -> list[str]:
    """The table."""
    tests = "\n\n".join(f"def test_{number}():\n    pass" for number in range(EACH))
    plain = write_project(folder / "plain", {f"test_{number}.py": tests for number in range(FILES)})
    features = write_project(folder / "features", {f"f{number}.feature": _feature() for number in range(FILES)})
    return compare(
        Project("10,000 plain tests", plain, ("--collect-only", "-p", "no:asgherkin")),
        [Project("10,000 scenarios", features, ("--collect-only",))],
        runs,
    )


def _feature() -> str:
    lines = ["Feature: Many scenarios"]
    for scenario in range(EACH):
        lines.append(f"  Scenario: number {scenario}")
        lines += [f"    {keyword} step {step} of scenario {scenario}" for step, keyword in enumerate(KEYWORDS)]
    return "\n".join(lines)
