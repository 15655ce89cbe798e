"""Clients of a user's own: fixtures `async_client` and `client` that take the place of this toolkit's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

# Tells how often it was started, and the header that it was sent.
APP = """
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

starts = 0


@asynccontextmanager
async def lifespan(app):
    global starts
    starts += 1
    yield


async def show(request):
    return JSONResponse({"starts": starts, "mine": request.headers.get("x-mine"), "token": "abc-123"})


async def go(request):
    return RedirectResponse("/show")


async def crash(request):
    raise ValueError("no such note")


app = Starlette(routes=[Route("/show", show), Route("/go", go), Route("/crash", crash)], lifespan=lifespan)
"""

ASYNC_FIXTURE = """
import {library} as library
import pytest_asyncio

from shop import app


@pytest_asyncio.fixture
async def async_client():
    transport = library.ASGITransport(app=app)
    async with library.AsyncClient(transport=transport, base_url="http://mine", headers={{"X-Mine": "yes"}}) as client:
        yield client
"""

TEST_CLIENT = """
import pytest
from starlette.testclient import TestClient

from shop import app


@pytest.fixture
def client():
    with TestClient(app, headers={"X-Mine": "yes"}) as client:
        yield client
"""

OTHER_FIXTURE = """
import pytest
from starlette.testclient import TestClient

from shop import app


@pytest.fixture
def client():
    return TestClient(app, headers={"X-Mine": "yes"})
"""

CLIENTS = [
    pytest.param("async", ASYNC_FIXTURE.format(library="httpx"), id="httpx.AsyncClient"),
    pytest.param("async", ASYNC_FIXTURE.format(library="httpx2"), id="httpx2.AsyncClient"),
    pytest.param("test", TEST_CLIENT, id="TestClient, entered"),
    pytest.param("test", OTHER_FIXTURE, id="TestClient"),
]


@pytest.mark.parametrize(("client", "conftest"), CLIENTS)
@pytest.mark.parametrize("configured", [True, False], ids=["app configured", "no app configured"])
def test_the_vocabulary_uses_the_users_client(
    project: Project, client: str, conftest: str, *, configured: bool
) -> None:
    """Requests go out by the user's client, with its own headers, redirects followed or not as the scenario says."""
    project.write({"shop.py": APP, "conftest.py": conftest})

    outcome = project.run_steps(
        """
        When I GET "/show"
        Then the response body contains:
          \"\"\"
          {"mine": "yes"}
          \"\"\"
        And the response body at "$.starts" is at most 1
        And the response arrives within 5 seconds
        When I GET "/go"
        Then the response body at "$.mine" is "yes" within 5 seconds
        Given redirects are not followed
        When I GET "/go"
        Then the response redirects to "/show"
        When I follow the redirect
        Then the response status is 200
        When I send 3 GET requests to "/show" at the same time
        Then the response statuses are:
          | status | count |
          | 200    | 3     |
        """,
        client,
        *(() if configured else ("-o", "asgi_app=")),
    )

    assert outcome.counts == {"passed": 1}, outcome.output


@pytest.mark.parametrize(("client", "conftest"), CLIENTS)
def test_a_crash_behind_the_users_client(project: Project, client: str, conftest: str) -> None:
    """What the user's client raises fails the step as any crash, unless the scenario expects it."""
    project.write({"shop.py": APP, "conftest.py": conftest})

    expected = project.run_steps('When I GET "/crash"\nThen the app raised "ValueError"', client)
    unexpected = project.run_steps('When I GET "/crash"', client)

    assert expected.counts == {"passed": 1}, expected.output
    assert (
        unexpected.failure
        == """\
The app raised ValueError: no such note (GET /crash).

  shop.py:27 in crash
    raise ValueError("no such note")
ValueError: no such note

features/it.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I GET "/crash"

The request
  GET /crash

The response
  none came; the client is given a bare 500"""
    )


@pytest.mark.parametrize(("client", "conftest"), CLIENTS)
def test_the_exchange_of_the_users_client_is_shown(project: Project, client: str, conftest: str) -> None:
    """A failure shows request and response though no recorder has seen them, without the secrets in them."""
    project.write({"shop.py": APP, "conftest.py": conftest})

    outcome = project.run_steps('When I GET "/show"\nThen the response status is 404', client)

    assert "The request\n  GET /show\n  x-mine: yes\n\nThe response, after N ms\n  200 OK\n" in outcome.failure
    assert '"token": "[redacted]"' in outcome.failure
    assert "abc-123" not in outcome.failure


EXTENDED = """
import pytest


@pytest.fixture
def async_client(async_client):
    async_client.headers["X-Mine"] = "yes"
    return async_client


@pytest.fixture
def client(client):
    client.headers["X-Mine"] = "yes"
    return client
"""


def test_the_toolkits_client_may_be_added_to(project: Project, client_name: str) -> None:
    """A fixture that asks for the one it overrides changes what the sentences send; a crash still fails the step."""
    project.write({"shop.py": APP, "conftest.py": EXTENDED})

    sent = project.run_steps(
        'When I GET "/show"\nThen the response body at "$.mine" is "yes"\nAnd the response body at "$.starts" is 1',
        client_name,
    )
    crashed = project.run_steps('When I GET "/crash"', client_name)

    assert sent.counts == {"passed": 1}, sent.output
    assert crashed.headline == "The app raised ValueError: no such note (GET /crash)."


@pytest.mark.parametrize(("client", "conftest"), CLIENTS)
@pytest.mark.parametrize("act", ['I open a websocket to "/greet"', 'I open the event stream "/board"'])
def test_a_channel_needs_an_app_that_is_configured(project: Project, client: str, conftest: str, act: str) -> None:
    """The user's client keeps its app to itself."""
    project.write({"shop.py": APP, "conftest.py": conftest})

    outcome = project.run_steps(f"When {act}", client, "-o", "asgi_app=")

    assert outcome.headline == (
        "The project's own client brings its app along, so that nothing but its own requests can reach it. "
        'To open a websocket or a stream, say where the app is, too: asgi_app = "shop.main:app"'
    )
