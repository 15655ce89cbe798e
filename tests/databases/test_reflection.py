"""Tables and columns by the names that a feature writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from asgherkin.databases.database_opening import open_database
from asgherkin.databases.port import Query, Selection
from asgherkin.errors import SentenceError
from tests.databases.rows import dicts, starting

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncEngine

    from asgherkin.databases.port import Database

pytestmark = pytest.mark.asyncio


async def refusal(database: Database, table: str, *columns: str) -> str:
    """What is said of names that do not exist."""
    with pytest.raises(SentenceError) as error:
        await database.read(Selection(table, columns or None))
    return str(error.value)


def where(engine: AsyncEngine) -> str:
    """The address that messages show."""
    return str(engine.url)


async def test_an_empty_database_says_so(database: Database, engine: AsyncEngine) -> None:
    """A wrong path makes a new, empty file in SQLite."""
    message = await refusal(database, "notes")

    assert message == (
        f'The database {where(engine)} has no table "notes": it has no tables at all. Has the app made them?'
    )


async def test_an_unknown_table_is_told_with_the_nearest(database: Database, engine: AsyncEngine) -> None:
    """A slip of the pen, in one letter or in its case."""
    await database.query(Query("CREATE TABLE notes (id integer)"))
    await database.query(Query("CREATE TABLE prices (id integer)"))

    messages = [await refusal(database, one) for one in ("nots", "Notes", "x", "notes; DROP TABLE notes", "main.x.y")]

    start = f"The database {where(engine)} has no table"
    assert messages == [
        f'{start} "nots". The nearest: "notes".',
        f'{start} "Notes". The nearest: "notes".',
        f'{start} "x". Tables: "notes", "prices".',
        f'{start} "notes; DROP TABLE notes". Tables: "notes", "prices".',
        f'{start} "main.x.y". Tables: "notes", "prices".',
    ]


async def test_a_long_list_of_tables_is_cut(database: Database, engine: AsyncEngine) -> None:
    """Twelve names are enough to see what kind of database it is."""
    for number in range(14):
        await database.query(Query(f"CREATE TABLE t{number:02} (id integer)"))

    message = await refusal(database, "customers")

    listed = ", ".join(f'"t{number:02}"' for number in range(12))
    assert message == f'The database {where(engine)} has no table "customers". Tables: {listed}, and 2 more.'


async def test_an_unknown_column_is_told_with_the_nearest(database: Database) -> None:
    """Also in rows that are to be written."""
    await database.query(Query("CREATE TABLE notes (id integer, title text)"))

    message = await refusal(database, "notes", "titel")
    with pytest.raises(SentenceError) as error:
        await database.write(starting("notes", "x", "1"))

    assert message == 'The table "notes" has no column "titel". The nearest: "title".'
    assert str(error.value) == 'The table "notes" has no column "x". Columns: "id", "title".'


async def test_a_view_can_be_read(database: Database, engine: AsyncEngine) -> None:
    """A feature does not care what a table is made of."""
    await database.query(Query("CREATE VIEW one AS SELECT 1 AS id"))
    if engine.dialect.name == "postgresql":
        await database.query(Query("CREATE MATERIALIZED VIEW two AS SELECT 2 AS id"))

    rows = dicts(await database.read(Selection("one")))

    assert rows == [{"id": 1}]
    if engine.dialect.name == "postgresql":
        assert dicts(await database.read(Selection("two"))) == [{"id": 2}]


async def test_a_table_made_later_is_found(database: Database) -> None:
    """A name that is not known is looked up anew each time."""
    await refusal(database, "notes")
    await database.query(Query("CREATE TABLE notes (id integer)"))

    rows = await database.read(Selection("notes"))

    assert rows.total == 0


async def test_a_table_that_changes_is_looked_up_again(database: Database) -> None:
    """A column gone, a column more, another type."""
    await database.query(Query("CREATE TABLE notes (id integer, title text)"))
    await database.write(starting("notes", "id | title", "1 | milk"))
    await database.query(Query("ALTER TABLE notes DROP COLUMN title"))
    without = dicts(await database.read(Selection("notes")))

    await database.query(Query("ALTER TABLE notes ADD COLUMN price integer"))
    await database.write(starting("notes", "id | price", "1 | 4"))

    assert without == [{"id": 1}]
    assert dicts(await database.read(Selection("notes"))) == [{"id": 1, "price": 4}]


async def test_a_table_is_looked_up_once_for_an_engine(engine: AsyncEngine) -> None:
    """Not for each step, and not for each scenario."""
    sent: list[str] = []
    await open_database(engine).query(Query("CREATE TABLE notes (id integer)"))
    await open_database(engine).read(Selection("notes"))
    sa.event.listen(engine.sync_engine, "before_cursor_execute", lambda *args: sent.append(args[2]))

    await open_database(engine).read(Selection("notes"))
    await open_database(engine).read(Selection("notes", ()))

    assert sent == ['SELECT "notes"."id" \nFROM "notes"', 'SELECT count(*) AS count_1 \nFROM "notes"']


async def test_schemas(engine: AsyncEngine, database: Database, tmp_path: Path) -> None:
    """`sales.Orders`: an attached database in SQLite. A table of that whole name comes first."""
    script = ['CREATE TABLE sales."Orders" (id integer PRIMARY KEY)', 'CREATE TABLE "a.b" (id integer)']
    if engine.dialect.name == "sqlite":
        attach = f"ATTACH '{tmp_path / 'sales.db'}' AS sales"
        sa.event.listen(engine.sync_engine, "connect", lambda one, _: one.execute(attach))
        script.append('CREATE TABLE sales.lines (id integer, order_id integer REFERENCES "Orders" (id))')
    else:
        script.insert(0, "CREATE SCHEMA sales")
        script.append('CREATE TABLE sales.lines (id integer, order_id integer REFERENCES sales."Orders" (id))')
    for statement in script:
        await database.query(Query(statement))

    await database.write(starting("sales.Orders", "id", "7"))
    await database.write(starting("sales.lines", "id | order_id", "1 | 7"))
    await database.write(starting("a.b", "id", "8"))
    message = await refusal(database, "sales.orders")

    assert dicts(await database.read(Selection("sales.Orders"))) == [{"id": 7}]
    assert dicts(await database.read(Selection("a.b"))) == [{"id": 8}]
    assert message == (
        f'The database {where(engine)} has no table "sales.orders". The nearest: "sales.Orders", "sales.lines".'
    )
    with pytest.raises(SentenceError, match=r'rows of "(sales\.)?lines" refer to it'):
        await database.write(starting("sales.Orders"))
    emptied = await database.write(starting("sales.Orders", empty=("sales.Orders", "sales.lines")))
    assert [one.text for one in emptied] == ['DELETE FROM "sales"."lines"', 'DELETE FROM "sales"."Orders"']


async def test_the_default_schema_may_be_named(database: Database, engine: AsyncEngine) -> None:
    """Foreign keys are followed all the same."""
    schema = "main" if engine.dialect.name == "sqlite" else "public"
    await database.query(Query("CREATE TABLE notes (id integer PRIMARY KEY)"))
    await database.query(Query("CREATE TABLE comments (note_id integer REFERENCES notes (id))"))
    await database.write(starting("notes", "id", "1"))
    await database.write(starting("comments", "note_id", "1"))

    emptied = await database.write(starting(f"{schema}.notes", empty=(f"{schema}.notes", "comments")))

    assert [one.text for one in emptied] == ['DELETE FROM "comments"', 'DELETE FROM "notes"']
