"""The opening of a scenario's client and app. Imported when a client is first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from asgherkin.clients.app_location import asgi3, load_app
from asgherkin.clients.loop import check_loop, make_loop
from asgherkin.clients.recorder import Recorder
from asgherkin.errors import ConfigurationError
from asgherkin.matching.values import show
from asgherkin.session.loops import OWN_CLIENT

if TYPE_CHECKING:
    from asgherkin.clients.asgi import ASGI3
    from asgherkin.clients.in_process import Client
    from asgherkin.session.app_under_test import AppUnderTest, Surroundings


def own_client(surroundings: Surroundings) -> object:
    """The user's own HTTP client, where the fixture for it is overridden; else None."""
    fixture = OWN_CLIENT.get(surroundings.client_name)
    if fixture is None:  # a client of the user's would not use the socket
        return None
    return surroundings.fixture(fixture) if surroundings.is_overridden(fixture) else None


def open_client(app: AppUnderTest, own: object) -> Client:
    """The client, whose recorder has no app yet; `own` is the user's own client, or None.

    Raises ConfigurationError where an extra is missing.
    """
    surroundings = app.surroundings
    recorder = Recorder(
        no_app,
        timeout=surroundings.settings.timeout,
        root=surroundings.root,
        listens=surroundings.client_name != "live",
        evidence=app.evidence,
    )
    client = _client(surroundings, recorder)
    if own is not None:
        client.plug(own)
    surroundings.at_teardown(client.close_loop)
    return client


def plugged_app(app: AppUnderTest, own: object) -> ASGI3:
    """The app that the client reaches. Raises ConfigurationError where none is named, and `own` brings none along."""
    surroundings = app.surroundings
    if surroundings.client_name == "live":
        return deployed if surroundings.settings.base_url else _shared_app(app)
    # A TestClient that was entered runs the app's lifespan: a second one beside it would start the app twice.
    if getattr(own, "portal", None) is not None or (own is not None and not _is_named(app)):
        return no_app
    given = _given_app(app)
    plugged = asgi3(load_app(given, surroundings.root) if isinstance(given, str) else given)
    if server_threads := surroundings.server_threads_in_use():
        # An app that keeps its state in itself runs once at a time.
        server_threads.shut_down(plugged)
    return plugged


def _client(surroundings: Surroundings, recorder: Recorder) -> Client:
    if surroundings.client_name == "live":
        return _live(surroundings, recorder)
    if surroundings.client_name == "test":
        from asgherkin.clients.starlette_client import TestClientAdapter  # starlette.testclient is slow to import

        backend: Literal["asyncio", "trio"] = "trio" if surroundings.loop_name == "trio" else "asyncio"
        return TestClientAdapter(recorder, backend, use_uvloop=surroundings.loop_name == "uvloop")
    from asgherkin.clients.in_process import AsyncAdapter  # httpx2 is slow to import

    check_loop(surroundings.loop_name)
    if surroundings.loop_name == "trio":
        return AsyncAdapter(recorder, make_loop("trio"))
    # pytest-asyncio's own loop; it is a uvloop already where the scenario wants one
    return AsyncAdapter(recorder, make_loop("asyncio", surroundings.loop()))


def _live(surroundings: Surroundings, recorder: Recorder) -> Client:
    from asgherkin.clients.live import LocalAdapter, RemoteAdapter  # slow to import, and an extra

    server_threads = surroundings.server_threads()
    if base_url := surroundings.settings.base_url:
        thread = server_threads.thread("asyncio")
        return RemoteAdapter(recorder, thread, base_url, lambda: make_loop("asyncio", surroundings.loop()))
    return LocalAdapter(recorder, server_threads, surroundings.loop_name)


def _shared_app(app: AppUnderTest) -> ASGI3:
    """The app for a server in this process: scenarios that name the same app share it."""
    surroundings, given = app.surroundings, _given_app(app)
    if isinstance(given, str):
        return surroundings.server_threads().shared(given, lambda: asgi3(load_app(given, surroundings.root)))
    if surroundings.outlasts_scenario("asgi_app"):
        return surroundings.server_threads().shared(given, lambda: asgi3(given))
    return asgi3(given)


async def deployed(scope: object, receive: object, send: object) -> None:
    """A stand-in for an app that runs elsewhere."""


def _is_named(app: AppUnderTest) -> bool:
    surroundings = app.surroundings
    return app.location is not None or bool(surroundings.settings.app) or surroundings.is_overridden("asgi_app")


def _given_app(app: AppUnderTest) -> object:
    """The app or its location: as the scenario names it, else as the user's fixture gives it, else as configured."""
    surroundings = app.surroundings
    if app.location is not None:
        return app.location
    if surroundings.settings.app and not surroundings.is_overridden("asgi_app"):
        return surroundings.settings.app
    given = surroundings.fixture("asgi_app")
    if not isinstance(given, str) and not callable(given):
        raise ConfigurationError(
            f"The fixture asgi_app gives {show(given)}, which is no app. "
            'Return an ASGI app, or its location, such as "shop.main:app".'
        )
    return given


async def no_app(scope: object, receive: object, send: object) -> None:
    """A stand-in where the user's own client brings its app along, and none is configured."""
