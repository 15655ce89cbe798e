"""Fixtures for all tests of the toolkit."""

from __future__ import annotations

import gc
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.project import CLIENTS, FEWER_PLUGINS, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

# A shell that starts the tests in the background has them ignore Ctrl-C, and all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what is there before the first test: some tests have it look through all there is."""
    gc.collect()
    gc.freeze()


TESTS = Path(__file__).parent
# Whole modules whose tests start programs; of others, a test shows it by what it names.
PROGRAMS = frozenset(
    f"{name}.py"
    for name in (
        *("test_examples", "test_features", "test_pages", "test_parallel", "test_site"),
        *("clients/test_exit", "commands/test_editors", "commands/test_init", "databases/test_features"),
        *("report/page/test_browser", "report/test_killed"),
    )
)
STARTS = frozenset({"run_in_a_process", "subprocess", "Popen"})
WORKERS = re.compile(r"-n ?\d*")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts a program, so that `-m "not process"` leaves it out; begin with it, since it takes longest."""
    for item in items:
        if type(item) is pytest.Function and _starts_a_program(item):
            item.add_marker("process")
    items.sort(key=lambda item: item.get_closest_marker("process") is None)


def _starts_a_program(item: pytest.Function) -> bool:
    code = item.function.__code__
    if item.path.is_relative_to(TESTS) and item.path.relative_to(TESTS).as_posix() in PROGRAMS:
        return True
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return not STARTS.isdisjoint(code.co_names) or any(map(WORKERS.fullmatch, _texts((code.co_consts, *parameters))))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)


@pytest.fixture(scope="session")
def nested_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where runs within a test put their temporary folders."""
    return tmp_path_factory.mktemp("nested")


@pytest.fixture
def project(tmp_path: Path, nested_runs: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project with settings, and the folder that the test is in: its app is `shop:app`."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        **FEWER_PLUGINS,
        "HOME": tmp_path,
        "USERPROFILE": tmp_path,
        "PYTEST_DEBUG_TEMPROOT": nested_runs,
        "PY_COLORS": "0",
    }.items():
        monkeypatch.setenv(name, str(value))
    return Project(tmp_path)


@pytest.fixture(params=CLIENTS)
def client_name(request: pytest.FixtureRequest) -> str:
    """Each in-process client in turn."""
    return str(request.param)
