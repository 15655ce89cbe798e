"""Make the client of a scenario: around which app, on which loop. Imported when a client is first needed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from asgherkin.clients.app_location import asgi3, load_app
from asgherkin.clients.loop import check_loop, make_loop
from asgherkin.clients.recorder import Recorder
from asgherkin.errors import ConfigurationError
from asgherkin.matching.values import show
from asgherkin.session.loops import OWN_CLIENT

if TYPE_CHECKING:
    from asgherkin.clients.asgi import ASGI3
    from asgherkin.clients.port import Client, Loop
    from asgherkin.session.session import Session


def own_client(session: Session) -> object:
    """The user's own HTTP client, where the fixture for it is overridden; else None."""
    fixture = OWN_CLIENT.get(session.client_name)
    if fixture is None:  # whatever it is, it would not go over the socket
        return None
    return session.surroundings.fixture(fixture) if session.surroundings.is_overridden(fixture) else None


def open_client(session: Session, own: object) -> tuple[Recorder, Client]:
    """The recorder, still without an app, and the client that reaches it; `own` is the user's own client, or None.

    Raises ConfigurationError where an extra is missing.
    """
    recorder = Recorder(
        no_app,
        timeout=session.settings.timeout,
        root=session.surroundings.root,
        listens=session.client_name != "live",
        evidence=session.evidence,
    )
    client = _client(session, recorder)
    if own is not None:
        client.plug(own)
    session.surroundings.at_teardown(client.close_loop)
    return recorder, client


def plugged_app(session: Session, own: object) -> ASGI3:
    """The app that the client reaches.

    Raises ConfigurationError where there is none; the user's own client may bring one along.
    """
    # A TestClient that was entered runs the app's lifespan: a second one beside it would start the app twice.
    entered = getattr(own, "portal", None) is not None
    if session.client_name == "live":
        return deployed if session.settings.base_url else _shared_app(session)
    return no_app if entered else _alone(session, asgi3(_app(session, required=own is None)))


def _alone(session: Session, app: ASGI3) -> ASGI3:
    """The app, after it was shut down where a server of this process runs it."""
    hosts = session.surroundings.hosts_in_use()
    if hosts is not None:
        hosts.rest(app)
    return app


def _client(session: Session, recorder: Recorder) -> Client:
    if session.client_name == "live":
        return _live(session, recorder)
    if session.client_name == "test":
        from asgherkin.clients.starlette_client import TestClientAdapter  # starlette.testclient is slow to import

        backend: Literal["asyncio", "trio"] = "trio" if session.loop_name == "trio" else "asyncio"
        return TestClientAdapter(recorder, backend, use_uvloop=session.loop_name == "uvloop")
    from asgherkin.clients.in_process import AsyncAdapter  # httpx2 is slow to import

    return AsyncAdapter(recorder, _loop(session))


def _live(session: Session, recorder: Recorder) -> Client:
    from asgherkin.clients.live import LocalAdapter, RemoteAdapter  # slow to import, and an extra

    hosts = session.surroundings.hosts()
    if session.settings.base_url:
        user_loop = partial(make_loop, "asyncio")
        return RemoteAdapter(
            recorder, hosts.host("asyncio"), session.settings.base_url, lambda: user_loop(session.surroundings.loop())
        )
    return LocalAdapter(recorder, hosts, session.loop_name)


def _shared_app(session: Session) -> ASGI3:
    """The app for a server in this process: one that other scenarios name too is the same one for all of them."""
    surroundings = session.surroundings
    location = session.app_location
    if location is None and not surroundings.is_overridden("asgi_app"):
        location = session.settings.app or None
    given = location or _given_app(session)
    if isinstance(given, str):
        return surroundings.hosts().shared(given, lambda: asgi3(load_app(given, surroundings.root)))
    if surroundings.outlasts_scenario("asgi_app"):
        return surroundings.hosts().shared(given, lambda: asgi3(given))
    return asgi3(given)


async def deployed(scope: object, receive: object, send: object) -> None:
    """Stands in for an app that runs elsewhere."""


def _loop(session: Session) -> Loop:
    check_loop(session.loop_name)
    if session.loop_name == "trio":
        return make_loop("trio")
    # pytest-asyncio's own loop; it is a uvloop already where the scenario wants one
    return make_loop("asyncio", session.surroundings.loop())


def _app(session: Session, *, required: bool) -> object:
    surroundings = session.surroundings
    if session.app_location is not None:
        return load_app(session.app_location, surroundings.root)
    if not required and not session.settings.app and not surroundings.is_overridden("asgi_app"):
        return no_app
    if session.settings.app and not surroundings.is_overridden("asgi_app"):
        return load_app(session.settings.app, surroundings.root)
    app = _given_app(session)
    return load_app(app, surroundings.root) if isinstance(app, str) else app


def _given_app(session: Session) -> object:
    """What the fixture gives: an app, or its location."""
    app = session.surroundings.fixture("asgi_app")
    if not isinstance(app, str) and not callable(app):
        raise ConfigurationError(
            f"The fixture asgi_app gives {show(app)}, which is no app. "
            'Return an ASGI app, or its location, such as "shop.main:app".'
        )
    return app


async def no_app(scope: object, receive: object, send: object) -> None:
    """Stands in where the user's own client brings its app along, and none is configured."""
