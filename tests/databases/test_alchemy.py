"""Reading, queries, deadlines, and what is said of a database's own errors."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from asgherkin.databases.alchemy import AlchemyDatabase, Source
from asgherkin.databases.database_opening import open_database
from asgherkin.databases.port import Query, Selection, Statement
from asgherkin.errors import AppError, SentenceError
from tests.databases.rows import dicts, starting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asgherkin.databases.port import Database

pytestmark = pytest.mark.asyncio

NOTES = "CREATE TABLE notes (id integer PRIMARY KEY, title text)"
ID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
LOCK = "A transaction of the app's may hold a lock: is every one committed or rolled back before the response is sent?"


async def refusal(database: Database, query: str, **parameters: object) -> str:
    """What is said of a query that fails."""
    with pytest.raises(SentenceError) as error:
        await database.query(Query(query, parameters))
    return str(error.value)


async def values(database: Database, query: str, **parameters: object) -> list[tuple[object, ...]]:
    """The rows of a query's result."""
    return list((await database.query(Query(query, parameters))).values)


@pytest_asyncio.fixture
async def notes(database: Database) -> Database:
    """Two notes."""
    await database.query(Query(NOTES))
    await database.write(starting("notes", "id | title", "1 | milk", "2 | tea"))
    return database


async def test_a_table_is_read_with_its_columns(notes: Database) -> None:
    """All of them, or those that are asked for, with the statement as evidence."""
    whole = await notes.read(Selection("notes"))
    titles = await notes.read(Selection("notes", ("title",)))

    assert dicts(whole) == [{"id": 1, "title": "milk"}, {"id": 2, "title": "tea"}]
    assert (whole.total, whole.returns) == (2, True)
    assert titles.values == [("milk",), ("tea",)]
    assert titles.statements == (Statement('SELECT "notes"."title" \nFROM "notes"'),)


async def test_rows_are_counted_where_no_columns_are_asked_for(notes: Database) -> None:
    """A million rows need not be read to be counted."""
    rows = await notes.read(Selection("notes", ()))

    assert (rows.total, rows.columns, rows.values) == (2, (), ())


async def test_a_query_gives_rows(notes: Database) -> None:
    """Its columns have the names that it gives them, and no type but their values'."""
    rows = await notes.query(Query("SELECT title AS name, 'a:b' AS x FROM notes WHERE id = {{ id }}", {"id": 2}))

    assert dicts(rows) == [{"name": "tea", "x": "a:b"}]
    assert [one.type.kind for one in rows.columns] == ["unknown", "unknown"]
    assert rows.statements == (Statement("SELECT title AS name, 'a:b' AS x FROM notes WHERE id = {{ id }}", {"id": 2}),)


async def test_a_query_without_rows(notes: Database) -> None:
    """It tells how many rows it touched, and what it changed is kept."""
    rows = await notes.query(Query("UPDATE notes SET title = {{title}}", {"title": "'; DROP TABLE notes; --"}))

    assert (rows.returns, rows.total) == (False, 2)
    assert await values(notes, "SELECT DISTINCT title FROM notes") == [("'; DROP TABLE notes; --",)]


async def test_only_slots_are_parameters(notes: Database, engine: AsyncEngine) -> None:
    """Colons, percent signs and question marks in texts, comments and casts stay what they are."""
    query = """SELECT ':id %s ?' AS a, {{x}} AS b, {{x}} AS c -- {{x}} :x
        /* {{y}} */ FROM notes WHERE id = 1"""
    if engine.dialect.name == "postgresql":
        query = query.replace("AS c", r"AS c, '7'::int AS d, $$ {{x}} :x $$ AS e, E'\'' AS f")

    rows = await values(notes, query, x="{{x}}")

    more = (7, " {{x}} :x ", "'") if engine.dialect.name == "postgresql" else ()
    assert rows == [(":id %s ?", "{{x}}", "{{x}}", *more)]


@pytest.mark.parametrize(
    ("query", "parameters", "message"),
    [
        (
            "SELECT 'a {{x}}' AS a",
            {"x": 1},
            "The query has {{x}} inside quotes: 'a {{x}}'. A remembered value is a parameter, never a part of the "
            "text: leave out the quotes, and put a longer text together in the query: 'a ' || {{x}}",
        ),
        ("SELECT {{z}}", {"y": 2, "x": 1}, "The query's {{z}} has no value. Values: x, y"),
        ("SELECT {{z}}", {}, "The query's {{z}} has no value. Values: none"),
        ("", {}, "The query is empty. Write it under the sentence, in a doc string."),
        (" \n ", {}, "The query is empty. Write it under the sentence, in a doc string."),
        (
            "SELECT a.id, b.id FROM notes a, notes b",
            {},
            'The query gives two columns with the name "id". Name them apart with AS: '
            'SELECT a."id" AS "first_id", b."id" AS "second_id" …',
        ),
    ],
    ids=["in quotes", "unknown", "none known", "empty", "blank", "two columns of one name"],
)
async def test_a_query_that_is_refused(
    notes: Database, query: str, parameters: dict[str, object], message: str
) -> None:
    """A parameter in quotes would be the text of its name; of two columns it would be open which is compared."""
    assert await refusal(notes, query, **parameters) == message


async def test_braces_in_quotes_that_name_no_value_are_a_text(database: Database) -> None:
    """A template of the app's, for example."""
    assert await values(database, "SELECT '{{y}}' AS a", x=1) == [("{{y}}",)]


@pytest.mark.parametrize(
    ("query", "sqlite", "postgresql"),
    [
        (
            "SELECT *\n  FROMM notes",
            'near "FROMM": syntax error. Line 2 of the query: FROMM notes',
            'syntax error at or near "FROMM". Line 2 of the query: FROMM notes',
        ),
        (
            "SELECT *\nFROM missing",
            "no such table: missing. Line 2 of the query: FROM missing",
            'relation "missing" does not exist. Line 2 of the query: FROM missing',
        ),
        (
            "SELECT x\nFROM notes\nWHERE {{a}} = x",
            "no such column: x.",
            'column "x" does not exist. Line 1 of the query: SELECT x',
        ),
        (
            "SELECT titel FROM notes",
            "no such column: titel. Line 1 of the query: SELECT titel FROM notes",
            'column "titel" does not exist. Perhaps you meant to reference the column "notes.title". '
            "Line 1 of the query: SELECT titel FROM notes",
        ),
        (
            "SELECT 1 AS a; SELECT 2 AS b",
            "You can only execute one statement at a time.",
            "cannot insert multiple commands into a prepared statement.",
        ),
        (
            "INSERT INTO notes VALUES (1, 'x')",
            "UNIQUE constraint failed: notes.id.",
            'duplicate key value violates unique constraint "notes_pkey". Key (id)=(1) already exists.',
        ),
        (
            "SELECT {{big}} AS a",
            "Python int too large to convert to SQLite INTEGER.",
            "invalid input for query argument $1: 1180591620717411303424 (value out of int64 range).",
        ),
    ],
    ids=["syntax", "table", "twice", "column", "two-statements", "duplicate", "too-large"],
)
async def test_a_broken_query(notes: Database, engine: AsyncEngine, query: str, sqlite: str, postgresql: str) -> None:
    """The database's own message, and the line where it is known, without SQLAlchemy's further lines."""
    message = await refusal(notes, query, a=1, big=2**70)

    said = sqlite if engine.dialect.name == "sqlite" else postgresql
    assert message == f"The database refuses the query: {said}"


@pytest.mark.parametrize(
    ("column", "stored", "parameter"),
    [
        ("integer", "7", "7"),
        ("date", "'2026-11-22'", "2026-11-22"),
        ("timestamp", "'2026-11-22 10:00:00.000000'", "2026-11-22T10:00:00"),
        ("timestamptz", "'2026-11-22 10:00:00+00'", "2026-11-22T11:00:00+01:00"),
        ("numeric(8, 2)", "4.20", "4.2"),
        ("uuid", f"'{ID}'", ID),
        ("text", "'7'", "7"),
        ("json", "'{}'", {}),
    ],
    ids=str,
)
async def test_a_remembered_text_is_compared_as_what_postgres_expects(
    on_postgres: Database, column: str, stored: str, parameter: object
) -> None:
    """A date that came in a response's JSON is a text, and finds its rows without a cast."""
    await on_postgres.query(Query(f"CREATE TABLE things (it {column})"))
    await on_postgres.query(Query(f"INSERT INTO things VALUES ({stored})"))  # noqa: S608 - the test's own text
    cast = "::text" if column == "json" else ""

    query = "SELECT 1 AS one FROM things WHERE it = {{it}} AND 1 = {{n}}".replace("it =", f"it{cast} =")
    assert await values(on_postgres, query, it=parameter, n=1) == [(1,)]


async def test_a_list_is_an_array_on_postgres(on_postgres: Database) -> None:
    """As in `= ANY({{ids}})`."""
    assert await values(on_postgres, "SELECT 2 = ANY({{ids}}) AS a", ids=[1, 2]) == [(True,)]


async def test_json_in_a_result(on_postgres: Database) -> None:
    """A JSON text is no other text."""
    rows = await on_postgres.query(Query("""SELECT '"a"'::jsonb AS a, 'a' AS b"""))

    assert (rows.values, [column.type.kind for column in rows.columns]) == ([("a", "a")], ["json", "unknown"])


@asynccontextmanager
async def silent() -> AsyncIterator[AsyncConnection]:
    """Never a connection."""
    await asyncio.Event().wait()
    yield  # type: ignore[misc]


@asynccontextmanager
async def failing() -> AsyncIterator[AsyncConnection]:
    """An exception of the app's own."""
    raise KeyError("x")
    yield


@pytest.mark.parametrize("act", ["read", "write", "query"])
async def test_a_database_that_does_not_answer(act: str) -> None:
    """Each act has its deadline."""
    database = AlchemyDatabase(Source(silent, silent), "sqlite", timeout=0.01)
    what = {"read": Selection("notes"), "write": starting("notes"), "query": Query("SELECT 1")}

    with pytest.raises(AppError) as error:
        await getattr(database, act)(what[act])

    assert str(error.value) == f"The database did not answer within 0.01 seconds. {LOCK}"


async def test_exceptions_of_other_kinds_are_not_told_as_the_databases() -> None:
    """A programmer's mistake keeps its type and its traceback."""
    database = AlchemyDatabase(Source(failing, failing), "sqlite")

    with pytest.raises(KeyError, match="x"):
        await database.query(Query("SELECT 1"))


async def test_a_lock_of_the_app(database_url: str) -> None:
    """A transaction that the app has left open."""
    sqlite = database_url.startswith("sqlite")
    limit = {"timeout": 0.01} if sqlite else {"server_settings": {"lock_timeout": "10"}}
    engine = create_async_engine(database_url, connect_args=limit)
    database = open_database(engine)
    await database.query(Query(NOTES))
    await database.write(starting("notes", "id | title", "1 | milk"))

    async with engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE notes SET title = 'tea'")
        with pytest.raises(AppError) as error:
            await database.write(starting("notes", "id | title", "1 | coffee"))

    said = "database is locked." if sqlite else "canceling statement due to lock timeout."
    assert str(error.value) == f"The database is locked. {LOCK} The database says: {said}"
    await engine.dispose()


async def test_an_app_that_keeps_all_connections(postgres_url: str) -> None:
    """The pool has none left."""
    engine = create_async_engine(postgres_url, pool_size=1, max_overflow=0, pool_timeout=0.01)

    async with engine.connect():
        with pytest.raises(AppError) as error:
            await open_database(engine).query(Query("SELECT 1"))

    assert str(error.value) == (
        "The engine's pool has no free connection. Does the app give back all of its own? "
        "QueuePool limit of size 1 overflow 0 reached, connection timed out, timeout 0.01."
    )
    await engine.dispose()


async def test_a_connection_that_is_lost(on_postgres: Database, postgres_url: str) -> None:
    """The server may be stopped in the middle."""
    with pytest.raises(AppError) as error:
        await on_postgres.query(Query("SELECT pg_terminate_backend(pg_backend_pid())"))

    assert str(error.value) == (
        f"The connection to the database {postgres_url} was lost: connection was closed in the middle of operation: "
        "terminating connection due to administrator command."
    )


async def test_a_view_that_is_broken(database: Database, engine: AsyncEngine) -> None:
    """A table that cannot be read is told with the database's message."""
    await database.query(Query("CREATE TABLE notes (id integer)"))
    divided = "abs(-9223372036854775807 - 1)" if engine.dialect.name == "sqlite" else "1 / id"
    await database.query(Query(f"CREATE VIEW broken AS SELECT {divided} AS one FROM notes"))  # noqa: S608
    await database.query(Query("INSERT INTO notes VALUES (0)"))

    with pytest.raises(SentenceError) as error:
        await database.read(Selection("broken"))

    said = "integer overflow." if engine.dialect.name == "sqlite" else "division by zero."
    assert str(error.value) == f'The database refuses to read the table "broken": {said}'


async def test_a_uuid_in_sqlite(on_sqlite: Database) -> None:
    """SQLAlchemy stores it as CHAR(32). Other texts in such a column stay texts."""
    await on_sqlite.query(Query("CREATE TABLE things (id CHAR(32))"))

    await on_sqlite.write(starting("things", "id", ID, "null"))
    as_uuids = await on_sqlite.read(Selection("things"))
    raw = await values(on_sqlite, "SELECT id FROM things")
    await on_sqlite.write(starting("things", "id", ID, "other"))
    as_texts = await on_sqlite.read(Selection("things"))

    assert raw == [(ID.replace("-", ""),), (None,)]
    assert (as_uuids.values, as_uuids.columns[0].type.kind) == ([(UUID(ID),), (None,)], "uuid")
    assert (as_texts.values, as_texts.columns[0].type.kind) == ([(ID.replace("-", ""),), ("other",)], "text")
