"""Fixtures for all tests of the toolkit."""

from __future__ import annotations

import signal

import pytest

from tests.project import CLIENTS, Project

# A shell that starts the tests in the background has them ignore Ctrl-C, and all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    """An empty project with settings: its app is `shop:app`."""
    return Project(pytester)


@pytest.fixture(params=CLIENTS)
def client_name(request: pytest.FixtureRequest) -> str:
    """Each in-process client in turn."""
    return str(request.param)
