"""How values stand in SQLite, which has five types of its own and takes any name for a column's type.

Values are written as SQLAlchemy writes them, and read more widely: what cannot be of the column's type is given as
it is, so that one odd value does not hide the others.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from asgherkin.databases.port import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from asgherkin.databases.port import Kind

_DECLARED = sa.text("SELECT name, type FROM pragma_table_xinfo(:name, :schema)")
# SQLAlchemy takes a name that it does not know for a number.
_OTHER_NAMES: dict[str, Kind] = {
    "BYTEA": "bytes",
    "TIMESTAMPTZ": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "UUID": "uuid",
}
_NUMBERS = ("NUMERIC", "DECIMAL")
_HEX_UUID = re.compile(r"[0-9a-fA-F]{32}")


def declared_types(connection: sa.Connection, name: str, schema: str) -> dict[str, str]:
    """The types of a table's columns as they were declared."""
    rows = connection.execute(_DECLARED, {"name": name, "schema": schema})
    return {name: declared for name, declared in rows}  # noqa: C416 - dict() takes no rows, to mypy


def refined(guess: Type, declared: str) -> Type:
    """A type as guessed by SQLAlchemy, set right by the declared name."""
    name = declared.partition("(")[0].strip().upper()
    if name in _OTHER_NAMES:
        return Type(_OTHER_NAMES[name], declared)
    guessed_by_default = guess.kind == "decimal" and name not in _NUMBERS
    return Type("unknown" if guessed_by_default else guess.kind, declared)


def holds_uuids(declared: str) -> bool:
    """Whether a column may be one of SQLAlchemy's UUIDs, which stand in SQLite as 32 hex digits."""
    return re.sub(r"\s", "", declared).upper() == "CHAR(32)"


def are_uuids(values: list[object]) -> bool:
    """Whether all values that are not NULL are 32 hex digits, and at least one is there."""
    present = [one for one in values if one is not None]
    return bool(present) and all(isinstance(one, str) and _HEX_UUID.fullmatch(one) for one in present)


def encode(value: object) -> object:
    """A value as SQLAlchemy stores it in SQLite."""
    for known, stored in _STORED.items():
        if isinstance(value, known):
            return stored(value)
    return value


def _stored_datetime(value: datetime) -> str:
    universal = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return universal.isoformat(" ", "microseconds")


def _stored_time(value: time) -> str:
    return value.replace(tzinfo=None).isoformat("microseconds")


# A datetime is a date, too, and so comes first.
_STORED: Mapping[type, Callable[..., object]] = {
    datetime: _stored_datetime,
    date: date.isoformat,
    time: _stored_time,
    Decimal: float,
    UUID: str,
    bool: int,
}


def decoder(kind: Kind, scale: int | None = None) -> Callable[[object], object]:
    """What makes a stored value one of a column's kind, and gives it as it is where it cannot be one."""
    if kind == "decimal":
        return lambda value: _decimal(value, scale)
    if kind == "boolean":
        return lambda value: bool(value) if value in (0, 1) else value
    if kind not in _READ:
        return lambda value: value
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
    """A number that SQLite keeps in binary, rounded to the column's scale; to ten places without one."""
    if isinstance(value, float):
        return Decimal(repr(round(value, 10))) if scale is None else Decimal(f"{value:.{scale}f}")
    if isinstance(value, int):
        return Decimal(value)
    return _read(lambda text: _decimal(float(text), None), value)
