"""The port: reading, writing and querying a database, with typed records. A user's own object may implement it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind: TypeAlias = Literal[
    "unknown",
    "boolean",
    "integer",
    "decimal",
    "float",
    "text",
    "date",
    "time",
    "datetime",
    "uuid",
    "json",
    "bytes",
    "enum",
    "array",
]
"""What a column holds. Values of an `unknown` column are compared each by its own type."""


@dataclass(frozen=True, slots=True)
class Type:
    """A column's type."""

    kind: Kind = "unknown"
    declared: str = ""
    """As the database names it: `NUMERIC(8, 2)`; for messages."""
    choices: tuple[str, ...] = ()
    """The labels of an enum."""
    item: Type | None = None
    """What an array holds."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table or of a query's result."""

    name: str
    type: Type = Type()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a feature's table, with remembered values put in."""

    written: str
    """Its text."""
    value: object
    """The text as JSON: a number, a boolean, None for `null`, an array, an object; else a text.

    A text that starts with `#` is a matcher; `\\#` starts a text with `#`.
    """


@dataclass(frozen=True, slots=True)
class Selection:
    """Which columns of a table to read: None for all, an empty tuple where only the number of rows is needed."""

    table: str
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Seeding:
    """Tables to empty, in an order that their foreign keys allow, and then the rows to put into one of them."""

    table: str
    empty: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[Cell, ...]] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A query in the database's language; each `{{name}}` in it stands for the parameter of that name."""

    text: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was sent to the database: evidence."""

    text: str
    parameters: object = None
    """Bound parameters: a mapping, or a list with a mapping for each row."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table or a query. `returns` is False for a statement that has no result, such as an UPDATE."""

    columns: Sequence[Column] = ()
    values: Sequence[tuple[object, ...]] = ()
    total: int = 0
    """The number of rows, also where no columns were read."""
    statements: tuple[Statement, ...] = ()
    returns: bool = True


class Database(Protocol):
    """A database, for one scenario. Its methods are awaited on the app's own loop.

    They raise SentenceError for a mistake in a feature: an unknown table, a value that a column cannot hold.
    """

    async def read(self, selection: Selection) -> Rows:
        """Read a table."""

    async def write(self, seeding: Seeding) -> Sequence[Statement]:
        """Empty tables, then insert rows into one of them, in one transaction."""

    async def query(self, query: Query) -> Rows:
        """Run a query, and commit its changes."""
