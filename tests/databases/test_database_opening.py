"""What a user may hand in as a database, and what is said of everything else."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from asgherkin.databases.alchemy import AlchemyDatabase
from asgherkin.databases.database_opening import close_database, open_database
from asgherkin.databases.port import Query, Selection
from asgherkin.errors import ConfigurationError
from tests.databases.rows import dicts, starting

if TYPE_CHECKING:
    from pathlib import Path

    from asgherkin.databases.port import Database

ASYNC = pytest.mark.asyncio
NOTES = "CREATE TABLE notes (id integer PRIMARY KEY, title text NOT NULL)"


class Ours:
    """A user's own database: three methods."""

    read = write = query = staticmethod(print)


def refusal(given: object) -> str:
    """What is said of something that is no database."""
    with pytest.raises(ConfigurationError) as error:
        open_database(given)
    return str(error.value)


async def titles(database: Database) -> list[object]:
    """The notes' titles."""
    return [one["title"] for one in dicts(await database.read(Selection("notes", ("title",))))]


def test_an_object_with_the_methods_is_taken_as_it_is() -> None:
    """A user's own database needs no SQLAlchemy."""
    ours: object = Ours()

    assert open_database(ours) is ours


@ASYNC
@pytest.mark.parametrize("way", ["text", "url", "engine", "sessionmaker"])
async def test_what_is_written_is_committed(database_url: str, engine: AsyncEngine, way: str) -> None:
    """A URL, an engine and a session maker each have transactions of their own."""
    given = {"text": database_url, "url": make_url(database_url), "engine": engine}
    database = open_database(given.get(way) or async_sessionmaker(engine))
    await database.query(Query(NOTES))

    await database.write(starting("notes", "id | title", "1 | milk"))

    assert await titles(database) == ["milk"]
    assert await titles(open_database(engine)) == ["milk"]
    await close_database(database)


@ASYNC
async def test_a_connection_is_never_committed(engine: AsyncEngine) -> None:
    """What is written through a connection goes with its transaction."""
    await open_database(engine).query(Query(NOTES))
    async with engine.connect() as connection:
        database = open_database(connection)
        await database.write(starting("notes", "id | title", "1 | milk"))
        await database.query(Query("INSERT INTO notes VALUES (2, 'tea')"))
        assert await titles(database) == ["milk", "tea"]

        await connection.rollback()

        assert await titles(database) == []
        assert not connection.in_transaction()


@ASYNC
async def test_a_connection_survives_what_fails(engine: AsyncEngine) -> None:
    """An act that fails leaves the connection's transaction as it was."""
    await open_database(engine).query(Query(NOTES))
    async with engine.connect() as connection, connection.begin():
        database = open_database(connection)
        await database.write(starting("notes", "id | title", "1 | milk"))

        with pytest.raises(Exception, match="refuses"):
            await database.write(starting("notes", "id | title", "2 | tea", "2 | coffee"))
        with pytest.raises(Exception, match="refuses"):
            await database.query(Query("SELEC"))

        assert await titles(database) == ["milk"]


@ASYNC
async def test_sessions_on_one_connection_see_its_transaction(engine: AsyncEngine) -> None:
    """A session maker that is bound to a connection, as for tests that roll everything back."""
    await open_database(engine).query(Query(NOTES))
    async with engine.connect() as connection, connection.begin() as transaction:
        maker = async_sessionmaker(connection, join_transaction_mode="create_savepoint")
        database = open_database(maker)

        await open_database(connection).write(starting("notes", "id | title", "1 | milk"))
        await database.query(Query("INSERT INTO notes VALUES (2, 'tea')"))

        assert await titles(database) == ["milk", "tea"]
        await transaction.rollback()
    assert await titles(open_database(engine)) == []


@ASYNC
async def test_a_pool_of_one_connection_is_enough(database_url: str) -> None:
    """Each act gives its connection back at once."""
    settings = {} if database_url.startswith("sqlite") else {"pool_size": 1, "max_overflow": 0, "pool_timeout": 1}
    engine = create_async_engine(database_url, **settings)
    database = open_database(engine)

    await database.query(Query(NOTES))
    await database.write(starting("notes", "id | title", "1 | milk"))
    read = await titles(database)

    assert read == ["milk"]
    await engine.dispose()


def test_an_engine_by_url_works_on_the_loops_of_two_scenarios(database_url: str) -> None:
    """Its pool is emptied at the end of each scenario, since a connection belongs to a loop."""

    async def scenario() -> int:
        database = open_database(database_url)
        try:
            return (await database.query(Query("SELECT 1 AS one"))).total
        finally:
            await close_database(database)

    totals = [asyncio.run(scenario()), asyncio.run(scenario())]

    assert totals == [1, 1]


@ASYNC
async def test_an_engine_that_was_handed_in_is_not_disposed(sqlite_url: str) -> None:
    """It belongs to the app."""
    engine = create_async_engine(sqlite_url)
    database = open_database(engine)
    await database.query(Query("SELECT 1 AS one"))
    pool = engine.pool

    await close_database(database)

    assert engine.pool is pool
    await engine.dispose()


def test_two_scenarios_share_the_engine_of_a_url(sqlite_url: str) -> None:
    """What is known of its tables is kept for the run."""
    first, second = open_database(sqlite_url), open_database(sqlite_url)

    assert isinstance(first, AlchemyDatabase)
    assert isinstance(second, AlchemyDatabase)
    assert first.source.engine is second.source.engine is not None


def test_a_session_maker_without_an_engine_has_no_address() -> None:
    """Its sessions may be bound table by table."""
    database = open_database(async_sessionmaker())

    assert isinstance(database, AlchemyDatabase)
    assert database.where == "of the session maker"


ALLOWED = (
    "A database is a URL such as sqlite+aiosqlite:///shop.db, or, by the fixture database: SQLAlchemy's AsyncEngine, "
    "AsyncConnection or async_sessionmaker, or an object with the async methods read, write and query"
)
SYNCHRONOUS = (
    "The database is a synchronous {}. Hand in an engine made with "
    "sqlalchemy.ext.asyncio.create_async_engine: it shares the app's event loop"
)
NO_ASYNC_DRIVER = "The database's URL starts with {}://, which is no async driver. Write {}"
NO_URL = (
    "The database's URL cannot be read ({}). Write it as sqlite+aiosqlite:///shop.db or "
    "postgresql+asyncpg://user:password@localhost:5432/shop, with %40 for an @ in a password"
)
IN_MEMORY = (
    "The database sqlite+aiosqlite://{} lives in the memory of its own connection: the app's would be another one, "
    "with the same URL and without a row in common. Use a file (sqlite+aiosqlite:///shop.db), or hand in the app's own "
    "engine by the fixture database"
)
ENGINE = sa.create_engine("sqlite://")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, f"The database is a NoneType, which cannot be one. {ALLOWED}"),
        (["sqlite://"], f"The database is a list, which cannot be one. {ALLOWED}"),
        (object(), f"The database is a object, which cannot be one. {ALLOWED}"),
        (ENGINE, SYNCHRONOUS.format("Engine")),
        (Session(ENGINE), SYNCHRONOUS.format("Session")),
        (sessionmaker(ENGINE), SYNCHRONOUS.format("sessionmaker")),
        (
            AsyncSession(),
            "The database is an AsyncSession. Hand in its async_sessionmaker instead, or await session.connection()",
        ),
        ("sqlite:///shop.db", NO_ASYNC_DRIVER.format("sqlite", "sqlite+aiosqlite:///shop.db")),
        (
            "mysql://ann:secret@localhost/shop",
            NO_ASYNC_DRIVER.format("mysql", "mysql+aiomysql://ann:***@localhost/shop"),
        ),
        (
            "postgresql+psycopg2://ann:secret@localhost/shop?sslmode=secret",
            NO_ASYNC_DRIVER.format("postgresql+psycopg2", "postgresql+asyncpg://ann:***@localhost/shop"),
        ),
        (
            "postgres://ann:secret@localhost/shop",
            NO_ASYNC_DRIVER.format("postgres", "postgresql+asyncpg://ann:***@localhost/shop"),
        ),
        (
            "mongodb://ann:secret@localhost/shop",
            "SQLAlchemy knows no database mongodb. Databases: mariadb, mssql, mysql, oracle, postgresql, sqlite",
        ),
        (
            "mysql+aiomysql://ann:secret@localhost/shop",
            "The database needs the package aiomysql, which is not installed: pip install aiomysql",
        ),
        (
            "sqlite+aiosqlite:///shop.db?timeout=long",
            "The database's URL has a wrong setting: could not convert string to float: 'long'",
        ),
        ("sqlite+aiosqlite://", IN_MEMORY.format("")),
        ("sqlite+aiosqlite:///", IN_MEMORY.format("/")),
        ("sqlite+aiosqlite:///:memory:", IN_MEMORY.format("/%3Amemory%3A")),
        ("sqlite+aiosqlite:///file:shop?mode=memory&uri=true", IN_MEMORY.format("/file%3Ashop")),
        ("", NO_URL.format('there is no "://" in it')),
        ("shop.db", NO_URL.format('there is no "://" in it')),
        ("postgresql+asyncpg://ann:secret@localhost:port/shop", NO_URL.format("postgresql+asyncpg://…")),
    ],
    ids=lambda one: one[:40] if isinstance(one, str) else type(one).__name__,
)
def test_what_cannot_be_a_database(given: object, message: str) -> None:
    """The error says what may be handed in, what to write or to install, and no password."""
    assert refusal(given) == message


@pytest.mark.parametrize(
    ("package", "extra"), [("sqlalchemy", "database"), ("aiosqlite", "database"), ("asyncpg", "postgresql")]
)
def test_a_missing_package_is_named_with_its_extra(package: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is ready to be pasted."""
    monkeypatch.setitem(sys.modules, package, None)
    name = {"asyncpg": "postgresql+asyncpg"}.get(package, "sqlite+aiosqlite")

    message = refusal(f"{name}:///missing-{package}.db")

    assert message == (
        f'The database needs the package {package}, which is not installed: pip install "asgherkin[{extra}]"'
    )


@ASYNC
@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "sqlite+aiosqlite:///{tmp}/missing/shop.db",
            "there is no folder {tmp}/missing. A relative path starts at the directory that pytest is run in.",
        ),
        (
            "sqlite+aiosqlite:///{tmp}/shop.db",
            "file is not a database. Is the path right? A relative one starts at the directory that pytest is run in.",
        ),
        (
            "postgresql+asyncpg://ann:secret@127.0.0.1:1/shop?ssl=disable",
            "Connect call failed ('127.0.0.1', 1). Is the server running, at this host and port?",
        ),
    ],
    ids=["no folder", "no database", "no server"],
)
async def test_a_database_that_cannot_be_used(tmp_path: Path, url: str, message: str) -> None:
    """What is wrong, and what may be the cause, without the password. A file that is none shows at a statement only."""
    (tmp_path / "shop.db").write_text("not a database at all, " * 100)
    url = url.format(tmp=tmp_path)
    database = open_database(url)

    with pytest.raises(ConfigurationError) as error:
        await database.read(Selection("notes"))

    shown = url.replace("secret", "***").partition("?")[0]
    assert str(error.value) == f"The database {shown} cannot be used: {message.format(tmp=tmp_path)}"
    await close_database(database)


@ASYNC
async def test_a_server_that_refuses(postgres_url: str) -> None:
    """PostgreSQL says why."""
    url = postgres_url.replace("postgres@", "nobody-known:secret@")

    with pytest.raises(ConfigurationError) as error:
        await open_database(url).query(Query("SELECT 1"))

    assert str(error.value) == (
        f'The database {url.replace("secret", "***")} cannot be used: role "nobody-known" does not exist. '
        "Are the user, the password and the database's name right?"
    )


def test_an_engine_of_another_loop(postgres_url: str) -> None:
    """Its pool holds connections of a loop that is closed."""
    engine = create_async_engine(postgres_url)

    async def scenario() -> None:
        await open_database(engine).query(Query("SELECT 1 AS one"))

    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(scenario())
        with pytest.raises(ConfigurationError, match="pool holds connections of another event loop") as error:
            second.run(scenario())
        first.run(engine.dispose())

    assert str(error.value).endswith(
        "Each scenario has a loop of its own. Dispose the engine in the app's shut-down (await engine.dispose()), or "
        "make it without a pool: create_async_engine(url, poolclass=NullPool)"
    )
