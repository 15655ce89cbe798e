"""For all tests: the coffee shop's database."""

from __future__ import annotations

import pytest


@pytest.fixture
def database() -> object:
    """What the shop's app made at start-up: its session maker."""
    from app.main import app

    return app.state.database
