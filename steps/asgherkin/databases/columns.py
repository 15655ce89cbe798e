"""How a column is read and written: its type for the port, and the conversions that a driver needs.

SQLite has five types of its own and takes any name for a column's type. Values are written there as SQLAlchemy writes
them, and read more leniently: a value that is not of the column's type stays as it is, so that it does not hide the
others.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import quoted_name

from asgherkin.databases.port import Column, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.engine.interfaces import ReflectedColumn
    from sqlalchemy.types import TypeEngine

    from asgherkin.databases.port import Kind

_ADDRESSES = ("INET", "CIDR")
# The first match counts: an Enum is a String, too.
_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.Float, "float"),
    (sa.Numeric, "decimal"),
    (sa.String, "text"),
    (sa.DateTime, "datetime"),
    (sa.Date, "date"),
    (sa.Time, "time"),
    (sa.Uuid, "uuid"),
    (sa.JSON, "json"),
    (sa.LargeBinary, "bytes"),
)
_DECLARED = sa.text("SELECT name, type FROM pragma_table_xinfo(:name, :schema)")
# SQLAlchemy takes an unknown name for a number.
_NAMED_OTHERWISE: dict[str, Kind] = {
    "BYTEA": "bytes",
    "TIMESTAMPTZ": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "UUID": "uuid",
}
_DECIMALS = ("NUMERIC", "DECIMAL")
_HEX_UUID = re.compile(r"[0-9a-fA-F]{32}")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table: how it is read and written."""

    column: Column
    clause: sa.ColumnClause[object]
    reading: sa.ColumnElement[object]
    writing: Callable[[str], sa.ColumnElement[object]]
    """The bound parameter of a name, with the casts that the database needs."""
    encode: Callable[[object], object]
    decode: Callable[[object], object]
    numbered: bool = False
    """The database numbers it: a sequence, or an identity."""
    always_numbered: bool = False
    through_text: bool = False
    """It takes texts only."""
    perhaps_uuid: bool = False
    """Its values are UUIDs where all of them look so."""

    def decoded(self, stored: list[object]) -> tuple[Column, list[object]]:
        """The column with its values; the values of a `perhaps_uuid` column decide its type."""
        present = [value for value in stored if value is not None] if self.perhaps_uuid else []
        if present and all(isinstance(value, str) and _HEX_UUID.fullmatch(value) for value in present):
            column = Column(self.column.name, Type("uuid", self.column.type.declared))
            return column, list(map(_decoder("uuid"), stored))
        return self.column, list(map(self.decode, stored))


def field_of(dialect: sa.Dialect, reflected: ReflectedColumn, declared: str) -> Field:
    """A reflected column; `declared` is its type's name, for SQLite only."""
    return _sqlite_field(reflected, declared) if dialect.name == "sqlite" else _typed_field(dialect, reflected)


def _sqlite_field(reflected: ReflectedColumn, declared: str) -> Field:
    stored = reflected["type"]
    kind = _refined(_type_of(stored, declared), declared)
    scale = getattr(stored, "scale", None)
    is_json = kind.kind == "json"
    # Read without a type of SQLAlchemy's, which would refuse a whole table for a single value.
    written: TypeEngine[Any] = sa.JSON(none_as_null=True) if is_json else sa.types.NullType()
    clause = _clause(reflected, written)
    return Field(
        column=Column(reflected["name"], kind),
        clause=clause,
        reading=sa.type_coerce(clause, sa.types.NullType()) if is_json else clause,
        writing=_parameter_of(clause),
        encode=_unchanged if is_json else _encode,
        decode=_decoder(kind.kind, scale),
        # SQLAlchemy keeps a UUID in SQLite as 32 hex digits.
        perhaps_uuid=re.sub(r"\s", "", declared).upper() == "CHAR(32)",
    )


def _typed_field(dialect: sa.Dialect, reflected: ReflectedColumn) -> Field:
    stored = reflected["type"]
    if isinstance(stored, sa.JSON):
        stored.none_as_null = True
    clause = _clause(reflected, stored)
    declared = _declared_name(stored, dialect)
    kind = _type_of(stored, declared)
    through_text = kind.kind == "unknown" and dialect.name == "postgresql"
    reading: sa.ColumnElement[Any] = clause
    writing: Callable[[str], sa.ColumnElement[Any]] = _parameter_of(clause)
    if through_text:
        # PostgreSQL can read and write a value of any type as text.
        if declared not in _ADDRESSES:
            reading = sa.cast(clause, sa.Text()).label(clause.name)
        if declared:
            writing = _cast_from_text(clause)
    identity = reflected.get("identity")
    encode = _unchanged
    if isinstance(stored, sa.DateTime | sa.Time):
        encode = with_zone if stored.timezone else without_zone
    return Field(
        column=Column(reflected["name"], kind),
        clause=clause,
        reading=reading,
        writing=writing,
        encode=encode,
        decode=_text if declared in _ADDRESSES else _unchanged,
        numbered=bool(identity) or str(reflected["default"]).startswith("nextval("),
        always_numbered=bool(identity and identity["always"]),
        through_text=through_text,
    )


def _clause(reflected: ReflectedColumn, stored: TypeEngine[Any]) -> sa.ColumnClause[object]:
    return sa.column(quoted_name(reflected["name"], quote=True), stored)


def _parameter_of(clause: sa.ColumnClause[object]) -> Callable[[str], sa.ColumnElement[object]]:
    return lambda name: sa.bindparam(name, type_=clause.type)


def _cast_from_text(clause: sa.ColumnClause[object]) -> Callable[[str], sa.ColumnElement[Any]]:
    # The inner cast gives the parameter a type: else the driver would want the value in the column's own.
    return lambda name: sa.cast(sa.cast(sa.bindparam(name, type_=sa.Text()), sa.Text()), clause.type)


def _unchanged(value: object) -> object:
    return value


def _text(value: object) -> object:
    # Drivers have types of their own for network addresses.
    return None if value is None else str(value)


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


def _type_of(stored: TypeEngine[Any], declared: str) -> Type:
    """The port's type for a reflected one; `declared` is the database's name for it."""
    if isinstance(stored, postgresql.DOMAIN):
        return _type_of(stored.data_type, declared)
    if isinstance(stored, sa.Enum):
        return Type("enum", declared, tuple(stored.enums))
    if isinstance(stored, sa.ARRAY):
        item: TypeEngine[Any] = stored.item_type
        return Type("array", declared, item=_type_of(item, _declared_name(item)))
    return Type(next((kind for known, kind in _KINDS if isinstance(stored, known)), "unknown"), declared)


def _declared_name(stored: TypeEngine[Any], dialect: sa.Dialect | None = None) -> str:
    """A database's name for a type, "" where SQLAlchemy does not know it."""
    if isinstance(stored, sa.types.NullType):
        return ""
    if isinstance(stored, postgresql.DOMAIN | postgresql.ENUM):
        return str(stored.name)
    if isinstance(stored, sa.ARRAY):
        return _declared_name(stored.item_type, dialect) + "[]"
    return stored.compile(dialect=dialect)


def declared_types(connection: sa.Connection, name: str, schema: str) -> dict[str, str]:
    """The types of a table's columns as they were declared."""
    rows = connection.execute(_DECLARED, {"name": name, "schema": schema})
    return {name: declared for name, declared in rows}  # noqa: C416 - dict() takes no rows, to mypy


def _refined(guess: Type, declared: str) -> Type:
    """SQLAlchemy's guess of a type, corrected by the declared name."""
    name = declared.partition("(")[0].strip().upper()
    if name in _NAMED_OTHERWISE:
        return Type(_NAMED_OTHERWISE[name], declared)
    guessed_by_default = guess.kind == "decimal" and name not in _DECIMALS
    return Type("unknown" if guessed_by_default else guess.kind, declared)


def _encode(value: object) -> object:
    """A value as SQLAlchemy stores it in SQLite."""
    for known, stored in _STORED.items():
        if isinstance(value, known):
            return stored(value)
    return value


# A datetime is a date, too, and so comes first.
_STORED: Mapping[type, Callable[[Any], object]] = {
    datetime: lambda value: (
        (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat(" ", "microseconds")
    ),
    date: date.isoformat,
    time: lambda value: value.replace(tzinfo=None).isoformat("microseconds"),
    Decimal: float,
    UUID: str,
    bool: int,
}


def _decoder(kind: Kind, scale: int | None = None) -> Callable[[object], object]:
    """A function that converts a stored value to a column's kind, and leaves one that is not of it unchanged."""
    if kind == "decimal":
        return lambda value: _decimal(value, scale)
    if kind == "boolean":
        return lambda value: bool(value) if value in (0, 1) else value
    if kind not in _READ:
        return _unchanged
    read = _READ[kind]
    return lambda value: _read(read, value)


_READ: Mapping[Kind, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
    "uuid": UUID,
    "json": json.loads,
}


def _read(read: Callable[[str], object], value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return read(value)
    except ValueError:
        return value


def _decimal(value: object, scale: int | None) -> object:
    """A number that SQLite keeps in binary, rounded to the column's scale, or to ten places."""
    if isinstance(value, float):
        return Decimal(repr(round(value, 10))) if scale is None else Decimal(f"{value:.{scale}f}")
    if isinstance(value, int):
        return Decimal(value)
    return _read(lambda text: _decimal(float(text), None), value)
