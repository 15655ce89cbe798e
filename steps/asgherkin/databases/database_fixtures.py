"""The fixtures of a scenario's database, which a user may override or use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.errors import ConfigurationError
from asgherkin.options import settings_key, shown_setting

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

    from asgherkin.session.session import Session


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Any:
    """The database of the sentences: the configured URL.

    Override it to give SQLAlchemy's AsyncEngine, AsyncConnection or async_sessionmaker, or an object with the methods
    of `asgherkin.databases.port.Database`. It is set up after the app has started.

    Raises ConfigurationError where no URL is configured.
    """
    url = request.config.stash[settings_key].of_capabilities["asgi_database"]
    if not url:
        example = "sqlite+aiosqlite:///shop.db"
        raise ConfigurationError(
            f"No database is configured. Say where it is, in {shown_setting('asgi_database', example, request.config)}"
            "\n"
            "or on the command line (--asgi-database URL), or in the scenario:\n"
            "\n"
            f'    Given the database is "{example}"\n'
            "\n"
            "or override the fixture database in conftest.py, to give the engine that the app itself uses."
        )
    return url


@pytest.fixture
def rolled_back_sessions(session: Session, database: object) -> async_sessionmaker[AsyncSession]:
    """Sessions for the app, all in one transaction, which is rolled back when the scenario has ended.

    The scenario sees what the app commits, and its sentences use the same transaction. Hand it to the app in the
    fixture `asgi_app`. The fixture `database` has to give a URL or an AsyncEngine.
    """
    from asgherkin.databases.scenario_database import ScenarioDatabase  # imported only where it is used

    return session.part(ScenarioDatabase).begin(database)
