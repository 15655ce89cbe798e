"""Open what a user hands in as a database: a URL, an object of SQLAlchemy's, or one with the port's methods.

SQLAlchemy is imported only when a database is opened.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

    from asgherkin.databases.alchemy import AlchemyDatabase
    from asgherkin.databases.port import Database

_ALLOWED = (
    "A database is a URL such as sqlite+aiosqlite:///shop.db, or, by the fixture database: SQLAlchemy's AsyncEngine, "
    "AsyncConnection or async_sessionmaker, or an object with the async methods read, write and query"
)
_ASYNC_DRIVERS = {
    "sqlite": "aiosqlite",
    "postgresql": "asyncpg",
    "mysql": "aiomysql",
    "mariadb": "aiomysql",
    "mssql": "aioodbc",
    "oracle": "oracledb_async",
}
_EXTRAS = {
    "sqlalchemy": "asgherkin[database]",
    "greenlet": "asgherkin[database]",
    "aiosqlite": "asgherkin[database]",
    "asyncpg": "asgherkin[postgresql]",
}
_SYNC_DRIVERS = re.compile("(cx_oracle|mysqldb|mysqlconnector|pg8000|psycopg2|pymssql|pymysql|pyodbc|pysqlite)?")
_IN_MEMORY = (
    "The database {} lives in the memory of its own connection: the app's would be another one, with the same URL and "
    "without a row in common. Use a file (sqlite+aiosqlite:///shop.db), or hand in the app's own engine by the fixture "
    "database"
)
# By folder, too: the path of a relative file is resolved when its engine is made.
_ENGINES: dict[tuple[Path, URL], AsyncEngine] = {}


def open_database(given: object, timeout: float = 5.0) -> Database:
    """The database that is handed in, not yet connected. Its operations take `timeout` seconds at most.

    Raises ConfigurationError for an object that is no database, a URL without an async driver, and a missing package.
    """
    if is_own(given):
        return cast("Database", given)
    try:
        from sqlalchemy import URL
    except ModuleNotFoundError as error:
        raise ConfigurationError(_missing(error)) from error
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker

    from asgherkin.databases.alchemy import AlchemyDatabase, connection_source, engine_source, session_source
    from asgherkin.databases.database_errors import address

    if isinstance(given, str | URL):
        given = _engine(given)
    if isinstance(given, AsyncEngine):
        return AlchemyDatabase(engine_source(given), address(given.url), timeout)
    if isinstance(given, AsyncConnection):
        return AlchemyDatabase(connection_source(given), address(given.engine.url), timeout)
    if isinstance(given, async_sessionmaker):
        return AlchemyDatabase(session_source(given), _bound_to(given), timeout)
    raise ConfigurationError(_refused(given))


def is_own(given: object) -> bool:
    """Whether an object of the user's has the port's methods."""
    return all(callable(getattr(given, name, None)) for name in ("read", "write", "query"))


async def close_database(database: Database) -> None:
    """Close the connections of an engine that was made from a URL, at a scenario's end: they belong to its event loop.

    Connections of a user's own engine stay open.
    """
    engine = cast("AlchemyDatabase", database).source.engine
    if engine is not None and engine in _ENGINES.values():
        await engine.dispose()


def _bound_to(maker: async_sessionmaker[AsyncSession]) -> str:
    """The address that a maker's sessions connect to, for messages."""
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from asgherkin.databases.database_errors import address

    bind = maker.kw.get("bind")
    return address(bind.engine.url) if isinstance(bind, AsyncEngine | AsyncConnection) else "of the session maker"


def _engine(given: str | URL) -> AsyncEngine:
    from sqlalchemy.exc import ArgumentError, InvalidRequestError, NoSuchModuleError
    from sqlalchemy.ext.asyncio import create_async_engine

    url = _url(given)
    key = (Path.cwd(), url)
    if key in _ENGINES:
        return _ENGINES[key]
    try:
        engine = _ENGINES[key] = create_async_engine(url)
    except (NoSuchModuleError, InvalidRequestError) as error:
        raise ConfigurationError(_sync_or_unknown(url)) from error
    except ImportError as error:
        sync = _SYNC_DRIVERS.fullmatch(url.drivername.partition("+")[2])
        raise ConfigurationError(_sync_or_unknown(url) if sync else _missing(error)) from error
    except (ArgumentError, TypeError, ValueError) as error:
        raise ConfigurationError(f"The database's URL has a wrong setting: {error}") from error
    return engine


def _url(given: str | URL) -> URL:
    """A parsed URL. The error for a malformed URL shows its scheme only: the rest may hold a password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    from asgherkin.databases.database_errors import address

    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        scheme, separator, _ = str(given).partition("://")
        shown = f"{scheme}://…" if separator else 'there is no "://" in it'
        raise ConfigurationError(
            f"The database's URL cannot be read ({shown}). Write it as "
            "sqlite+aiosqlite:///shop.db or postgresql+asyncpg://user:password@localhost:5432/shop, with %40 for an @ "
            "in a password"
        ) from None
    if url.get_backend_name() == "sqlite" and _in_memory(url):
        raise ConfigurationError(_IN_MEMORY.format(address(url)))
    return url


def _in_memory(url: URL) -> bool:
    return (
        url.database in (None, "", ":memory:")
        or "mode=memory" in str(url.database)
        or url.query.get("mode") == "memory"
    )


def _sync_or_unknown(url: URL) -> str:
    from asgherkin.databases.database_errors import address

    backend = url.get_backend_name()
    name = "postgresql" if backend == "postgres" else backend
    driver = _ASYNC_DRIVERS.get(name)
    if driver is None:
        return f"SQLAlchemy knows no database {url.drivername}. Databases: {', '.join(sorted(_ASYNC_DRIVERS))}"
    return (
        f"The database's URL starts with {url.drivername}://, which is no async driver. "
        f"Write {address(url.set(drivername=f'{name}+{driver}'))}"
    )


def _missing(error: ImportError) -> str:
    package = (error.name or str(error)).partition(".")[0]
    needed = _EXTRAS.get(package)
    install = f'pip install "{needed}"' if needed else f"pip install {package}"
    return f"The database needs the package {package}, which is not installed: {install}"


def _refused(given: object) -> str:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import Session, sessionmaker

    name = type(given).__name__
    if isinstance(given, AsyncSession):
        return f"The database is an {name}. Hand in its async_sessionmaker instead, or await session.connection()"
    if isinstance(given, Engine | Connection | Session | sessionmaker):
        return (
            f"The database is a synchronous {name}. Hand in an engine made with "
            "sqlalchemy.ext.asyncio.create_async_engine: it shares the app's event loop"
        )
    return f"The database is a {name}, which cannot be one. {_ALLOWED}"
