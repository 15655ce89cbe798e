"""Of the project that each topic is: its database, and apps that keep nothing from scenario to scenario."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

APPS = {path.stem for path in Path(__file__).parent.glob("*.py")} - {"conftest"}


@pytest.fixture(autouse=True)
def apps() -> None:
    """The modules of the apps are imported anew."""
    for name in APPS:
        sys.modules.pop(name, None)


@pytest.fixture
def database() -> object:
    """The engine of the books."""
    return import_module("books").app.state.engine
