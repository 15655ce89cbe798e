"""How a column is read and written: its type, and what a driver needs around its values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name

from asgherkin.databases import sqlite
from asgherkin.databases.kinds import declared_name, type_of
from asgherkin.databases.port import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine.interfaces import ReflectedColumn
    from sqlalchemy.types import TypeEngine

    from asgherkin.databases.port import Type

_ADDRESSES = ("INET", "CIDR")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table: how it is read and written."""

    column: Column
    clause: sa.ColumnClause[object]
    reading: sa.ColumnElement[object]
    writing: Callable[[str], sa.ColumnElement[object]]
    """The bound value by its name, with what the database needs around it."""
    encode: Callable[[object], object]
    decode: Callable[[object], object]
    numbered: bool = False
    """The database numbers it: a sequence, or an identity."""
    always_numbered: bool = False
    through_text: bool = False
    """It takes nothing but texts."""
    perhaps_uuid: bool = False
    """Its texts are UUIDs where all of them can be."""


def field_of(dialect: sa.Dialect, reflected: ReflectedColumn, declared: str) -> Field:
    """A column as it was reflected; `declared` is its type's name, needed for SQLite only."""
    return _sqlite_field(reflected, declared) if dialect.name == "sqlite" else _typed_field(dialect, reflected)


def _sqlite_field(reflected: ReflectedColumn, declared: str) -> Field:
    stored = reflected["type"]
    kind = sqlite.refined(type_of(stored, declared), declared)
    scale = getattr(stored, "scale", None)
    is_json = kind.kind == "json"
    # Read without a type of SQLAlchemy's, which would refuse a whole table for one value.
    written: TypeEngine[Any] = sa.JSON(none_as_null=True) if is_json else sa.types.NullType()
    clause = _clause(reflected, written)
    return Field(
        column=Column(reflected["name"], kind),
        clause=clause,
        reading=sa.type_coerce(clause, sa.types.NullType()) if is_json else clause,
        writing=_parameter_of(clause),
        encode=(lambda value: value) if is_json else sqlite.encode,
        decode=sqlite.decoder(kind.kind, scale),
        perhaps_uuid=sqlite.holds_uuids(declared),
    )


def _typed_field(dialect: sa.Dialect, reflected: ReflectedColumn) -> Field:
    stored = reflected["type"]
    if isinstance(stored, sa.JSON):
        stored.none_as_null = True
    clause = _clause(reflected, stored)
    declared = declared_name(stored, dialect)
    kind = type_of(stored, declared)
    reading, writing = _through_text(clause, kind, dialect)
    identity = reflected.get("identity")
    return Field(
        column=Column(reflected["name"], kind),
        clause=clause,
        reading=reading,
        writing=writing,
        encode=_zoned(stored),
        decode=_text_of_address if declared in _ADDRESSES else _as_it_is,
        numbered=bool(identity) or str(reflected["default"]).startswith("nextval("),
        always_numbered=bool(identity and identity["always"]),
        through_text=kind.kind == "unknown" and dialect.name == "postgresql",
    )


def _clause(reflected: ReflectedColumn, stored: TypeEngine[Any]) -> sa.ColumnClause[object]:
    return sa.column(quoted_name(reflected["name"], quote=True), stored)


def _parameter_of(clause: sa.ColumnClause[object]) -> Callable[[str], sa.ColumnElement[object]]:
    return lambda name: sa.bindparam(name, type_=clause.type)


def _through_text(
    clause: sa.ColumnClause[object], kind: Type, dialect: sa.Dialect
) -> tuple[sa.ColumnElement[Any], Callable[[str], sa.ColumnElement[Any]]]:
    """PostgreSQL's further types are read and written as text, which it can do with all of them."""
    if kind.kind != "unknown" or dialect.name != "postgresql":
        return clause, _parameter_of(clause)
    addressed = kind.declared in _ADDRESSES
    reading: sa.ColumnElement[Any] = clause if addressed else sa.cast(clause, sa.Text()).label(clause.name)
    if not kind.declared:
        return reading, _parameter_of(clause)
    return reading, lambda name: sa.cast(sa.cast(sa.bindparam(name, type_=sa.Text()), sa.Text()), clause.type)


def _as_it_is(value: object) -> object:
    return value


def _text_of_address(value: object) -> object:
    """A network address as text; drivers have types of their own for it."""
    return None if value is None else str(value)


def _zoned(stored: TypeEngine[Any]) -> Callable[[object], object]:
    """Times with or without a zone, as the column wants them. Where one of both has none, it counts as UTC."""
    if not isinstance(stored, sa.DateTime | sa.Time):
        return _as_it_is
    return with_zone if stored.timezone else without_zone


def with_zone(value: object) -> object:
    """A date and time, or a time, with a zone: UTC where it has none."""
    if isinstance(value, datetime | time) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def without_zone(value: object) -> object:
    """A date and time in UTC, without its zone; a time without its zone."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    return value
