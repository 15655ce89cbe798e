"""All undefined steps of a run, listed in one pass, with one block of code to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import UndefinedStep
from asgherkin.gherkin.run import progress_key
from asgherkin.gherkin.suggestions import stub

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest import TerminalReporter  # noqa: PT013 - a name for a type only

# On the report, as plain lists, so that pytest-xdist brings it from its workers.
_ATTRIBUTE = "asgherkin_undefined"


class UndefinedSteps:
    """A plugin of its own for each run: notes undefined steps, and lists them at the end."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], list[str]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put a scenario's undefined steps on its report, those it did not reach too."""
        report = yield
        progress = item.stash.get(progress_key, None)
        if report.when == "call" and progress is not None:
            path, redact = progress.path(item.config.rootpath), progress.conduct.redact
            undefined = [
                [one.kind, redact(one.step.name), f"{path}:{one.step.line_number}"]
                for one in progress.steps
                if isinstance(one.definition, UndefinedStep)
            ]
            if undefined:
                setattr(report, _ATTRIBUTE, undefined)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the undefined steps of a report."""
        for kind, text, place in getattr(report, _ATTRIBUTE, ()):
            places = self._places.setdefault((kind, text), [])
            if place not in places:
                places.append(place)

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """List them all."""
        if not self._places:
            return
        terminalreporter.section("undefined steps")
        for (kind, text), places in self._places.items():
            terminalreporter.line(f"{kind.capitalize()} {text}")
            terminalreporter.line(f"  {', '.join(places)}")
        terminalreporter.line("\nTo write them yourself, put this into conftest.py:\n")
        for line in self.stubs().splitlines():
            terminalreporter.line(f"    {line}" if line else "")

    def stubs(self) -> str:
        """One block of code with a definition for each undefined step."""
        imports: set[str] = set()
        names: set[str] = set()
        bodies: list[str] = []
        for kind, text in self._places:
            head, body = stub(kind, text, names).split("\n\n\n", 1)
            imports.update(head.splitlines())
            bodies.append(body)
        kinds = sorted(line.rsplit(" ", 1)[1] for line in imports if line.startswith("from asgherkin"))
        parsers = sorted(one for one in imports if "pytest_bdd" in one)
        heads = [f"from asgherkin import {', '.join(kinds)}", *parsers]
        return "\n\n\n".join(["\n".join(heads), *bodies])
