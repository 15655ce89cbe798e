"""All undefined steps of a run, listed in one pass, with one block of code to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import UndefinedStep
from asgherkin.gherkin.definitions import definitions_key
from asgherkin.gherkin.run import progress_key
from asgherkin.gherkin.suggestions import corrections, indented, stubs
from asgherkin.gherkin.unloaded import unloaded

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest import TerminalReporter  # noqa: PT013 - a name for a type only

    from asgherkin.gherkin.calling import StepMatch

# On the report, as plain lists, so that pytest-xdist brings it from its workers.
_ATTRIBUTE = "asgherkin_undefined"


class UndefinedSteps:
    """A plugin of its own for each run: notes undefined steps, and lists them at the end."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], list[str]] = {}
        self._mixed_up: set[tuple[str, str]] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put a scenario's undefined steps on its report, those it did not reach too."""
        report = yield
        progress = item.stash.get(progress_key, None)
        if report.when == "call" and progress is not None:
            path, redact = progress.path(item.config.rootpath), progress.conduct.redact
            undefined = [
                [one.kind, redact(one.step.name), f"{path}:{one.step.line_number}", _is_mixed_up(one, item)]
                for one in progress.steps
                if isinstance(one.definition, UndefinedStep)
            ]
            if undefined:
                setattr(report, _ATTRIBUTE, undefined)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the undefined steps of a report."""
        for kind, text, place, is_mixed_up in getattr(report, _ATTRIBUTE, ()):
            if is_mixed_up:
                self._mixed_up.add((kind, text))
            places = self._places.setdefault((kind, text), [])
            if place not in places:
                places.append(place)

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter, config: pytest.Config) -> None:
        """List them all."""
        if not self._places:
            return
        terminalreporter.section("undefined steps")
        for (kind, text), places in self._places.items():
            terminalreporter.line(f"{kind.capitalize()} {text}")
            terminalreporter.line(f"  {', '.join(places)}")
        missing = [one for one in self._places if one not in self._mixed_up]
        if not missing:
            return
        for line in unloaded(config):
            terminalreporter.line(line)
        terminalreporter.line("\nTo write them yourself, put this into conftest.py:\n")
        for line in indented(stubs(missing)).splitlines():
            terminalreporter.line(line)


def _is_mixed_up(one: StepMatch, item: pytest.Item) -> bool:
    """Whether the text is a sentence but for its keyword, its quotes or the like."""
    return bool(corrections(one.kind, one.step.name, item.config.stash[definitions_key].seen_by(item)))
