"""Fixtures for all tests of the toolkit."""

from __future__ import annotations

import gc
import signal
from typing import TYPE_CHECKING

import pytest

from tests.project import CLIENTS, FEWER_PLUGINS, Project

if TYPE_CHECKING:
    from pathlib import Path

# A shell that starts the tests in the background has them ignore Ctrl-C, and all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what is there before the first test: some tests have it look through all there is."""
    gc.collect()
    gc.freeze()


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
