"""SQLAlchemy's types as the port's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from asgherkin.databases.port import Type

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from asgherkin.databases.port import Kind

# The first that fits: Enum is a String, too, and so on.
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


def type_of(stored: TypeEngine[Any], declared: str) -> Type:
    """The port's type for a reflected one; `declared` is how the database names it. What is not known is `unknown`."""
    if isinstance(stored, postgresql.DOMAIN):
        return type_of(stored.data_type, declared)
    if isinstance(stored, sa.Enum):
        return Type("enum", declared, tuple(stored.enums))
    if isinstance(stored, sa.ARRAY):
        item: TypeEngine[Any] = stored.item_type
        return Type("array", declared, item=type_of(item, declared_name(item)))
    return Type(next((kind for known, kind in _KINDS if isinstance(stored, known)), "unknown"), declared)


def declared_name(stored: TypeEngine[Any], dialect: sa.Dialect | None = None) -> str:
    """How a database names a type; nothing where SQLAlchemy does not know it."""
    if isinstance(stored, sa.types.NullType):
        return ""
    if isinstance(stored, postgresql.DOMAIN | postgresql.ENUM):
        return str(stored.name)
    if isinstance(stored, sa.ARRAY):
        return declared_name(stored.item_type, dialect) + "[]"
    return stored.compile(dialect=dialect)
