"""A conftest with an async fixture of the user's own, and a step that needs it beside a client."""

from __future__ import annotations

ASYNC_FIXTURE = """
import pytest_asyncio
from asgherkin import then


@pytest_asyncio.fixture
async def engine():
    return "engine"


@then("my engine runs")
async def runs(engine, async_client):
    assert engine == "engine"
    assert (await async_client.get("/")).status_code == 200
"""
