"""Errors of a database, explained in a line to the author of a feature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import exc

from asgherkin.errors import AppError, AsgherkinError, ConfigurationError, SentenceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

_OTHER_LOOP = ("attached to a different loop", "is bound to a different event loop", "Event loop is closed")
_BUSY = re.compile(r"database (table |schema )?is locked|deadlock detected|lock timeout|Lock wait timeout")
_NO_DATABASE = ("file is not a database", "unable to open database file", "readonly database")
_NOT_NULL = re.compile(r"NOT NULL constraint failed: (?:.*\.)?(\S+)$|null value in column \"(.+)\" of relation")
_NEAR = re.compile(r'^(?:near "(?=.+": syntax)|no such \w+: )([^"]+)')

LOCK = "A transaction of the app's may hold a lock: is every one committed or rolled back before the response is sent?"
_ADVICE_OTHER_LOOP = (
    "The engine's pool holds connections of another event loop: {} Each scenario has a loop of its own. Dispose the "
    "engine in the app's shut-down (await engine.dispose()), or make it without a pool: "
    "create_async_engine(url, poolclass=NullPool)"
)
_KNOWN = (exc.SQLAlchemyError, OSError, UnicodeError, OverflowError)
"""The last two come of values that no database stores, such as half of a surrogate pair."""


def is_database_error(error: BaseException) -> bool:
    """Whether an exception is the database's, and no programmer's mistake."""
    return isinstance(error, _KNOWN) or (isinstance(error, RuntimeError) and _of_another_loop(error))


def _of_another_loop(error: BaseException) -> bool:
    return any(sign in str(error) for sign in _OTHER_LOOP)


def address(url: sa.URL) -> str:
    """The URL of a database, without its password and its settings."""
    return url.set(query={}).render_as_string(hide_password=True)


def cause(error: BaseException) -> BaseException:
    """The driver's own exception, which SQLAlchemy and its adapter have wrapped."""
    inner = getattr(error, "orig", None) or error
    driver = inner.__cause__
    return driver if driver is not None and hasattr(driver, "sqlstate") else inner


def message(error: BaseException) -> str:
    """The database's own message, in one line."""
    driver = cause(error)
    texts = [text for text in reversed(driver.args) if isinstance(text, str)]
    main = (texts[0] if texts else str(driver)) or type(driver).__name__
    parts = [main, *(str(text) for name in ("detail", "hint") if (text := getattr(driver, name, None)))]
    return " ".join(" ".join(part.rstrip().rstrip(".") + "." for part in parts).split())


def explained(error: BaseException, where: str) -> AsgherkinError | None:
    """The error for a fault of the database itself; None where the sentence of the feature is wrong."""
    text = message(error)
    if _of_another_loop(error):
        return ConfigurationError(_ADVICE_OTHER_LOOP.format(text))
    if isinstance(error, exc.TimeoutError):
        return AppError(f"The engine's pool has no free connection. Does the app give back all of its own? {text}")
    if _BUSY.search(text):
        return AppError(f"The database is locked. {LOCK} The database says: {text}")
    if any(sign in text for sign in _NO_DATABASE):
        return unreachable(error, where)
    if getattr(error, "connection_invalidated", False):
        return AppError(f"The connection to the database {where} was lost: {text}")
    return None


def unreachable(error: BaseException, where: str) -> ConfigurationError:
    """The error for a connection that could not be made, with advice by the kind of its address."""
    if where.startswith("sqlite"):
        advice = "Is the path right? A relative one starts at the directory that pytest is run in."
    elif isinstance(error, OSError):
        advice = "Is the server running, at this host and port?"
    else:
        advice = "Are the user, the password and the database's name right?"
    return ConfigurationError(f"The database {where} cannot be used: {message(error)} {advice}")


def refused_query(error: BaseException, text: str) -> SentenceError:
    """The error for a query that the database refuses, with the line where it does."""
    found = _line(error, text)
    where = f" Line {found[0]} of the query: {found[1]}" if found else ""
    return SentenceError(f"The database refuses the query: {message(error)}{where}")


def _line(error: BaseException, text: str) -> tuple[int, str] | None:
    driver = cause(error)
    lines = text.splitlines()
    near = _NEAR.match(str(driver))
    position = getattr(driver, "position", None)
    if position:
        sent = str(getattr(error, "statement", text))
        number = sent[: int(position) - 1].count("\n") + 1
    elif near and sum(near[1] in line for line in lines) == 1:
        number = next(number for number, line in enumerate(lines, 1) if near[1] in line)
    else:
        return None
    return (number, lines[number - 1].strip()) if number <= len(lines) else None


def refused_rows(error: BaseException, table: str, given: Iterable[str]) -> SentenceError:
    """The error for rows that the database refuses."""
    missing = _NOT_NULL.search(message(error).rstrip(".").partition(". ")[0])
    name = (missing[1] or missing[2]) if missing else None
    advice = f' Add the column "{name}" to the table.' if name and name not in given else ""
    return SentenceError(f'The database refuses the rows for the table "{table}": {message(error)}{advice}')


def refused(error: BaseException, what: str) -> SentenceError:
    """The error for any other refused operation."""
    return SentenceError(f"The database refuses to {what}: {message(error)}")
