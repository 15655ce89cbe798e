"""What a run's end says of undefined steps, and of files that pytest did not load though they were meant to be."""

from __future__ import annotations

import os
import re
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import UndefinedStep
from asgherkin.gherkin.definitions import index_of
from asgherkin.gherkin.mistakes import shown_path
from asgherkin.gherkin.run import progress_key
from asgherkin.gherkin.suggestions import corrections, indented, stubs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from pytest import TerminalReporter  # noqa: PT013 - a name for a type only

# On the report, as plain tuples, so that pytest-xdist brings it from its workers.
_ATTRIBUTE = "asgherkin_undefined"
_NOT_LOOKED_INTO = {"node_modules", "venv", "site-packages", "build", "dist"}
_STEP = re.compile(r"^@(?:given|when|then|step)\(", re.MULTILINE)
_MOST_FILES = 5_000
_MOST_SHOWN = 5


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
                (
                    match.kind,
                    redact(match.step.name),
                    f"{path}:{match.step.line_number}",
                    bool(corrections(match.kind, match.step.name, index_of(item))),
                )
                for match in progress.steps
                if isinstance(match.definition, UndefinedStep)
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
        missing = [step for step in self._places if step not in self._mixed_up]
        if not missing:
            return
        for line in unloaded(config):
            terminalreporter.line(line)
        terminalreporter.line("\nTo write them yourself, put this into conftest.py:\n")
        for line in indented(stubs(missing)).splitlines():
            terminalreporter.line(line)


# Files that were not loaded


def unloaded(config: pytest.Config) -> list[str]:
    """What to say of Python files with step definitions that nothing has imported; nothing where there are none."""
    if config.getoption("tx", None):
        return []  # pytest-xdist's workers have loaded them, and not this process
    by_itself = ("conftest.py", *config.getini("python_files"))
    loaded = {os.path.realpath(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
    found = [
        path
        for path in _files(config.rootpath, ".py")
        if not any(fnmatch(path.name, pattern) for pattern in by_itself)
        and os.path.realpath(path) not in loaded
        and _STEP.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    if not found:
        return []
    names = [shown_path(path, config.rootpath) for path in found[:_MOST_SHOWN]]
    modules = ", ".join(f'"{name.removesuffix(".py").replace("/", ".")}"' for name in names)
    return [
        "",
        f"Not loaded, and with step definitions: {', '.join(names)}",
        "pytest loads conftest.py and test modules by itself. In the conftest.py of the project's root, write:",
        "",
        f"    pytest_plugins = [{modules}]",
    ]


def _files(root: Path, suffix: str) -> Iterator[Path]:
    seen = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted({name for name in folders if not name.startswith((".", "__"))} - _NOT_LOOKED_INTO)
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                return
            if name.endswith(suffix):
                yield Path(folder, name)


def tell_of_features(terminal: TerminalReporter, config: pytest.Config) -> None:
    """Where a run found nothing to run: the features that it did not look at, and files that are nearly features."""
    if terminal.stats:
        return  # something was found, and deselected or broken
    features = [shown_path(path, config.rootpath) for path in _files(config.rootpath, ".feature")]
    if features:
        terminal.line(f"\nNot looked at: {', '.join(features[:_MOST_SHOWN])}")
        folders = dict.fromkeys(name.rpartition("/")[0] or "." for name in features[:_MOST_SHOWN])
        terminal.line(f"Name their folder: pytest {' '.join(folders)}, or add it to testpaths in pyproject.toml.")
        return
    nearly = [path for suffix in (".features", ".feature.txt", ".gherkin") for path in _files(config.rootpath, suffix)]
    if nearly:
        names = ", ".join(shown_path(path, config.rootpath) for path in nearly[:_MOST_SHOWN])
        terminal.line(f"\nNo feature: {names}")
        terminal.line("The name of a feature file ends in .feature: rename it.")
