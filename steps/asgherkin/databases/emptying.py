"""Emptying tables in an order that their foreign keys allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from asgherkin.databases.faults import cause, message
from asgherkin.databases.port import Statement
from asgherkin.databases.reflection import references, shown, table_names
from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from asgherkin.databases.reflection import Key, Table


async def empty(connection: AsyncConnection, tables: Iterable[Table]) -> list[Statement]:
    """Delete all rows of the tables.

    Raises SentenceError where the rows of another table still refer to them.
    """
    ordered, circle = in_order(tables)
    statements = [([one], sa.delete(one.clause)) for one in ordered]
    if circle and connection.dialect.name == "postgresql":
        statements.append((circle, _at_once(circle)))
    else:
        await _defer(connection, circle)
        statements += [([one], sa.delete(one.clause)) for one in circle]
    done = []
    for emptied, statement in statements:
        try:
            await connection.execute(statement)
        except IntegrityError as error:
            raise await _still_referred(connection, emptied, error) from error
        done.append(Statement(str(statement.compile(dialect=connection.dialect))))
    return done


def in_order(tables: Iterable[Table]) -> tuple[list[Table], list[Table]]:
    """Those that no other one refers to first; and what is left, since its tables refer to each other in a circle."""
    left = list({one.key: one for one in tables}.values())
    ordered: list[Table] = []
    while free := next((one for one in left if not _referred(one, left)), None):
        ordered.append(free)
        left.remove(free)
    return ordered, left


def _referred(table: Table, others: Iterable[Table]) -> bool:
    return any(table.key in one.refers for one in others if one is not table)


def _at_once(circle: Sequence[Table]) -> sa.Delete:
    """One statement for all: PostgreSQL checks foreign keys at its end."""
    statement = sa.delete(circle[0].clause)
    for number, one in enumerate(circle[1:]):
        statement = statement.add_cte(sa.delete(one.clause).cte(f"emptied_{number}"))
    return statement


async def _defer(connection: AsyncConnection, circle: Sequence[Table]) -> None:
    """Have SQLite look at foreign keys at the transaction's end only, where no order is right."""
    if circle and connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


async def _still_referred(
    connection: AsyncConnection, emptied: Sequence[Table], error: IntegrityError
) -> SentenceError:
    names = " and ".join(f'"{one.shown}"' for one in emptied)
    by_database = getattr(cause(error), "table_name", None)
    if by_database:
        referring = [str(by_database)]
    else:
        referring = await connection.run_sync(_referring, {one.key for one in emptied})
    what = " or ".join(f'"{one}"' for one in referring) or "another table"
    example = f': Given the table "{referring[0]}" is emptied' if referring else ""
    return SentenceError(
        f"The table {names} cannot be emptied: rows of {what} refer to it. "
        f"Empty that one in the same group of Givens{example}. The database says: {message(error)}"
    )


def _referring(connection: sa.Connection, keys: set[Key]) -> list[str]:
    inspector = sa.inspect(connection)
    schemas = {schema for schema, _ in keys}
    others = [(schema, name) for schema in schemas for name in table_names(inspector, schema)]
    return [shown(one) for one in others if one not in keys and references(inspector, one) & keys]
