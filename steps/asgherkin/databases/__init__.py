"""The app's database: filled, read and compared. A capability: see asgherkin/capabilities.py.

PYTEST_DONT_REWRITE: it asserts nothing, and may be imported before pytest asks for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asgherkin.capabilities import Capability, Option
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from asgherkin.evidence.record import Record

pytest_plugins = ("asgherkin.databases.database_sentences", "asgherkin.databases.database_fixtures")


def _kinds() -> tuple[type[Record], ...]:
    from asgherkin.databases.query_evidence import QueryRecord

    return (QueryRecord,)


def _database(url: str, worker: str) -> str:
    """The URL with the worker's name put in, so that workers need not share a database."""
    for placeholder in re.findall(r"\{[^{}]*\}", url):
        if placeholder != "{worker}":
            raise ConfigurationError(
                f"asgi_database: {placeholder} is no placeholder. The only one is {{worker}}, which is gw0, gw1, … "
                "with pytest-xdist, and main without."
            )
    return url.replace("{worker}", worker)


CAPABILITY = Capability(
    "databases",
    kinds=_kinds,
    options=(
        Option(
            "asgi_database",
            "URL",
            "the app's database, as SQLAlchemy has it: sqlite+aiosqlite:///shop.db",
            read=_database,
        ),
    ),
    page="databases.md",
)
