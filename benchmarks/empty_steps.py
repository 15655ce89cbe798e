"""(a) 300 scenarios of 8 empty steps, with 150 and with 1,000 definitions, against 300 empty plain tests.

Half of the definitions are plain texts, half have a slot; the scenarios are the same in both projects, and use 48.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import Project, compare, write_project

if TYPE_CHECKING:
    from pathlib import Path

SCENARIOS, STEPS, USED = 300, 8, 48
KINDS = ("given", "when", "then")


def rows(folder: Path, runs: int) -> list[str]:
    """The table."""
    plain = write_project(folder / "plain", {"test_plain.py": _plain(SCENARIOS)})
    few, many = (_scenarios(folder / str(count), count) for count in (150, 1000))
    return compare(
        Project("300 empty plain tests", plain, ("-p", "no:asgherkin")),
        [Project("300 scenarios, 150 definitions", few), Project("300 scenarios, 1,000 definitions", many)],
        runs,
    )


def _plain(count: int) -> str:
    return "\n\n".join(f"def test_{number}():\n    pass" for number in range(count))


def _scenarios(folder: Path, definitions: int) -> Path:
    return write_project(folder, {"conftest.py": _definitions(definitions), "empty.feature": _feature()})


def _definitions(count: int) -> str:
    lines = ["from pytest_bdd import given, parsers, then, when\n"]
    for number in range(count):
        kind = KINDS[number % 3]
        if number % 2:
            lines.append(f'@{kind}(parsers.parse("{kind} number {number} of {{n:d}} things"))\ndef _(n):\n    pass\n')
        else:
            lines.append(f'@{kind}("{kind} number {number}")\ndef _():\n    pass\n')
    return "\n".join(lines)


def _feature() -> str:
    lines = ["Feature: Empty steps"]
    for scenario in range(SCENARIOS):
        lines.append(f"  Scenario: number {scenario}")
        for step in range(STEPS):
            number = (scenario * STEPS + step) % USED
            kind = KINDS[number % 3]
            slot = f" of {scenario % 10} things" if number % 2 else ""
            lines.append(f"    {kind.capitalize()} {kind} number {number}{slot}")
    return "\n".join(lines)
