"""The fixtures that a user may override or use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.errors import ConfigurationError
from asgherkin.options import settings_key, shown_setting
from asgherkin.surroundings import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

    from asgherkin.clients.server_threads import ServerThreads
    from asgherkin.session.remembered import Variables
    from asgherkin.session.session import Session


@pytest.fixture
def asgi_app(request: pytest.FixtureRequest) -> Any:
    """The app under test: an ASGI callable, or its location as text. Override it to build one for each scenario.

    Raises ConfigurationError where none is configured.
    """
    location = request.config.stash[settings_key].app
    if not location:
        raise ConfigurationError(
            f"No app is configured. Say where it is, in {shown_setting('asgi_app', 'shop.main:app', request.config)}"
            "\n"
            "or on the command line (--asgi-app shop.main:app), or override the fixture asgi_app in conftest.py."
        )
    return location


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Session:
    """What the running scenario holds; in a plain test, one of its own."""
    return session_of(request)


@pytest.fixture
def client(session: Session) -> httpx2.Client:
    """A client with the API of httpx.Client that reaches the app; for `def` steps. The app is started."""
    session.start()
    session.raise_crash()
    return session.client.http


@pytest.fixture
def async_client(session: Session) -> httpx2.AsyncClient:
    """An httpx AsyncClient that reaches the app on the app's own loop; for `async def` steps. The app is started."""
    session.start()
    session.raise_crash()
    return session.client.async_http


@pytest.fixture(scope="session")
def _asgherkin_server_threads(request: pytest.FixtureRequest) -> Iterator[ServerThreads]:
    """The servers of a worker on the client live; they are stopped at the end of the run."""
    from asgherkin.clients.server_threads import ServerThreads  # slow to import, and most runs have none

    shared = ServerThreads(request.config.stash[settings_key].timeout, request.config.rootpath)
    yield shared
    shared.close()


@pytest.fixture
def variables(session: Session) -> Variables:
    """The scenario's remembered values: what `{{name}}` stands for."""
    return session.variables
