"""Tables and columns as the database has them, looked up once for each engine."""

from __future__ import annotations

import difflib
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.exc import SAWarning
from sqlalchemy.sql.elements import quoted_name

from asgherkin.databases import sqlite
from asgherkin.databases.faults import address
from asgherkin.databases.fields import Field, field_of
from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Key = tuple[str | None, str]
"""A table's schema, None for the default one, and its name."""


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
        return shown(self.key)

    def field(self, name: str) -> Field:
        """A column.

        Raises SentenceError for an unknown one, with the nearest names.
        """
        if name in self.fields:
            return self.fields[name]
        raise SentenceError(f'The table "{self.shown}" has no column "{name}". {_offer("Columns", name, self.fields)}')


def shown(key: Key) -> str:
    """A table's name, as a feature writes it."""
    schema, name = key
    return name if schema is None else f"{schema}.{name}"


def _offer(label: str, name: str, known: Iterable[str]) -> str:
    """The nearest names; all of them where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    listed = ", ".join(f'"{one}"' for one in (near or names)[:12])
    if near:
        return f"The nearest: {listed}."
    more = f", and {len(names) - 12} more" if len(names) > 12 else ""
    return f"{label}: {listed}{more}."


@dataclass(slots=True)
class Reflection:
    """What is known of an engine's tables."""

    tables: dict[str, Table] = field(default_factory=dict)

    def find(self, connection: sa.Connection, names: Iterable[str]) -> dict[str, Table]:
        """Tables by the names that a feature writes.

        Raises SentenceError for an unknown one, with the nearest names.
        """
        return {name: self.tables.get(name) or self._look_up(connection, name) for name in names}

    def _look_up(self, connection: sa.Connection, name: str) -> Table:
        # pytest and its users turn warnings into errors. A filter that stays is safer than one taken back: the app's
        # own tasks may change the filters in between.
        warnings.filterwarnings("ignore", message="Did not recognize type", category=SAWarning)
        inspector: sa.Inspector = sa.inspect(connection)
        key = _key(inspector, name)
        if key is None:
            raise SentenceError(_unknown(inspector, name))
        table = self.tables[name] = _reflected(connection, inspector, key)
        return table


_KNOWN: WeakKeyDictionary[sa.Engine, Reflection] = WeakKeyDictionary()


def reflection_of(engine: sa.Engine) -> Reflection:
    """What is known of an engine's tables: one for all scenarios of a run."""
    return _KNOWN.setdefault(engine, Reflection())


def forget(engine: sa.Engine) -> None:
    """Look everything up anew."""
    _KNOWN.pop(engine, None)


def table_names(inspector: sa.Inspector, schema: str | None) -> list[str]:
    """The tables and views of a schema."""
    return [*inspector.get_table_names(schema), *inspector.get_view_names(schema), *_materialized(inspector, schema)]


def _materialized(inspector: sa.Inspector, schema: str | None) -> list[str]:
    return inspector.get_materialized_view_names(schema) if inspector.dialect.name == "postgresql" else []


def _key(inspector: sa.Inspector, name: str) -> Key | None:
    if name in table_names(inspector, None):
        return None, name
    schema, dot, rest = name.rpartition(".")
    if not dot or schema not in inspector.get_schema_names() or rest not in table_names(inspector, schema):
        return None
    return (None if schema == (inspector.default_schema_name or "main") else schema), rest


def _unknown(inspector: sa.Inspector, name: str) -> str:
    schema = name.rpartition(".")[0]
    inside = schema in inspector.get_schema_names()
    known = [shown((schema, one)) for one in table_names(inspector, schema)] if inside else []
    known += table_names(inspector, None)
    where = address(inspector.engine.url)
    if not known:
        return f'The database {where} has no table "{name}": it has no tables at all. Has the app made them?'
    return f'The database {where} has no table "{name}". {_offer("Tables", name, known)}'


def _reflected(connection: sa.Connection, inspector: sa.Inspector, key: Key) -> Table:
    schema, name = key
    columns = inspector.get_columns(name, schema)
    declared = {}
    if connection.dialect.name == "sqlite":
        declared = sqlite.declared_types(connection, name, schema or "main")
    fields = {one["name"]: field_of(connection.dialect, one, declared.get(one["name"], "")) for one in columns}
    quoted_schema = None if schema is None else quoted_name(schema, quote=True)
    clause = sa.table(quoted_name(name, quote=True), *(one.clause for one in fields.values()), schema=quoted_schema)
    return Table(key, clause, fields, references(inspector, key))


def references(inspector: sa.Inspector, key: Key) -> frozenset[Key]:
    """The tables that a table's foreign keys refer to. SQLite's stay in their own schema."""
    schema, name = key
    found = inspector.get_foreign_keys(name, schema)
    return frozenset((one["referred_schema"], one["referred_table"]) for one in found)
