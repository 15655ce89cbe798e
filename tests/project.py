"""A project in a dictionary, run by pytest in this process, and what came of it."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import io
import os
import re
import subprocess
import sys
import textwrap
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from _pytest.unraisableexception import gc_collect_iterations_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import Distribution

ROOT = Path(__file__).parent.parent
# What Litestar brings along for its own tests takes a fifth of the time that pytest needs to begin.
FEWER_PLUGINS = {"PYTEST_ADDOPTS": "-p no:faker"}
CLIENTS = ("async", "test")

SETTINGS = """
[tool.pytest.ini_options]
asgi_app = "shop:app"
asgi_timeout = "2"
filterwarnings = ["error"]
asyncio_default_fixture_loop_scope = "function"
"""


@dataclass(frozen=True)
class Outcome:
    """What came of a run: how many passed and so on, each failure's text by the item's name, the terminal's text."""

    counts: dict[str, int]
    failures: dict[str, str]
    output: str
    names: list[str]
    exit_code: int

    @property
    def failure(self) -> str:
        """The text of the only failure."""
        assert len(self.failures) == 1, self.output
        return next(iter(self.failures.values()))

    @property
    def headline(self) -> str:
        """What the only failure says first: what differed."""
        return self.failure.partition("\n\n")[0]


class Project:
    """A folder with files, and pytest in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write({"pyproject.toml": SETTINGS})

    def write(self, files: dict[str, str]) -> None:
        """Write files, by their paths from the project's root."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run_steps(self, steps: str, client: str, *arguments: str) -> Outcome:
        """Run one scenario, called It, of these steps."""
        scenario = textwrap.indent(textwrap.dedent(steps).strip("\n"), "    ")
        self.write({"features/it.feature": f"Feature: It\n\n  Scenario: It\n{scenario}\n"})
        return self.run("--asgi-client", client, *arguments)

    def run(self, *arguments: str) -> Outcome:
        """Run pytest in this process."""
        reports = _Reports()
        out, err = _text_file(), _text_file()
        with project_forgotten(), redirect_stdout(out), redirect_stderr(err):
            code = _exit_code(["-p", "no:cacheprovider", *arguments], reports)
        output = _written_to(out)
        return Outcome(
            counts=_counts(output) if reports.started else {},
            failures={one.nodeid.split("::")[-1]: without_times(one.longreprtext) for one in reports.all if one.failed},
            output=output + _written_to(err),
            names=[one.nodeid for one in reports.all if one.when == "call"],
            exit_code=int(code),
        )

    def run_in_a_process(
        self, *arguments: str, encoding: str = "utf-8", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run pytest as a user does, for what a run in this process does not show."""
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
        # A test may be run by a worker of pytest-xdist itself.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
        return subprocess.run(
            command,
            cwd=self.root,
            env=kept | FEWER_PLUGINS | environment,
            capture_output=True,
            encoding=encoding,
            check=False,
        )


class _Reports:
    """A plugin that keeps a run's reports."""

    def __init__(self) -> None:
        self.all: list[pytest.TestReport] = []
        self.started = False

    def pytest_configure(self, config: pytest.Config) -> None:
        self.started = True
        config.stash[gc_collect_iterations_key] = 0  # five passes at the end of each run, for nothing

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.all.append(report)


def _exit_code(arguments: list[str], reports: _Reports) -> int:
    try:
        return pytest.main(arguments, plugins=[reports])
    except SystemExit as end:
        return int(end.code or 0)


def _text_file() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)


def _written_to(file: io.TextIOWrapper) -> str:
    file.seek(0)
    return file.read()


@contextmanager
def project_forgotten() -> Iterator[None]:
    """Forget the project's modules and changes of import paths; keep what the run has imported besides.

    pytester forgets all of it, so that each run would import the toolkit, SQLAlchemy and Jinja2 anew.
    """
    importlib.invalidate_caches()
    known, paths, finders = set(sys.modules), list(sys.path), list(sys.meta_path)
    with mock.patch("importlib.metadata.distributions", _distributions):
        try:
            yield
        finally:
            sys.path[:], sys.meta_path[:] = paths, finders
            for name in set(sys.modules) - known:
                if not _is_shared(sys.modules[name]):
                    del sys.modules[name]


def _is_shared(module: object) -> bool:
    """Whether a module belongs to Python, a package, the toolkit or its tests, and not to the project of a test."""
    places = [getattr(module, "__file__", None) or "", *getattr(module, "__path__", ())]
    shared = (sys.prefix, sys.base_prefix, str(ROOT))
    return not any(places) or any(place.startswith(shared) for place in places)


@functools.cache
def _installed() -> list[_Installed]:
    return [_Installed(one) for one in importlib.metadata.Distribution.discover()]


def _distributions(**context: object) -> list[_Installed]:
    return _installed()


class _Installed:
    """A distribution whose files are read once: pytest and pluggy read those of all that is installed in each run."""

    def __init__(self, distribution: Distribution) -> None:
        self._distribution = distribution

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._distribution, name)
        if name in ("entry_points", "files", "metadata", "version"):
            setattr(self, name, value)
        return value


def _counts(output: str) -> dict[str, int]:
    try:
        return pytest.RunResult.parse_summary_nouns(output.splitlines())
    except ValueError:  # a run that ran nothing, such as --markers
        return {}


def without_times(text: str) -> str:
    """A text with its measured milliseconds replaced by N."""
    return re.sub(r"\d+ ms\b", "N ms", text)
