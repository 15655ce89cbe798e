"""Putting rows into a table, and what the database's own numbering needs afterwards."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.dml import Insert

from asgherkin.databases.cells import convert
from asgherkin.databases.emptying import empty
from asgherkin.databases.faults import refused_rows
from asgherkin.databases.port import Statement
from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.sql.compiler import SQLCompiler

    from asgherkin.databases.fields import Field
    from asgherkin.databases.port import Cell, Seeding
    from asgherkin.databases.reflection import Table

_NEXT_NUMBER = sa.text(
    "SELECT setval(pg_get_serial_sequence(:table, :column), greatest(:highest, 1), :highest >= 1)"
).bindparams(sa.bindparam("highest", type_=sa.BigInteger()))


async def seed(seeding: Seeding, connection: AsyncConnection, tables: Mapping[str, Table]) -> list[Statement]:
    """Empty tables, then put rows into one. `tables` holds every table of the seeding by its name.

    Raises SentenceError for what a column cannot hold, and for what the database refuses.
    """
    table = tables[seeding.table]
    fields = [table.field(name) for name in _distinct(seeding)]
    rows = [{f"c{n}": _value(*pair) for n, pair in enumerate(zip(fields, row, strict=True))} for row in seeding.rows]
    statements = await empty(connection, [tables[name] for name in seeding.empty])
    if rows and fields:
        statements.append(await _insert(connection, table, fields, rows))
    return statements


def _distinct(seeding: Seeding) -> Sequence[str]:
    twice = next((one for one in seeding.columns if seeding.columns.count(one) > 1), None)
    if twice is not None:
        raise SentenceError(f'The column "{twice}" stands twice in the rows for the table "{seeding.table}".')
    return seeding.columns


def _value(field: Field, cell: Cell) -> object:
    if field.perhaps_uuid:
        with suppress(ValueError):
            return UUID(cell.written).hex
    value = convert(field.column, cell)
    if field.through_text and value is not None and not isinstance(value, str):
        return cell.written
    return field.encode(value)


async def _insert(
    connection: AsyncConnection, table: Table, fields: Sequence[Field], rows: Sequence[Mapping[str, object]]
) -> Statement:
    numbered_by_us = any(one.always_numbered for one in fields)
    kind = _Overriding if numbered_by_us else Insert
    statement = kind(table.clause).values({one.clause: one.writing(f"c{n}") for n, one in enumerate(fields)})
    try:
        await connection.execute(statement, rows)
        await _go_on_numbering(connection, table, fields, rows)
    except (DBAPIError, StatementError) as error:
        raise refused_rows(error, table.shown, [one.column.name for one in fields]) from error
    text = str(statement.compile(dialect=connection.dialect))
    return Statement(text, [dict(zip((one.column.name for one in fields), row.values(), strict=True)) for row in rows])


async def _go_on_numbering(
    connection: AsyncConnection, table: Table, fields: Sequence[Field], rows: Sequence[Mapping[str, object]]
) -> None:
    """Set PostgreSQL's sequences past the numbers that were written, so that the app's own rows get free ones."""
    name = connection.dialect.identifier_preparer.format_table(table.clause)
    for number, one in enumerate(fields):
        given = [value for row in rows if isinstance(value := row[f"c{number}"], int)]
        if one.numbered and given:
            highest = sa.select(sa.func.max(one.clause)).select_from(table.clause)
            values = {"table": name, "column": str(one.column.name), "highest": await connection.scalar(highest)}
            await connection.execute(_NEXT_NUMBER, values)


class _Overriding(Insert):
    """An INSERT that writes identity columns which the database always numbers itself."""

    inherit_cache = True


@compiles(_Overriding, "postgresql")
def _overriding(statement: _Overriding, compiler: SQLCompiler, **options: object) -> str:
    # The parameters behind VALUES hold no names that a feature or a table chose.
    text: str = compiler.visit_insert(statement, **options)  # type: ignore[no-untyped-call]
    columns, values, parameters = text.rpartition(") VALUES (")
    return f"{columns}) OVERRIDING SYSTEM VALUE{values[1:]}{parameters}"
