"""The port on SQLAlchemy: each act is a connection, a deadline, and an error that the author of a feature can read.

A connection comes from a source: an engine, a session maker, or one connection that is handed in.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
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
from asgherkin.databases.database_tables import Table, forget, reflection_of, seed
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
    """Gives a connection for one act, and takes it back."""

    reading: _Opening
    """A connection whose changes are not kept."""
    writing: _Opening
    """A connection in a transaction, kept as a whole or not at all."""
    engine: AsyncEngine | None = None
    """Whose pool each act takes a connection of, if it is an engine's."""


def engine_source(engine: AsyncEngine) -> Source:
    """A connection of an engine's pool for each act."""

    def checked(opening: _Opening) -> AbstractAsyncContextManager[AsyncConnection]:
        _check_folder(engine.url)
        return opening()

    return Source(partial(checked, engine.connect), partial(checked, engine.begin), engine)


def session_source(maker: async_sessionmaker[AsyncSession]) -> Source:
    """A session for each act, made as the app makes its own."""

    @asynccontextmanager
    async def opened(making: _Making) -> AsyncIterator[AsyncConnection]:
        async with making() as session:
            yield await session.connection()

    return Source(partial(opened, maker), partial(opened, maker.begin))


def connection_source(connection: AsyncConnection) -> Source:
    """One connection for all acts. Its transaction belongs to who made it: it is neither committed nor rolled back."""

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
        # In a savepoint, so that an act that fails leaves nothing behind.
        await _begin_on_sqlite(connection)
        async with connection.begin_nested():
            yield connection

    return Source(reading, writing)


def _check_folder(url: URL) -> None:
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


async def _begin_on_sqlite(connection: AsyncConnection) -> None:
    """Begin a transaction in SQLite for real.

    Python's driver begins one before the first change only, and not before a savepoint: releasing that would commit.
    """
    if connection.dialect.name != "sqlite":
        return
    driver = (await connection.get_raw_connection()).driver_connection
    if not getattr(driver, "in_transaction", True):
        await connection.exec_driver_sql("BEGIN")


class AlchemyDatabase:
    """A database that SQLAlchemy reaches.

    An act waits for `timeout` seconds at most; `where` is the address that messages show.
    """

    def __init__(self, source: Source, where: str, timeout: float = 5.0) -> None:
        self.source = source
        self.where = where
        self.timeout = timeout

    async def read(self, selection: Selection) -> Rows:
        """Read a table, or count its rows.

        Raises SentenceError for an unknown table or column.
        """
        async with self._explaining(partial(refused, what=f'read the table "{selection.table}"')):
            return await self._with_tables(self.source.reading, [selection.table], partial(_read, selection))

    async def write(self, seeding: Seeding) -> Sequence[Statement]:
        """Empty tables, then put rows into one; all of it, or nothing.

        Raises SentenceError for an unknown table or column, and for rows that the database refuses.
        """
        names = [seeding.table, *seeding.empty]
        async with self._explaining(partial(refused, what=f'write the table "{seeding.table}"')):
            return await self._with_tables(self.source.writing, names, partial(seed, seeding))

    async def query(self, query: Query) -> Rows:
        """Run a query, and keep what it changes.

        Raises SentenceError for a query that the database refuses.
        """
        async with (
            self._explaining(partial(refused_query, text=query.text)),
            self._opened(self.source.writing) as connection,
        ):
            return await queries.run(connection, query)

    async def connected(self, until: AsyncExitStack) -> AsyncConnection:
        """A connection in a transaction of its own, for more than one act: rolled back when `until` is closed."""
        async with self._explaining(partial(refused, what="begin a transaction")):
            connection = await until.enter_async_context(self._opened(self.source.reading))
            await connection.begin()
            await _begin_on_sqlite(connection)
            return connection

    @asynccontextmanager
    async def _explaining(self, other: Callable[[BaseException], SentenceError]) -> AsyncIterator[None]:
        """A deadline, and an error in words."""
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
        """An act on reflected tables: once more where they may have changed since they were looked up."""
        try:
            return await self._once(opening, names, act)
        except _OutdatedError:
            return await self._once(opening, names, act)

    async def _once(self, opening: _Opening, names: Sequence[str], act: _Act[T]) -> T:
        async with self._opened(opening) as connection:
            engine = connection.engine.sync_engine
            reflection = reflection_of(engine)
            remembered = any(name in reflection.tables for name in names)
            try:
                return await act(connection, await connection.run_sync(reflection.find, names))
            except (DBAPIError, SentenceError) as error:
                if not remembered:
                    raise
                forget(engine)
                raise _OutdatedError from error


class _OutdatedError(Exception):
    """An act failed on tables that were looked up in an earlier one."""


async def _read(selection: Selection, connection: AsyncConnection, tables: Mapping[str, Table]) -> Rows:
    table = tables[selection.table]
    if selection.columns == ():
        return await _count(connection, table)
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


async def _count(connection: AsyncConnection, table: Table) -> Rows:
    statement = sa.select(sa.func.count()).select_from(table.clause)
    total = await connection.scalar(statement)
    return Rows(total=int(total or 0), statements=_evidence(connection, statement))


def _evidence(connection: AsyncConnection, statement: sa.ClauseElement) -> tuple[Statement, ...]:
    return (Statement(str(statement.compile(dialect=connection.dialect))),)


class Transaction:
    """One transaction for a whole scenario, rolled back at its end with all that was committed in it.

    The app's `sessions` join it by savepoints: their commit releases one, their rollback goes back to one. See "Joining
    a Session into an External Transaction" in SQLAlchemy's documentation.
    """

    def __init__(self, connection: AsyncConnection, until: AsyncExitStack, around: AlchemyDatabase) -> None:
        self._until = until
        self.database = AlchemyDatabase(connection_source(connection), around.where, around.timeout)
        self.sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )

    async def roll_back(self) -> None:
        """Undo all of it, and give the connection back."""
        await self._until.aclose()


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
        return Transaction(connection, stack.pop_all(), database)
