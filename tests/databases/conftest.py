"""Databases for the tests: SQLite in a file, and PostgreSQL where it can be started."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from asgherkin.databases.database_opening import open_database
from tests.databases.postgres import Cluster, Unavailable, cluster

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from asgherkin.databases.port import Database


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server of the tests' own; the test is skipped where none can be started."""
    try:
        with cluster() as started:
            yield started
    except Unavailable as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.fixture(scope="session")
def postgres_database(postgres: Cluster) -> str:
    """A database on PostgreSQL, for one test after the other."""
    return postgres.create("shop")


@pytest.fixture
def postgres_url(postgres: Cluster, postgres_database: str) -> str:
    """An empty database on PostgreSQL."""
    postgres.clear("shop")
    return postgres_database


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty database in SQLite."""
    return f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database on each server in turn."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest_asyncio.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The app's engine, which keeps to foreign keys."""
    made = create_async_engine(database_url, poolclass=NullPool)
    if made.dialect.name == "sqlite":
        sa.event.listen(made.sync_engine, "connect", lambda one, _: one.execute("PRAGMA foreign_keys = ON"))
    yield made
    await made.dispose()


@pytest.fixture
def database(engine: AsyncEngine) -> Database:
    """The database as a scenario gets it."""
    return open_database(engine)


@pytest_asyncio.fixture
async def on_postgres(postgres_url: str) -> AsyncIterator[Database]:
    """A database on PostgreSQL alone."""
    async with _opened(postgres_url) as database:
        yield database


@pytest_asyncio.fixture
async def on_sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    """A database in SQLite alone."""
    async with _opened(sqlite_url) as database:
        yield database


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    engine = create_async_engine(url)
    yield open_database(engine)
    await engine.dispose()
