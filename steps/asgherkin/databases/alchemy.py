"""The port on SQLAlchemy: each act is a connection, a deadline, and an error that the author of a feature can read."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from asgherkin.databases import faults, queries
from asgherkin.databases.port import Column, Query, Rows, Seeding, Selection, Statement, Type
from asgherkin.databases.reflection import Table, forget, reflection_of
from asgherkin.databases.seeding import seed
from asgherkin.databases.sources import begin_on_sqlite
from asgherkin.databases.sqlite import are_uuids, decoder
from asgherkin.errors import AppError, SentenceError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncConnection

    from asgherkin.databases.fields import Field
    from asgherkin.databases.sources import Source

T = TypeVar("T")
_Act: TypeAlias = "Callable[[AsyncConnection, Mapping[str, Table]], Awaitable[T]]"
_Opening: TypeAlias = "Callable[[], AbstractAsyncContextManager[AsyncConnection]]"


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
        async with self._telling(partial(faults.refused, what=f'read the table "{selection.table}"')):
            return await self._with_tables(self.source.reading, [selection.table], partial(_read, selection))

    async def write(self, seeding: Seeding) -> Sequence[Statement]:
        """Empty tables, then put rows into one; all of it, or nothing.

        Raises SentenceError for an unknown table or column, and for rows that the database refuses.
        """
        names = [seeding.table, *seeding.empty]
        async with self._telling(partial(faults.refused, what=f'write the table "{seeding.table}"')):
            return await self._with_tables(self.source.writing, names, partial(seed, seeding))

    async def query(self, query: Query) -> Rows:
        """Run a query, and keep what it changes.

        Raises SentenceError for a query that the database refuses.
        """
        async with (
            self._telling(partial(faults.refused_query, text=query.text)),
            self._opened(self.source.writing) as one,
        ):
            return await queries.run(one, query)

    async def connected(self, until: AsyncExitStack) -> AsyncConnection:
        """A connection in a transaction of its own, for more than one act: rolled back when `until` is closed."""
        async with self._telling(partial(faults.refused, what="begin a transaction")):
            connection = await until.enter_async_context(self._opened(self.source.reading))
            await connection.begin()
            await begin_on_sqlite(connection)
            return connection

    @asynccontextmanager
    async def _telling(self, refused: Callable[[BaseException], SentenceError]) -> AsyncIterator[None]:
        """A deadline, and an error in words."""
        deadline = asyncio.timeout(self.timeout)
        try:
            async with deadline:
                yield
        except Exception as error:
            if deadline.expired() and isinstance(error, TimeoutError):
                raise AppError(f"The database did not answer within {self.timeout:g} seconds. {faults.LOCK}") from error
            if not faults.is_fault(error):
                raise
            raise faults.told(error, self.where) or refused(error) from error

    @asynccontextmanager
    async def _opened(self, opening: _Opening) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(opening())
            except Exception as error:
                if not faults.is_fault(error):
                    raise
                raise faults.told(error, self.where) or faults.unreachable(error, self.where) from error
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
            remembered = any(one in reflection.tables for one in names)
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
    statement = sa.select(*(one.reading for one in fields)).select_from(table.clause)
    rows = (await connection.execute(statement)).all()
    stored = [[row[number] for row in rows] for number in range(len(fields))]
    columns, values = [], []
    for field, cells in zip(fields, stored, strict=True):
        column, decoded = _decoded(field, cells)
        columns.append(column)
        values.append(decoded)
    return Rows(columns, list(zip(*values, strict=True)), len(rows), _evidence(connection, statement))


async def _count(connection: AsyncConnection, table: Table) -> Rows:
    statement = sa.select(sa.func.count()).select_from(table.clause)
    total = await connection.scalar(statement)
    return Rows(total=int(total or 0), statements=_evidence(connection, statement))


def _decoded(field: Field, stored: list[object]) -> tuple[Column, list[object]]:
    if field.perhaps_uuid and are_uuids(stored):
        column = Column(field.column.name, Type("uuid", field.column.type.declared))
        return column, list(map(decoder("uuid"), stored))
    return field.column, list(map(field.decode, stored))


def _evidence(connection: AsyncConnection, statement: sa.ClauseElement) -> tuple[Statement, ...]:
    return (Statement(str(statement.compile(dialect=connection.dialect))),)
