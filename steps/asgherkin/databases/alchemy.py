"""The port on SQLAlchemy. Each operation takes a connection, has a deadline, and explains the database's errors.

A connection comes from a source: an engine, a session maker, or a connection of the user's.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker

from asgherkin.databases import queries
from asgherkin.databases.database_errors import (
    LOCK,
    address,
    explained,
    is_database_error,
    refused,
    refused_query,
    unreachable,
)
from asgherkin.databases.database_tables import Table, find_tables, forget, known_tables, seed
from asgherkin.databases.port import Query, Rows, Seeding, Selection, Statement
from asgherkin.errors import AppError, ConfigurationError, SentenceError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

    from asgherkin.databases.port import Database

T = TypeVar("T")
_Act: TypeAlias = "Callable[[AsyncConnection, Mapping[str, Table]], Awaitable[T]]"
_Opening: TypeAlias = "Callable[[], AbstractAsyncContextManager[AsyncConnection]]"
_Making: TypeAlias = "Callable[[], AbstractAsyncContextManager[AsyncSession]]"


class Source(NamedTuple):
    """Context managers that give a connection for one operation."""

    reading: _Opening
    """A connection whose changes are rolled back."""
    writing: _Opening
    """A connection in a transaction, which is committed at the end."""
    engine: AsyncEngine | None = None
    """The engine whose pool the connections come from; None for other sources."""


def engine_source(engine: AsyncEngine) -> Source:
    """A connection of an engine's pool for each operation."""

    def checked(opening: _Opening) -> AbstractAsyncContextManager[AsyncConnection]:
        _check_folder(engine.url)
        return opening()

    return Source(partial(checked, engine.connect), partial(checked, engine.begin), engine)


def session_source(maker: async_sessionmaker[AsyncSession]) -> Source:
    """A session for each operation, made as the app makes its own."""

    @asynccontextmanager
    async def opened(making: _Making) -> AsyncIterator[AsyncConnection]:
        async with making() as session:
            yield await session.connection()

    return Source(partial(opened, maker), partial(opened, maker.begin))


def connection_source(connection: AsyncConnection) -> Source:
    """One connection for all operations. Its transaction is its owner's, who commits it or rolls it back."""

    @asynccontextmanager
    async def reading() -> AsyncIterator[AsyncConnection]:
        was_idle = not connection.in_transaction()
        try:
            async with writing():
                yield connection
        finally:
            if was_idle and connection.in_transaction():
                await connection.rollback()

    @asynccontextmanager
    async def writing() -> AsyncIterator[AsyncConnection]:
        # In a savepoint, so that a failed operation leaves nothing behind.
        await _begin_on_sqlite(connection)
        async with connection.begin_nested():
            yield connection

    return Source(reading, writing)


def _check_folder(url: URL) -> None:
    """Raise ConfigurationError where the folder of SQLite's file is missing.

    aiosqlite would fail, too, but leave a thread behind that calls the event loop even after it is closed.
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


async def _begin_on_sqlite(connection: AsyncConnection) -> None:
    """Send BEGIN to SQLite.

    Python's driver begins a transaction before the first change only. A savepoint without one commits at its release.
    """
    if connection.dialect.name != "sqlite":
        return
    driver = (await connection.get_raw_connection()).driver_connection
    if not getattr(driver, "in_transaction", True):
        await connection.exec_driver_sql("BEGIN")


@dataclass(slots=True, eq=False)
class AlchemyDatabase:
    """A database behind SQLAlchemy."""

    source: Source
    where: str
    """The address that messages show."""
    timeout: float = 5.0
    """Seconds that an operation may take."""

    async def read(self, selection: Selection) -> Rows:
        """Read a table, or count its rows.

        Raises SentenceError for an unknown table or column.
        """
        async with self._explaining(partial(refused, what=f'read the table "{selection.table}"')):
            return await self._with_tables(self.source.reading, [selection.table], partial(_read, selection))

    async def write(self, seeding: Seeding) -> Sequence[Statement]:
        """Empty tables, then insert rows into one of them, in one transaction.

        Raises SentenceError for an unknown table or column, and for rows that the database refuses.
        """
        names = [seeding.table, *seeding.empty]
        async with self._explaining(partial(refused, what=f'write the table "{seeding.table}"')):
            return await self._with_tables(self.source.writing, names, partial(seed, seeding))

    async def query(self, query: Query) -> Rows:
        """Run a query, and commit its changes.

        Raises SentenceError for a query that the database refuses.
        """
        async with (
            self._explaining(partial(refused_query, text=query.text)),
            self._opened(self.source.writing) as connection,
        ):
            return await queries.run(connection, query)

    async def connected(self, until: AsyncExitStack) -> AsyncConnection:
        """A connection in a transaction of its own, for several operations: rolled back when `until` is closed."""
        async with self._explaining(partial(refused, what="begin a transaction")):
            connection = await until.enter_async_context(self._opened(self.source.reading))
            await connection.begin()
            await _begin_on_sqlite(connection)
            return connection

    @asynccontextmanager
    async def _explaining(self, other: Callable[[BaseException], SentenceError]) -> AsyncIterator[None]:
        """Set a deadline, and turn the database's errors into the toolkit's."""
        deadline = asyncio.timeout(self.timeout)
        try:
            async with deadline:
                yield
        except Exception as error:
            if deadline.expired() and isinstance(error, TimeoutError):
                raise AppError(f"The database did not answer within {self.timeout:g} seconds. {LOCK}") from error
            if not is_database_error(error):
                raise
            raise explained(error, self.where) or other(error) from error

    @asynccontextmanager
    async def _opened(self, opening: _Opening) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(opening())
            except Exception as error:
                if not is_database_error(error):
                    raise
                raise explained(error, self.where) or unreachable(error, self.where) from error
            yield connection

    async def _with_tables(self, opening: _Opening, names: Sequence[str], act: _Act[T]) -> T:
        """Run an operation on reflected tables; again where they may have changed since they were reflected."""
        while True:
            is_remembered = False
            try:
                async with self._opened(opening) as connection:
                    engine = connection.engine.sync_engine
                    is_remembered = not known_tables(engine).keys().isdisjoint(names)
                    return await act(connection, await connection.run_sync(find_tables, names))
            except (DBAPIError, SentenceError):
                if not is_remembered:
                    raise
                forget(engine)


async def _read(selection: Selection, connection: AsyncConnection, tables: Mapping[str, Table]) -> Rows:
    table = tables[selection.table]
    if selection.columns == ():
        counting = sa.select(sa.func.count()).select_from(table.clause)
        total = await connection.scalar(counting)
        return Rows(total=int(total or 0), statements=_evidence(connection, counting))
    fields = [table.field(name) for name in (table.fields if selection.columns is None else selection.columns)]
    statement = sa.select(*(field.reading for field in fields)).select_from(table.clause)
    rows = (await connection.execute(statement)).all()
    stored = [[row[number] for row in rows] for number in range(len(fields))]
    columns, values = [], []
    for field, cells in zip(fields, stored, strict=True):
        column, decoded = field.decoded(cells)
        columns.append(column)
        values.append(decoded)
    return Rows(columns, list(zip(*values, strict=True)), len(rows), _evidence(connection, statement))


def _evidence(connection: AsyncConnection, statement: sa.ClauseElement) -> tuple[Statement, ...]:
    return (Statement(str(statement.compile(dialect=connection.dialect))),)


class Transaction(NamedTuple):
    """A transaction for a whole scenario, rolled back at its end with everything that was committed in it.

    The app's `sessions` join it by savepoints: their commit releases one, their rollback goes back to one. See "Joining
    a Session into an External Transaction" in SQLAlchemy's documentation.
    """

    database: AlchemyDatabase
    sessions: async_sessionmaker[AsyncSession]
    roll_back: Callable[[], Awaitable[None]]
    """Roll back, and give the connection back."""


async def begun(database: Database) -> Transaction:
    """Begin a transaction on a database that was opened from a URL or an engine.

    Raises ConfigurationError for any other.
    """
    if not isinstance(database, AlchemyDatabase) or database.source.engine is None:
        raise ConfigurationError(
            'The fixture "rolled_back_sessions" begins a transaction of its own. For that the fixture "database" has '
            "to give a URL or an AsyncEngine."
        )
    async with AsyncExitStack() as stack:
        connection = await database.connected(stack)
        sessions = async_sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        inside = AlchemyDatabase(connection_source(connection), database.where, database.timeout)
        return Transaction(inside, sessions, stack.pop_all().aclose)
