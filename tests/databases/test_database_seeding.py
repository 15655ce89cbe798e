"""Emptying tables and putting rows into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.databases.port import Query, Selection
from asgherkin.errors import SentenceError
from tests.databases.rows import dicts, starting

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from asgherkin.databases.port import Database, Seeding

pytestmark = pytest.mark.asyncio

SHOP = """
CREATE TABLE notes (id integer PRIMARY KEY, title text NOT NULL);
CREATE TABLE comments (
    id integer PRIMARY KEY, note_id integer NOT NULL REFERENCES notes (id), parent integer REFERENCES comments (id)
);
CREATE TABLE stars (note_id integer REFERENCES notes (id), by_whom text, PRIMARY KEY (note_id, by_whom));
INSERT INTO notes VALUES (1, 'milk');
INSERT INTO comments VALUES (1, 1, NULL), (2, 1, 1);
"""
HOSTILE = [
    '"; DROP TABLE notes; --',
    "it's",
    "100%",
    "%s %(id)s",
    ":id",
    "{{id}} {0}",
    "a\\b",
    "two\nlines",
    "naïve ☕ 咖啡",
]
CIRCLES = """
CREATE TABLE hens (id integer PRIMARY KEY, egg integer {});
CREATE TABLE eggs (id integer PRIMARY KEY, hen integer REFERENCES hens (id));
"""


async def run(database: Database, script: str) -> None:
    """Statements apart by semicolons."""
    for statement in script.split(";"):
        if statement.strip():
            await database.query(Query(statement))


async def refusal(database: Database, seeding: Seeding) -> str:
    """What is said of a seeding that fails."""
    with pytest.raises(SentenceError) as error:
        await database.write(seeding)
    return str(error.value)


async def total(database: Database, table: str) -> int:
    """The number of a table's rows."""
    return (await database.read(Selection(table, ()))).total


async def test_rows_take_the_place_of_those_before(database: Database) -> None:
    """The table is emptied, then the rows are put in; the evidence tells both."""
    await run(database, "CREATE TABLE notes (id integer PRIMARY KEY, title text); INSERT INTO notes VALUES (1, 'milk')")

    statements = await database.write(starting("notes", "id | title", "2 | tea", "3 | null"))

    assert dicts(await database.read(Selection("notes"))) == [{"id": 2, "title": "tea"}, {"id": 3, "title": None}]
    assert [one.text.split(" (")[0] for one in statements] == ['DELETE FROM "notes"', 'INSERT INTO "notes"']
    assert statements[1].parameters == [{"id": 2, "title": "tea"}, {"id": 3, "title": None}]


async def test_a_table_without_rows_is_only_emptied(database: Database) -> None:
    """`is emptied`, or a table with a heading alone."""
    await run(database, "CREATE TABLE notes (id integer PRIMARY KEY, title text); INSERT INTO notes VALUES (1, 'milk')")

    await database.write(starting("notes", "id | title"))

    assert await total(database, "notes") == 0


async def test_tables_are_emptied_children_first(database: Database) -> None:
    """Whatever order the feature has, with a table that refers to itself and one named twice."""
    await run(database, SHOP)

    statements = await database.write(starting("notes", empty=("notes", "comments", "stars", "notes")))

    assert [one.text for one in statements] == ['DELETE FROM "comments"', 'DELETE FROM "stars"', 'DELETE FROM "notes"']
    assert await total(database, "notes") == 0


async def test_tables_that_refer_to_each_other_are_emptied(database: Database, engine: AsyncEngine) -> None:
    """No order is right: the foreign keys are looked at once both are empty."""
    reference = "REFERENCES eggs (id)" if engine.dialect.name == "sqlite" else ""
    await run(database, CIRCLES.format(reference))
    if not reference:
        await run(database, "ALTER TABLE hens ADD FOREIGN KEY (egg) REFERENCES eggs (id)")
    await run(database, "INSERT INTO hens VALUES (1, NULL); INSERT INTO eggs VALUES (1, 1); UPDATE hens SET egg = 1")

    await database.write(starting("hens", empty=("hens", "eggs")))

    assert (await total(database, "hens"), await total(database, "eggs")) == (0, 0)


async def test_a_table_that_still_refers_is_named(database: Database, engine: AsyncEngine) -> None:
    """It is to be emptied together with the one it refers to."""
    await run(database, SHOP)

    message = await refusal(database, starting("notes"))

    said, names = "FOREIGN KEY constraint failed.", '"comments" or "stars"'
    if engine.dialect.name == "postgresql":
        names = '"comments"'
        said = (
            'update or delete on table "notes" violates foreign key constraint "comments_note_id_fkey" on table '
            '"comments". Key (id)=(1) is still referenced from table "comments".'
        )
    assert message == (
        f'The table "notes" cannot be emptied: rows of {names} refer to it. Empty that one in the same group of '
        f'Givens: Given the table "comments" is emptied. The database says: {said}'
    )
    assert await total(database, "notes") == 1


async def test_nothing_is_written_where_a_row_is_refused(database: Database, engine: AsyncEngine) -> None:
    """All of it, or nothing: also the emptying is taken back."""
    await run(database, SHOP)

    message = await refusal(database, starting("stars", "note_id | by_whom", "1 | Ann", "1 | Ann"))

    assert (
        message
        == {
            "sqlite": 'The database refuses the rows for the table "stars": '
            "UNIQUE constraint failed: stars.note_id, stars.by_whom.",
            "postgresql": 'The database refuses the rows for the table "stars": duplicate key value violates unique '
            'constraint "stars_pkey". Key (note_id, by_whom)=(1, Ann) already exists.',
        }[engine.dialect.name]
    )
    assert await total(database, "stars") == 0


async def test_composite_keys(database: Database) -> None:
    """Two columns make a row's key."""
    await run(database, SHOP)

    await database.write(starting("stars", "note_id | by_whom", "1 | Ann", "1 | Bob"))

    assert await total(database, "stars") == 2


@pytest.mark.parametrize(
    ("columns", "row", "advice"),
    [("id", "7", ' Add the column "title" to the table.'), ("id | title", "7 | null", "")],
    ids=["left-out", "null"],
)
async def test_a_column_that_must_not_be_null(
    database: Database, engine: AsyncEngine, columns: str, row: str, advice: str
) -> None:
    """Where it was left out, the error says to add it."""
    await run(database, SHOP)

    message = await refusal(database, starting("notes", columns, row, empty=()))

    said = {
        "sqlite": "NOT NULL constraint failed: notes.title.",
        "postgresql": 'null value in column "title" of relation "notes" violates not-null constraint. '
        "Failing row contains (7, null).",
    }[engine.dialect.name]
    assert message == f'The database refuses the rows for the table "notes": {said}{advice}'


@pytest.mark.parametrize("text", HOSTILE)
async def test_cells_are_never_sql(database: Database, text: str) -> None:
    """Each comes back as it was written."""
    await run(database, SHOP)

    await database.write(starting("notes", "id | title", f"1 | {text}", empty=("notes", "comments")))

    assert dicts(await database.read(Selection("notes"))) == [{"id": 1, "title": text}]


@pytest.mark.parametrize("name", HOSTILE)
async def test_names_are_never_sql(database: Database, name: str) -> None:
    """Tables and columns may have any name that the database takes."""
    quoted = '"' + name.replace('"', '""') + '"'
    await database.query(Query(f"CREATE TABLE {quoted} (id integer, {quoted} text)"))

    await database.write(starting(name, f"id | {name}", "1 | milk"))

    assert dicts(await database.read(Selection(name))) == [{"id": 1, name: "milk"}]


async def test_a_text_that_no_database_takes(database: Database, engine: AsyncEngine) -> None:
    """Half of a character."""
    await run(database, SHOP)

    message = await refusal(database, starting("notes", "id | title", "1 | \ud800", empty=()))

    assert (
        message
        == {
            "sqlite": 'The database refuses to write the table "notes": surrogates not allowed.',
            "postgresql": 'The database refuses the rows for the table "notes": invalid input for query argument $2: '
            "'\\ud800' ('utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed).",
        }[engine.dialect.name]
    )


@pytest.mark.parametrize(
    "key",
    ["serial", "integer GENERATED BY DEFAULT AS IDENTITY", "integer GENERATED ALWAYS AS IDENTITY"],
    ids=["serial", "by-default", "always"],
)
async def test_numbering_goes_on_after_the_rows(database: Database, engine: AsyncEngine, key: str) -> None:
    """The app's next row gets a number of its own, in a table with whatever name."""
    if engine.dialect.name == "sqlite":
        key = "integer"
    await run(database, f'CREATE TABLE "My ""Notes" ("Id" {key} PRIMARY KEY, title text)')
    await database.write(starting('My "Notes', "Id | title", "7 | milk", "3 | tea"))

    await database.query(Query('INSERT INTO "My ""Notes" (title) VALUES (\'coffee\')'))

    ids = [one["Id"] for one in dicts(await database.read(Selection('My "Notes', ("Id",))))]
    assert sorted(map(str, ids)) == ["3", "7", "8"]


async def test_numbering_starts_at_one_after_numbers_below(database: Database, engine: AsyncEngine) -> None:
    """A sequence has no number below 1."""
    key = "integer" if engine.dialect.name == "sqlite" else "serial"
    await run(database, f"CREATE TABLE notes (id {key} PRIMARY KEY, title text)")
    await database.write(starting("notes", "id | title", "-5 | milk"))

    await database.query(Query("INSERT INTO notes (title) VALUES ('coffee')"))

    ids = [one["id"] for one in dicts(await database.read(Selection("notes")))]
    assert ids == ([-5, -4] if key == "integer" else [-5, 1])


async def test_rows_without_numbers_get_some(database: Database, engine: AsyncEngine) -> None:
    """The database numbers them."""
    key = "integer" if engine.dialect.name == "sqlite" else "serial"
    await run(database, f"CREATE TABLE notes (id {key} PRIMARY KEY, title text)")

    await database.write(starting("notes", "title", "milk", "tea"))

    assert [one["id"] for one in dicts(await database.read(Selection("notes")))] == [1, 2]
