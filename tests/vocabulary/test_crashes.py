"""The crash rule: what fails when the app crashes, and what does not, because the scenario expects it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

APP = """
import asyncio
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route


class NoteError(ValueError):
    pass


async def fine(request):
    return PlainTextResponse("fine")


async def crash(request):
    raise NoteError("no such note")


async def group(request):
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(crash(request))


async def stream(request):
    async def parts():
        yield "half"
        raise NoteError("no more paper")
    return StreamingResponse(parts())


async def background(request):
    async def later():
        raise NoteError("too late")
    return PlainTextResponse("fine", background=BackgroundTask(later))


async def hang(request):
    await asyncio.Event().wait()


seen = []


async def alternating(request):
    seen.append(1)
    if len(seen) % 2:
        raise NoteError("odd")
    return PlainTextResponse("even")


@asynccontextmanager
async def failing_start(app):
    raise NoteError("no database")
    yield


@asynccontextmanager
async def failing_end(app):
    yield
    raise NoteError("still in use")


PAGES = (fine, crash, group, stream, background, hang, alternating)
ROUTES = [Route(f"/{page.__name__}", page) for page in PAGES]
app = Starlette(routes=ROUTES)
unstartable = Starlette(routes=ROUTES, lifespan=failing_start)
unstoppable = Starlette(routes=ROUTES, lifespan=failing_end)


async def refusing(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})
"""


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose app is APP."""
    project.write({"shop.py": APP, "conftest.py": CONFTEST})
    return project


CONFTEST = """
import pytest
from asgherkin import then, when


@when("my client asks")
def _(client):
    client.get("/crash")


@when("my async client asks")
async def _(async_client):
    await async_client.get("/crash")


@when("my client asks and expects it")
def _(client):
    with pytest.raises(ValueError, match="no such note"):
        client.get("/crash")


@when("my async client asks and expects it")
async def _(async_client):
    with pytest.raises(ValueError, match="no such note"):
        await async_client.get("/crash")


@then("my client is told")
def _(client):
    assert client.get("/crash").status_code == 500


@then("my async client is told")
async def _(async_client):
    assert (await async_client.get("/crash")).status_code == 500


@then("my client is at hand")
def _(client):
    pass
"""


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param('When I GET "/crash"\nThen the app raised "NoteError"', id="its type"),
        pytest.param('When I GET "/crash"\nThen the app raised "shop.NoteError"', id="its whole name"),
        pytest.param('When I GET "/crash"\nThen the app raised "ValueError"', id="a base of its type"),
        pytest.param('When I GET "/crash"\nThen the app raised "NoteError" with the message "such"', id="its message"),
        pytest.param('When I GET "/group"\nThen the app raised "NoteError" with the message "no"', id="in a group"),
        pytest.param('When I GET "/group"\nThen the app raised "ExceptionGroup"', id="the group itself"),
        pytest.param('When I GET "/stream"\nThen the app raised "NoteError"', id="in the middle of the body"),
        pytest.param('When I GET "/background"\nThen the app raised "NoteError"', id="in the background"),
        pytest.param('When I GET "/crash"\nThen the response status is 500', id="a status"),
        pytest.param('When I GET "/crash"\nThen the response status is "Internal Server Error"', id="a phrase"),
        pytest.param('When I GET "/crash"\nThen the response status is at least 500', id="a status at least"),
        pytest.param(
            'When I GET "/crash"\nThen the response header "X" does not exist\nAnd the response status is 500',
            id="a later step",
        ),
        pytest.param(
            'When I send 3 GET requests to "/crash" at the same time\n'
            "Then the response statuses are:\n  | status | count |\n  | 500    | 3     |",
            id="a table of statuses",
        ),
        pytest.param(
            'When I send 3 GET requests to "/crash" at the same time\nThen the app raised "NoteError"',
            id="at the same time",
        ),
        pytest.param(
            'Given server errors are returned as responses\nWhen I GET "/crash"\nAnd I GET "/fine"\n'
            'Then the response text is "fine"',
            id="server errors returned",
        ),
        pytest.param(
            "Given server errors are returned as responses\nWhen my client asks\nThen my client is told",
            id="server errors returned to a client",
        ),
        pytest.param(
            "Given server errors are returned as responses\nWhen my async client asks\nThen my async client is told",
            id="server errors returned to an async client",
        ),
        pytest.param("When my client asks and expects it", id="a step of one's own"),
        pytest.param("When my async client asks and expects it", id="an async step of one's own"),
        pytest.param(
            'When I GET "/crash"\nThen my client is at hand\nAnd the app raised "NoteError"',
            id="a client between act and expectation",
        ),
        pytest.param(
            'Given the app is "shop:unstartable"\nWhen the app starts\n'
            'Then the app failed to start with "NoteError" and the message "no database"',
            id="start-up",
        ),
        pytest.param(
            'Given the app is "shop:unstartable"\nWhen I GET "/fine"\nThen the app failed to start with "NoteError"',
            id="start-up before the first request",
        ),
        pytest.param(
            'Given the app is "shop:refusing"\nWhen the app starts\n'
            'Then the app failed to start with "AppError" and the message "no database"',
            id="start-up refused without an exception",
        ),
        pytest.param(
            'Given the app is "shop:unstoppable"\nWhen I GET "/fine"\nAnd the app shuts down\n'
            'Then the app raised "NoteError" with the message "still in use"',
            id="shut-down",
        ),
    ],
)
def test_expected_crashes_fail_nothing(project: Project, client_name: str, steps: str) -> None:
    """A crash that a step up to the next When expects lets the scenario pass."""
    outcome = project.run_steps(steps, client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


@pytest.mark.parametrize(
    ("steps", "headline"),
    [
        pytest.param(
            'When I GET "/crash"', "The app raised NoteError: no such note (GET /crash).", id="nothing expects it"
        ),
        pytest.param(
            'When I GET "/crash"\nThen the response status is not 200',
            "The app raised NoteError: no such note (GET /crash).",
            id="not 200 is no server error",
        ),
        pytest.param(
            'When I GET "/crash"\nThen the response status is 404',
            "The app raised NoteError: no such note (GET /crash).",
            id="another status",
        ),
        pytest.param(
            'When I GET "/crash"\nThen the response status is #integer',
            "The app raised NoteError: no such note (GET /crash).",
            id="any status",
        ),
        pytest.param(
            'When I GET "/stream"\nThen the response text is "half"',
            "The app raised NoteError: no more paper (GET /stream).",
            id="in the middle of the body",
        ),
        pytest.param(
            'When I GET "/background"\nThen the response text is "fine"',
            "The app raised NoteError: too late (GET /background).",
            id="in the background",
        ),
        pytest.param(
            'Given the app is "shop:unstoppable"\nWhen I GET "/fine"\nThen the app raised "NoteError"',
            "The app raised nothing, expected NoteError.",
            id="too early",
        ),
        pytest.param(
            'When I send 3 GET requests to "/alternating" at the same time\nThen the response text is "even"',
            "The app raised NoteError: odd (GET /alternating).",
            id="one of several",
        ),
        pytest.param(
            'Given the app is "shop:unstoppable"\nWhen I GET "/fine"',
            "The app raised NoteError: still in use (shut-down).",
            id="after the last step",
        ),
        pytest.param("When my client asks", "shop.NoteError: no such note", id="a step of one's own"),
        pytest.param("When my async client asks", "shop.NoteError: no such note", id="an async step of one's own"),
        pytest.param(
            'Given the app is "shop:unstartable"\nWhen my client asks',
            "The app raised NoteError: no database (start-up).",
            id="start-up before a step of one's own",
        ),
    ],
)
def test_unexpected_crashes_fail_the_step(project: Project, client_name: str, steps: str, headline: str) -> None:
    """A crash that nothing expects fails the step that caused it, with the app's own frames."""
    outcome = project.run_steps(steps, client_name)

    assert outcome.headline == headline
    assert "shop.py:" in outcome.failure
    assert "asgherkin/" not in outcome.failure
    assert "starlette/" not in outcome.failure


def test_a_crash_in_a_step_of_ones_own(project: Project, client_name: str) -> None:
    """What the client raises into a step shows the step's frame and the app's, and no others."""
    outcome = project.run_steps("When my client asks", client_name)

    assert (
        outcome.failure
        == """\
shop.NoteError: no such note

features/it.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When my client asks

The request
  GET /crash

The response, after N ms
  500 Internal Server Error
  content-length: 21
  content-type: text/plain; charset=utf-8

  Internal Server Error

Where it was raised
conftest.py:8: in _
    client.get("/crash")
shop.py:20: in crash
    raise NoteError("no such note")
E   shop.NoteError: no such note"""
    )
