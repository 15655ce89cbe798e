"""For all tests: pytest's own fixture that runs pytest in a folder of its own; and the coffee shop's database."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def database() -> object:
    """What the shop's app made at start-up: its session maker."""
    from app.main import app

    return app.state.database
