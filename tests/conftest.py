"""Fixtures for all tests of the toolkit."""

from __future__ import annotations

import pytest

from tests.project import CLIENTS, Project


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    """An empty project with settings: its app is `shop:app`."""
    return Project(pytester)


@pytest.fixture(params=CLIENTS)
def client_name(request: pytest.FixtureRequest) -> str:
    """Each in-process client in turn."""
    return str(request.param)
