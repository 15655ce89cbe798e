"""The client live in whole runs: one server a worker, and what is said where it cannot work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.async_fixture import ASYNC_FIXTURE

if TYPE_CHECKING:
    from tests.project import Project

SHOP = """
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

NOTES = Path(__file__).with_name("notes.txt")
made = []


def note(text):
    with NOTES.open("a") as file:
        file.write(f"{text} ")


@asynccontextmanager
async def lifespan(app):
    note("start")
    yield
    note("stop")
    if app.state.breaks:
        raise RuntimeError("still in use")


async def hello(request):
    return PlainTextResponse("hello")


def create():
    app = Starlette(routes=[Route("/", hello)], lifespan=lifespan)
    app.state.breaks = False
    made.append(app)
    return app


app = create()
unstoppable = create()
unstoppable.state.breaks = True
"""
TWO = """
Feature: Two
  Scenario: one
    When I GET "/"
    Then the response text is "hello"
  Scenario: two
    When I GET "/"
    Then the response text is "hello"
"""
STARTED = """
Feature: Started
  Scenario: one
    When I GET "/"
    Then the response text is "hello"
  Scenario: anew
    When the app starts
    And I GET "/"
    Then the response text is "hello"
"""


def notes(project: Project) -> str:
    return (project.root / "notes.txt").read_text().strip()


@pytest.fixture
def shop(project: Project) -> Project:
    """A project whose app notes when it starts and stops."""
    project.write({"shop.py": SHOP, "features/two.feature": TWO})
    return project


FIXTURE = """
import pytest
import shop


@pytest.fixture(scope="{scope}")
def asgi_app():
    return {app}
"""


@pytest.mark.parametrize(
    ("conftest", "expected"),
    [
        pytest.param("", "start stop", id="by its location"),
        pytest.param(
            FIXTURE.format(scope="function", app="'shop:create()'"), "start stop", id="by a fixture for its location"
        ),
        pytest.param(
            FIXTURE.format(scope="function", app="shop.create()"), "start stop start stop", id="anew for each scenario"
        ),
        pytest.param(FIXTURE.format(scope="session", app="shop.create()"), "start stop", id="once for all"),
    ],
)
def test_how_often_an_app_is_started(shop: Project, conftest: str, expected: str) -> None:
    """Once for all scenarios that are given the same one."""
    shop.write({"conftest.py": conftest})

    outcome = shop.run("--asgi-client", "live")

    assert (outcome.counts, notes(shop)) == ({"passed": 2}, expected), outcome.output


def test_a_scenario_starts_the_app_anew(shop: Project) -> None:
    """By its sentence."""
    shop.write({"features/two.feature": STARTED})

    outcome = shop.run("--asgi-client", "live")

    assert (outcome.counts, notes(shop)) == ({"passed": 2}, "start stop start stop"), outcome.output


@pytest.mark.parametrize("client", ["async", "test", "live"])
def test_an_empty_location_is_no_app(shop: Project, client: str) -> None:
    """On no client does the configured app take its place."""
    outcome = shop.run_steps('Given the app is ""\nWhen I GET "/"', client)

    assert (
        '"" is not an app\'s location. Write "module:attribute", '
        'for example asgi_app = "shop.main:app", or "module:factory()".\n'
    ) in outcome.output


def test_an_app_is_shut_down_before_another_client_starts_it(shop: Project) -> None:
    """It keeps its state in itself, and so runs once at a time."""
    other = (
        '  Scenario: between\n    Given the client is "test"\n    When I GET "/"\n    Then the response status is 200\n'
    )
    shop.write({"features/two.feature": TWO.replace("  Scenario: two", f"{other}  Scenario: two")})

    outcome = shop.run("--asgi-client", "live")

    assert (outcome.counts, notes(shop)) == ({"passed": 3}, "start stop start stop start stop"), outcome.output


def test_a_failing_shut_down_at_the_end_of_the_run(shop: Project) -> None:
    """It does not hide: the last scenario's teardown fails."""
    outcome = shop.run("--asgi-client", "live", "--asgi-app", "shop:unstoppable")

    assert outcome.counts == {"passed": 2, "errors": 1}
    assert outcome.failure.startswith(
        "The app raised RuntimeError: still in use after the last scenario (shut-down).\n\n  shop.py:"
    )


def test_a_crash_is_told_as_ever(project: Project) -> None:
    """With the app's own frames, and the response that the client got."""
    project.write({"shop.py": "async def app(scope, receive, send):\n    raise KeyError('no milk')\n"})

    outcome = project.run_steps('When I GET "/"\nThen the response status is 200', "live")

    assert outcome.failure.startswith(
        "The app raised KeyError: 'no milk' (GET /).\n\n"
        "  shop.py:2 in app\n"
        "    raise KeyError('no milk')\n"
        "KeyError: 'no milk'\n\n"
        "features/it.feature:4, Scenario: It\n"
    )
    assert "500 Internal Server Error" in outcome.failure


def test_trio_is_refused(shop: Project) -> None:
    """Uvicorn has none."""
    outcome = shop.run_steps('Given the app runs on "trio"\nWhen I GET "/"', "live", "features/it.feature")

    assert outcome.headline == (
        "The client live serves the app by uvicorn, which does not run on trio. "
        "Use the loop asyncio or uvloop with it; tag what needs trio with @in_process."
    )


def test_an_async_fixture_lives_on_another_loop(shop: Project) -> None:
    """It is refused before the first step."""
    shop.write({"conftest.py": ASYNC_FIXTURE})

    outcome = shop.run_steps("Then my engine runs", "live", "features/it.feature")

    assert outcome.headline == (
        'This scenario needs the async fixture "engine", which lives on pytest-asyncio\'s event loop, but with the '
        'client "live" the app runs on a loop of its own, so they could not share connections. Use the client "async" '
        "on asyncio or uvloop for this scenario, or a fixture that is not async."
    )


def test_a_client_of_the_users_own_does_not_take_the_place(shop: Project) -> None:
    """It would not go over the socket."""
    shop.write({"conftest.py": "import pytest\n@pytest.fixture\ndef async_client():\n    raise KeyError\n"})

    outcome = shop.run("--asgi-client", "live")

    assert outcome.counts == {"passed": 2}
