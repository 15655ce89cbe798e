"""The types of columns: written from a feature's cells and read again, on each database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import pytest

from asgherkin.databases.columns import with_zone, without_zone
from asgherkin.databases.port import Query, Selection, Type
from tests.databases.rows import starting

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from asgherkin.databases.port import Database

pytestmark = pytest.mark.asyncio

ID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
TEN = datetime(2026, 11, 22, 10, 0)  # noqa: DTZ001 - a column without a zone
TEN_UTC = TEN.replace(tzinfo=UTC)
TEN_FAR = TEN.replace(tzinfo=timezone(timedelta(hours=-1)))


class Case(NamedTuple):
    """A column's type, a cell, and what is read; PostgreSQL's where it differs."""

    declared: str
    cell: str
    kind: str
    value: object
    on_postgres: object = None


CASES = {
    "true": Case("boolean", "true", "boolean", True),
    "false": Case("boolean", "false", "boolean", False),
    "integer": Case("integer", "7", "integer", 7),
    "bigint": Case("bigint", "9007199254740993", "integer", 9007199254740993),
    "decimal": Case("decimal(8, 2)", "4.20", "decimal", Decimal("4.20")),
    "decimal-sum": Case("numeric(8, 2)", "0.30", "decimal", Decimal("0.30")),
    "numeric": Case("numeric", "0.1", "decimal", Decimal("0.1")),
    "whole": Case("numeric(8, 2)", "3", "decimal", Decimal(3)),
    "float": Case("double precision", "0.1", "float", 0.1),
    "text": Case("text", "milk", "text", "milk"),
    "number-as-text": Case("varchar(20)", "007", "text", "007"),
    "empty": Case("text", "", "text", ""),
    "date": Case("date", "2026-11-22", "date", date(2026, 11, 22)),
    "time": Case("time", "10:30:00", "time", time(10, 30)),
    "timestamp": Case("timestamp", "2026-11-22T10:00:00", "datetime", TEN),
    "timestamp-from-zone": Case("timestamp", "2026-11-22T11:00:00+01:00", "datetime", TEN),
    "timestamp-from-utc": Case("timestamp", "2026-11-22T10:00:00Z", "datetime", TEN),
    "timestamptz": Case("timestamp with time zone", "2026-11-22T11:00:00+01:00", "datetime", TEN, TEN_UTC),
    "timestamptz-without": Case("timestamptz", "2026-11-22T10:00:00", "datetime", TEN, TEN_UTC),
    "uuid": Case("uuid", ID, "uuid", UUID(ID)),
    "json-object": Case("json", '{"a": [1, null, "é"]}', "json", {"a": [1, None, "é"]}),
    "jsonb-array": Case("jsonb", "[1, 2.5]", "json", [1, 2.5]),
    "bytes": Case("bytea", "00ff", "bytes", b"\x00\xff"),
}


async def written_and_read(database: Database, declared: str, cell: str) -> tuple[Type, object]:
    """What a cell has become: the column's type, and the value."""
    await database.query(Query(f"CREATE TABLE things (it {declared})"))
    await database.write(starting("things", "it", cell))
    rows = await database.read(Selection("things"))
    return rows.columns[0].type, rows.values[0][0]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_a_cell_comes_back_with_the_columns_type(database: Database, engine: AsyncEngine, case: Case) -> None:
    """Seeded from text, read as Python's own type."""
    read, value = await written_and_read(database, case.declared, case.cell)

    expected = case.on_postgres if case.on_postgres and engine.dialect.name == "postgresql" else case.value
    assert (read.kind, value) == (case.kind, expected)
    assert isinstance(value, type(expected))


@pytest.mark.parametrize("declared", sorted({one.declared for one in CASES.values()}))
async def test_null_is_null_in_every_type(database: Database, declared: str) -> None:
    """Also in JSON, which has a null of its own."""
    await written_and_read(database, declared, "null")

    rows = await database.query(Query("SELECT 1 AS one FROM things WHERE it IS NULL"))

    assert rows.total == 1


@pytest.mark.parametrize(
    ("declared", "cell", "type_", "value"),
    [
        ("mood", "glad", Type("enum", "mood", ("glad", "sad")), "glad"),
        ("text[]", '["a", "b"]', Type("array", "TEXT[]", item=Type("text", "TEXT")), ["a", "b"]),
        ("integer[]", "[1, 2]", Type("array", "INTEGER[]", item=Type("integer", "INTEGER")), [1, 2]),
        ("mood[]", '["sad"]', Type("array", "mood[]", item=Type("enum", "mood", ("glad", "sad"))), ["sad"]),
        ("positive", "3", Type("integer", "positive"), 3),
        ("interval", "1 day", Type("unknown", "INTERVAL"), "1 day"),
        ("inet", "10.0.0.1", Type("unknown", "INET"), "10.0.0.1"),
        ("int4range", "[1,3)", Type("unknown", "INT4RANGE"), "[1,3)"),
        ("bit(3)", "101", Type("unknown", "BIT(3)"), "101"),
        ("xml", "<a/>", Type("unknown"), "<a/>"),
        ("time with time zone", "10:00:00+00:00", Type("time", "TIME WITH TIME ZONE"), time(10, tzinfo=UTC)),
    ],
    ids=["enum", "texts", "integers", "enums", "domain", "interval", "inet", "range", "bits", "xml", "timetz"],
)
async def test_further_types_of_postgres(
    on_postgres: Database, declared: str, cell: str, type_: Type, value: object
) -> None:
    """What has no type of its own here is written and read as PostgreSQL's own text."""
    await on_postgres.query(Query("CREATE TYPE mood AS ENUM ('glad', 'sad')"))
    await on_postgres.query(Query("CREATE DOMAIN positive AS integer CHECK (value > 0)"))

    read = await written_and_read(on_postgres, declared, cell)

    assert read == (type_, value)


async def test_an_address_may_be_null(on_postgres: Database) -> None:
    """None is no address."""
    assert await written_and_read(on_postgres, "inet", "null") == (Type("unknown", "INET"), None)


@pytest.mark.parametrize(
    ("declared", "stored", "kind", "value"),
    [
        ("boolean", "2", "boolean", 2),
        ("date", "'soon'", "date", "soon"),
        ("datetime", "'2026-11-22T10:00:00+00:00'", "datetime", TEN_UTC),
        ("datetime", "1763805600", "datetime", 1763805600),
        ("uuid", f"'{ID.replace('-', '')}'", "uuid", UUID(ID)),
        ("json", "'{broken'", "json", "{broken"),
        ("numeric(8, 2)", "0.1 + 0.2", "decimal", Decimal("0.30")),
        ("numeric", "0.1 + 0.2", "decimal", Decimal("0.3")),
        ("numeric(38, 20)", "'1.00000000000000000001'", "decimal", Decimal("1.0")),
        ("numeric(8, 2)", "'cheap'", "decimal", "cheap"),
        ("mood", "'glad'", "unknown", "glad"),
        ("", "'x'", "unknown", "x"),
    ],
    ids=str,
)
async def test_sqlite_holds_any_value_in_any_column(
    on_sqlite: Database, declared: str, stored: str, kind: str, value: object
) -> None:
    """What cannot be of the column's type is given as it is."""
    await on_sqlite.query(Query(f"CREATE TABLE things (it {declared})"))
    await on_sqlite.query(Query(f"INSERT INTO things VALUES ({stored})"))  # noqa: S608 - the test's own text

    rows = await on_sqlite.read(Selection("things"))

    assert (rows.columns[0].type.kind, rows.values[0][0]) == (kind, value)


@pytest.mark.parametrize(
    ("value", "zoned", "plain"),
    [
        (TEN, TEN_UTC, TEN),
        (TEN_FAR, TEN_FAR, TEN + timedelta(hours=1)),
        (time(10), time(10, tzinfo=UTC), time(10)),
        (time(10, tzinfo=UTC), time(10, tzinfo=UTC), time(10)),
        ("x", "x", "x"),
        (None, None, None),
    ],
    ids=["datetime", "datetime-zone", "time", "time-zone", "text", "none"],
)
async def test_zones_as_a_column_wants_them(value: object, zoned: object, plain: object) -> None:
    """Without a zone is UTC."""
    assert (with_zone(value), without_zone(value)) == (zoned, plain)
