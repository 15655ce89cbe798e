"""Every scenario here runs in a transaction that is rolled back: the app is given the sessions inside of it."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from app.database import Table
from features.isolation.ledger import make_app

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
    from starlette.applications import Starlette


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that stays as it is for all scenarios: its tables are made once."""
    folder: Path = tmp_path_factory.mktemp("ledger")
    url = os.environ.get("SHOP_DATABASE", f"sqlite+aiosqlite:///{folder}/ledger.db")
    asyncio.run(_make_tables(url))
    return url


async def _make_tables(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(Table.metadata.drop_all)
        await connection.run_sync(Table.metadata.create_all)
    await engine.dispose()


@pytest.fixture
def asgi_app(rolled_back_sessions: async_sessionmaker[AsyncSession]) -> Starlette:
    """The app of one scenario."""
    return make_app(rolled_back_sessions)
