"""The client live in whole runs: one server a worker, a deployed server, and what is said where it cannot work."""

from __future__ import annotations

import re
import sqlite3
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

from asgherkin.clients.hosting import Hosts
from asgherkin.clients.live import LocalAdapter
from asgherkin.clients.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.websockets import WebSocket

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


# One server a worker


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


ASYNC_FIXTURE = """
import pytest_asyncio
from asgherkin import then


@pytest_asyncio.fixture
async def engine():
    return "engine"


@then("my engine runs")
async def runs(engine, async_client):
    assert engine == "engine"
    assert (await async_client.get("/")).status_code == 200
"""


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


# A deployed server


async def hello(request: Request) -> Response:
    return JSONResponse({"host": request.headers["host"], "cookie": request.headers.get("cookie")})


async def refuse(websocket: WebSocket) -> None:
    await websocket.close(1008)


@pytest.fixture
def url() -> Iterator[str]:
    """The address of an app that no project knows."""
    app = Starlette(routes=[Route("/", hello), WebSocketRoute("/no", refuse)])
    hosts = Hosts(30, Path.cwd())
    client = LocalAdapter(Recorder(app, timeout=30, root=Path.cwd(), listens=False), hosts, "asyncio")
    client.start()
    host = hosts.host("asyncio")
    yield f"http://127.0.0.1:{host.server(app).port}"
    client.finish()
    client.close_loop()
    hosts.close()


def remote(project: Project, url: str, steps: str, *arguments: str) -> dict[str, int]:
    """The counts of a run against a deployed server; its text is kept in the project."""
    lines = "".join(f"    {line}\n" for line in steps.splitlines())
    project.write({"features/it.feature": f"Feature: It\n\n  Scenario: It\n{lines}"})
    outcome = project.run("--asgi-base-url", url, "-rs", *arguments)
    project.write({"output.txt": outcome.output + "".join(outcome.failures.values())})
    return outcome.counts


def told(project: Project) -> str:
    return (project.root / "output.txt").read_text()


def test_a_deployed_server_needs_no_app(project: Project, url: str) -> None:
    """Nothing is imported; the cookie is for its host."""
    body = f'  """\n  {{"host": "{url[7:]}", "cookie": "a=b"}}\n  """'
    steps = f'Given the cookie "a" is "b"\nWhen I GET "/"\nThen the response body is:\n{body}'

    assert remote(project, url, steps) == {"passed": 1}, told(project)


@pytest.mark.parametrize(
    ("steps", "what"),
    [
        ('Given the app is "shop:app"', "another app than the deployed one"),
        ('Given the app runs on "uvloop"', "the event loop of a deployed app"),
        ('Given the client is "test"', "what the client test sees, which reaches apps in this process only"),
        ("When the app starts", "the start of a deployed app"),
        ("When the app shuts down", "the shut-down of a deployed app"),
        ('Then the app failed to start with "KeyError"', "the start of a deployed app"),
        ('When I GET "/"\nThen the app raised "KeyError"', "an exception inside of a deployed app"),
        (
            'When I try to open a websocket to "/no"\nThen the websocket is refused with the code 1008',
            "the close code of a refused websocket, in whose place a server sends a status",
        ),
        (
            'Then the table "notes" is empty',
            "the database behind a deployed app; asgi_database would name it",
        ),
    ],
)
def test_what_cannot_be_observed_is_skipped(project: Project, url: str, steps: str, what: str) -> None:
    """With its reason, at the scenario."""
    counts = remote(project, url, steps)

    assert counts == {"skipped": 1}, told(project)
    assert re.search(
        rf"SKIPPED \[1\] features/it\.feature:\d+: not observable here: {re.escape(what)}\n", told(project)
    )


def test_a_transaction_around_a_deployed_app(project: Project, url: str) -> None:
    """There is none."""
    conftest = """
        import pytest
        from asgherkin import given

        @given("all is rolled back")
        def rolled_back(rolled_back_sessions): ...
    """
    project.write({"conftest.py": textwrap.dedent(conftest)})
    counts = remote(project, url, "Given all is rolled back", "--asgi-database", "sqlite+aiosqlite://")

    assert counts == {"skipped": 1}, told(project)
    assert "not observable here: a transaction around a deployed app" in told(project)


def test_the_database_behind_a_deployed_server(project: Project, url: str) -> None:
    """It is looked into where it is named; the fixture, which may give the app's own, is not asked."""
    project.write({"conftest.py": "import pytest\n@pytest.fixture\ndef database():\n    raise KeyError\n"})
    with sqlite3.connect(project.root / "shop.db") as connection:
        connection.execute("CREATE TABLE notes (id INTEGER)")
    connection.close()
    steps = 'When I GET "/"\nThen the table "notes" is empty'

    counts = remote(project, url, steps, "--asgi-database", f"sqlite+aiosqlite:///{project.root}/shop.db")

    assert counts == {"passed": 1}, told(project)


def test_async_fixtures_and_a_deployed_server(project: Project, url: str) -> None:
    """They share the loop of the user's own steps."""
    project.write({"conftest.py": ASYNC_FIXTURE})

    assert remote(project, url, 'When I GET "/"\nThen my engine runs') == {"passed": 1}, told(project)


def test_what_is_unobservable_has_its_reason_in_the_summary(project: Project, url: str) -> None:
    """It is counted there."""
    remote(project, url, "When the app starts", "--asgi-summary", "summary.md")

    assert "not observable here" in (project.root / "summary.md").read_text().lower()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("--asgi-base-url", "staging.example"),
            "asgi_base_url: 'staging.example' is no server's URL. Write for example: https://staging.example",
        ),
        (
            ("--asgi-base-url", "http://staging.example:port"),
            "asgi_base_url: 'http://staging.example:port' is no server's URL. Write for example: https://staging.example",
        ),
        (
            ("--asgi-base-url", "http://[::1"),
            "asgi_base_url: 'http://[::1' is no server's URL. Write for example: https://staging.example",
        ),
        (
            ("--asgi-base-url", "ftp://ann:secret@staging.example"),
            "asgi_base_url: 'ftp://…@staging.example' is no server's URL. Write for example: https://staging.example",
        ),
        (
            ("--asgi-base-url", "http://staging .example"),
            "asgi_base_url: 'http://staging .example' is no server's URL. Write for example: https://staging.example",
        ),
        (
            ("--asgi-base-url", "https://staging.example/api?tenant=acme"),
            "asgi_base_url: 'https://staging.example/api?tenant=acme' ends in a query or a fragment, and the path of "
            "each request is put at its end. Write for example: https://staging.example",
        ),
        (
            ("--asgi-base-url", "https://staging.example/#menu"),
            "asgi_base_url: 'https://staging.example/#menu' ends in a query or a fragment, and the path of each "
            "request is put at its end. Write for example: https://staging.example",
        ),
        (
            ("--asgi-base-url", ""),
            "--asgi-base-url is empty, so no deployed server would be tested. Name it, or leave the option out.",
        ),
        (
            ("--asgi-base-url", "http://staging.example", "--asgi-client", "test"),
            "asgi_client is test, and asgi_base_url names a server: test can only reach an app in this process. "
            "Use the client live for it, or leave one of the two options out.",
        ),
    ],
)
def test_options_that_do_not_fit(project: Project, arguments: tuple[str, ...], told: str) -> None:
    """The run ends with what to write."""
    outcome = project.run(*arguments)

    assert outcome.exit_code == pytest.ExitCode.USAGE_ERROR
    assert told in outcome.output
