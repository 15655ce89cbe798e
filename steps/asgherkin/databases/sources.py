"""Where connections come from: an engine, a session maker, or one connection that is handed in."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from asgherkin.databases.faults import address
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker


class Source(Protocol):
    """Gives a connection for one act, and takes it back."""

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection whose changes are not kept."""
        ...

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection in a transaction, kept as a whole or not at all."""
        ...


class EngineSource:
    """A connection of an engine's pool for each act."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection of its own."""
        check_folder(self.engine.url)
        return self.engine.connect()

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction of its own, committed."""
        check_folder(self.engine.url)
        return self.engine.begin()


class SessionSource:
    """A session for each act, made as the app makes its own."""

    def __init__(self, maker: async_sessionmaker[AsyncSession]) -> None:
        self.maker = maker

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """The connection of a new session."""
        async with self.maker() as session:
            yield await session.connection()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The connection of a new session, committed."""
        async with self.maker.begin() as session:
            yield await session.connection()


class ConnectionSource:
    """One connection for all acts. Its transaction belongs to who made it: it is neither committed nor rolled back."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """The connection; without a transaction it is left without one."""
        was_idle = not self.connection.in_transaction()
        try:
            async with self.writing() as connection:
                yield connection
        finally:
            if was_idle and self.connection.in_transaction():
                await self.connection.rollback()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The connection in a savepoint, so that an act that fails leaves nothing behind."""
        await begin_on_sqlite(self.connection)
        async with self.connection.begin_nested():
            yield self.connection


def check_folder(url: URL) -> None:
    """Raise ConfigurationError where the folder of SQLite's file is not there.

    aiosqlite would say so, too, but leave a thread behind that reports to the event loop, be it closed or not.
    """
    file = url.database or ""
    if url.get_backend_name() != "sqlite" or file.startswith((":", "file:")):
        return
    folder = Path(file).parent
    if not folder.is_dir():
        raise ConfigurationError(
            f"The database {address(url)} cannot be used: there is no folder {folder}. "
            "A relative path starts at the directory that pytest is run in."
        )


async def begin_on_sqlite(connection: AsyncConnection) -> None:
    """Begin a transaction in SQLite for real.

    Python's driver begins one before the first change only, and not before a savepoint: releasing that would commit.
    """
    if connection.dialect.name != "sqlite":
        return
    driver = (await connection.get_raw_connection()).driver_connection
    if not getattr(driver, "in_transaction", True):
        await connection.exec_driver_sql("BEGIN")
