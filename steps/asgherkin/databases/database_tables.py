"""Tables of a database: reflected once for each engine, emptied, and filled."""

from __future__ import annotations

import difflib
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, SAWarning, StatementError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.elements import quoted_name

from asgherkin.databases.cells import convert
from asgherkin.databases.columns import Field, declared_types, field_of
from asgherkin.databases.database_errors import address, cause, message, refused_rows
from asgherkin.databases.port import Statement
from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.sql.compiler import SQLCompiler

    from asgherkin.databases.port import Cell, Seeding

Key = tuple[str | None, str]
"""A table's schema, None for the default one, and its name."""
_NEXT_NUMBER = sa.text(
    "SELECT setval(pg_get_serial_sequence(:table, :column), greatest(:highest, 1), :highest >= 1)"
).bindparams(sa.bindparam("highest", type_=sa.BigInteger()))


@dataclass(frozen=True, slots=True)
class Table:
    """A table or a view."""

    key: Key
    clause: sa.TableClause
    fields: Mapping[str, Field]
    refers: frozenset[Key]
    """The tables that its foreign keys refer to."""

    @property
    def shown(self) -> str:
        """Its name, as a feature writes it."""
        return _shown(self.key)

    def field(self, name: str) -> Field:
        """A column.

        Raises SentenceError for an unknown one, with the nearest names.
        """
        if name in self.fields:
            return self.fields[name]
        raise SentenceError(f'The table "{self.shown}" has no column "{name}". {_offer("Columns", name, self.fields)}')


def _shown(key: Key) -> str:
    """A table's name, as a feature writes it."""
    schema, name = key
    return name if schema is None else f"{schema}.{name}"


def _offer(label: str, name: str, known: Iterable[str]) -> str:
    """The nearest names; all of them where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    listed = ", ".join(f'"{near_name}"' for near_name in (near or names)[:12])
    if near:
        return f"The nearest: {listed}."
    more = f", and {len(names) - 12} more" if len(names) > 12 else ""
    return f"{label}: {listed}{more}."


_KNOWN: WeakKeyDictionary[sa.Engine, dict[str, Table]] = WeakKeyDictionary()


def known_tables(engine: sa.Engine) -> dict[str, Table]:
    """The reflected tables of an engine by the names that features write, for all scenarios of a run."""
    return _KNOWN.setdefault(engine, {})


def find_tables(connection: sa.Connection, names: Iterable[str]) -> dict[str, Table]:
    """Tables by the names that a feature writes.

    Raises SentenceError for an unknown one, with the nearest names.
    """
    known = known_tables(connection.engine)
    return {name: known.get(name) or known.setdefault(name, _look_up(connection, name)) for name in names}


def _look_up(connection: sa.Connection, name: str) -> Table:
    # pytest and its users turn warnings into errors. The filter stays: the app's own tasks may change the filters
    # before it would be removed.
    warnings.filterwarnings("ignore", message="Did not recognize type", category=SAWarning)
    inspector: sa.Inspector = sa.inspect(connection)
    key = _key(inspector, name)
    if key is None:
        raise SentenceError(_unknown(inspector, name))
    return _reflected(connection, inspector, key)


def forget(engine: sa.Engine) -> None:
    """Have an engine's tables reflected anew."""
    _KNOWN.pop(engine, None)


def _table_names(inspector: sa.Inspector, schema: str | None) -> list[str]:
    """The tables and views of a schema."""
    names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
    if inspector.dialect.name == "postgresql":
        names += inspector.get_materialized_view_names(schema)
    return names


def _key(inspector: sa.Inspector, name: str) -> Key | None:
    if name in _table_names(inspector, None):
        return None, name
    schema, dot, rest = name.rpartition(".")
    if not dot or schema not in inspector.get_schema_names() or rest not in _table_names(inspector, schema):
        return None
    return (None if schema == (inspector.default_schema_name or "main") else schema), rest


def _unknown(inspector: sa.Inspector, name: str) -> str:
    schema = name.rpartition(".")[0]
    inside = schema in inspector.get_schema_names()
    known = [_shown((schema, name)) for name in _table_names(inspector, schema)] if inside else []
    known += _table_names(inspector, None)
    where = address(inspector.engine.url)
    if not known:
        return f'The database {where} has no table "{name}": it has no tables at all. Has the app made them?'
    return f'The database {where} has no table "{name}". {_offer("Tables", name, known)}'


def _reflected(connection: sa.Connection, inspector: sa.Inspector, key: Key) -> Table:
    schema, name = key
    columns = inspector.get_columns(name, schema)
    declared = {}
    if connection.dialect.name == "sqlite":
        declared = declared_types(connection, name, schema or "main")
    fields = {
        column["name"]: field_of(connection.dialect, column, declared.get(column["name"], "")) for column in columns
    }
    quoted_schema = None if schema is None else quoted_name(schema, quote=True)
    clause = sa.table(quoted_name(name, quote=True), *(field.clause for field in fields.values()), schema=quoted_schema)
    return Table(key, clause, fields, _references(inspector, key))


def _references(inspector: sa.Inspector, key: Key) -> frozenset[Key]:
    """The tables that a table's foreign keys refer to. SQLite's stay in their own schema."""
    schema, name = key
    keys = inspector.get_foreign_keys(name, schema)
    return frozenset((foreign["referred_schema"], foreign["referred_table"]) for foreign in keys)


async def seed(seeding: Seeding, connection: AsyncConnection, tables: Mapping[str, Table]) -> list[Statement]:
    """Empty tables, then insert rows into one of them. `tables` holds every table of the seeding by its name.

    Raises SentenceError for a value that a column cannot hold, and for rows that the database refuses.
    """
    table = tables[seeding.table]
    fields = [table.field(name) for name in seeding.columns]
    rows = [{f"c{n}": _value(*pair) for n, pair in enumerate(zip(fields, row, strict=True))} for row in seeding.rows]
    statements = await _empty(connection, [tables[name] for name in seeding.empty])
    if rows and fields:
        statements.append(await _insert(connection, table, fields, rows))
    return statements


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
    names = [field.column.name for field in fields]
    insert = _Overriding if any(field.always_numbered for field in fields) else Insert
    statement = insert(table.clause).values({field.clause: field.writing(f"c{n}") for n, field in enumerate(fields)})
    try:
        await connection.execute(statement, rows)
        await _go_on_numbering(connection, table, fields, rows)
    except (DBAPIError, StatementError) as error:
        raise refused_rows(error, table.shown, names) from error
    parameters = [dict(zip(names, row.values(), strict=True)) for row in rows]
    return Statement(str(statement.compile(dialect=connection.dialect)), parameters)


async def _go_on_numbering(
    connection: AsyncConnection, table: Table, fields: Sequence[Field], rows: Sequence[Mapping[str, object]]
) -> None:
    """Set PostgreSQL's sequences past the inserted numbers, so that the app's own rows get free ones."""
    name = connection.dialect.identifier_preparer.format_table(table.clause)
    for number, field in enumerate(fields):
        given = [value for row in rows if isinstance(value := row[f"c{number}"], int)]
        if field.numbered and given:
            highest = sa.select(sa.func.max(field.clause)).select_from(table.clause)
            values = {"table": name, "column": str(field.column.name), "highest": await connection.scalar(highest)}
            await connection.execute(_NEXT_NUMBER, values)


class _Overriding(Insert):
    """An INSERT into identity columns that the database always numbers itself."""

    inherit_cache = True


@compiles(_Overriding, "postgresql")
def _overriding(statement: _Overriding, compiler: SQLCompiler, **options: object) -> str:
    # The last VALUES is the statement's own: behind it are no names of a feature or a table, only parameters.
    text: str = compiler.visit_insert(statement, **options)  # type: ignore[no-untyped-call] # SQLAlchemy gives it no type
    columns, values, parameters = text.rpartition(") VALUES (")
    return f"{columns}) OVERRIDING SYSTEM VALUE{values[1:]}{parameters}"


async def _empty(connection: AsyncConnection, tables: Iterable[Table]) -> list[Statement]:
    """Delete all rows of the tables.

    Raises SentenceError where the rows of another table still refer to them.
    """
    ordered, circle = _in_order(tables)
    statements = [([table], sa.delete(table.clause)) for table in ordered]
    if circle and connection.dialect.name == "postgresql":
        statements.append((circle, _at_once(circle)))
    else:
        if circle and connection.dialect.name == "sqlite":
            # SQLite looks at foreign keys at the transaction's end then, since no order is right.
            await connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        statements += [([table], sa.delete(table.clause)) for table in circle]
    done = []
    for emptied, statement in statements:
        try:
            await connection.execute(statement)
        except IntegrityError as error:
            raise await _still_referred(connection, emptied, error) from error
        done.append(Statement(str(statement.compile(dialect=connection.dialect))))
    return done


def _in_order(tables: Iterable[Table]) -> tuple[list[Table], list[Table]]:
    """The tables, each before those that it refers to; and those left, which refer to each other in a circle."""
    left = {table.key: table for table in tables}
    ordered: list[Table] = []
    while free := [key for key in left if not any(key in other.refers for other in left.values() if other.key != key)]:
        ordered.append(left.pop(free[0]))
    return ordered, list(left.values())


def _at_once(circle: Sequence[Table]) -> sa.Delete:
    """One statement for all: PostgreSQL checks foreign keys at its end."""
    statement = sa.delete(circle[0].clause)
    for number, table in enumerate(circle[1:]):
        statement = statement.add_cte(sa.delete(table.clause).cte(f"emptied_{number}"))
    return statement


async def _still_referred(
    connection: AsyncConnection, emptied: Sequence[Table], error: IntegrityError
) -> SentenceError:
    names = " and ".join(f'"{table.shown}"' for table in emptied)
    by_driver = getattr(cause(error), "table_name", None)
    referring = (
        [str(by_driver)] if by_driver else await connection.run_sync(_referring, {table.key for table in emptied})
    )
    what = " or ".join(f'"{name}"' for name in referring) or "another table"
    example = f': Given the table "{referring[0]}" is emptied' if referring else ""
    return SentenceError(
        f"The table {names} cannot be emptied: rows of {what} refer to it. "
        f"Empty that one in the same group of Givens{example}. The database says: {message(error)}"
    )


def _referring(connection: sa.Connection, keys: set[Key]) -> list[str]:
    inspector = sa.inspect(connection)
    schemas = {schema for schema, _ in keys}
    others = [(schema, name) for schema in schemas for name in _table_names(inspector, schema)]
    return [_shown(key) for key in others if key not in keys and _references(inspector, key) & keys]
