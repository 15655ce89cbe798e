"""The client live against a deployed server: what of it can be seen, and what is skipped with its reason."""

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

from asgherkin.clients.live import LocalAdapter
from asgherkin.clients.recorder import Recorder
from asgherkin.clients.server_threads import ServerThreads
from tests.async_fixture import ASYNC_FIXTURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.websockets import WebSocket

    from tests.project import Project


async def hello(request: Request) -> Response:
    return JSONResponse({"host": request.headers["host"], "cookie": request.headers.get("cookie")})


async def refuse(websocket: WebSocket) -> None:
    await websocket.close(1008)


@pytest.fixture
def url() -> Iterator[str]:
    """The address of an app that no project knows."""
    app = Starlette(routes=[Route("/", hello), WebSocketRoute("/no", refuse)])
    server_threads = ServerThreads(30, Path.cwd())
    client = LocalAdapter(Recorder(app, timeout=30, root=Path.cwd(), listens=False), server_threads, "asyncio")
    client.start()
    host = server_threads.thread("asyncio")
    yield f"http://127.0.0.1:{host.server(app).port}"
    client.finish()
    client.close_loop()
    server_threads.close()


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


NO_URL = "asgi_base_url: '{}' is no server's URL. Write for example: https://staging.example"
NO_BASE = (
    "asgi_base_url: '{}' ends in a query or a fragment, and the path of each request is put at its end. "
    "Write for example: https://staging.example"
)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("staging.example", NO_URL.format("staging.example")),
        ("http://staging.example:port", NO_URL.format("http://staging.example:port")),
        ("http://[::1", NO_URL.format("http://[::1")),
        ("ftp://ann:secret@staging.example", NO_URL.format("ftp://…@staging.example")),
        ("http://staging .example", NO_URL.format("http://staging .example")),
        ("https://staging.example/api?tenant=acme", NO_BASE.format("https://staging.example/api?tenant=acme")),
        ("https://staging.example/#menu", NO_BASE.format("https://staging.example/#menu")),
        ("", "--asgi-base-url is empty, so no deployed server would be tested. Name it, or leave the option out."),
    ],
)
def test_a_base_url_that_is_none(project: Project, url: str, told: str) -> None:
    """The run ends with what to write."""
    outcome = project.run("--asgi-base-url", url)

    assert outcome.exit_code == pytest.ExitCode.USAGE_ERROR
    assert told in outcome.output


def test_a_base_url_and_a_client_that_cannot_reach_it(project: Project) -> None:
    """The run ends with both options named."""
    outcome = project.run("--asgi-base-url", "http://staging.example", "--asgi-client", "test")

    assert outcome.exit_code == pytest.ExitCode.USAGE_ERROR
    assert (
        "asgi_client is test, and asgi_base_url names a server: test can only reach an app in this process. "
        "Use the client live for it, or leave one of the two options out."
    ) in outcome.output
