"""Starting the app and shutting it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

# Tells how often it was started and shut down, and what its lifespan keeps.
APP = """
import json
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

counts = {"starts": 0, "ends": 0}


@asynccontextmanager
async def lifespan(app):
    counts["starts"] += 1
    yield {"pool": f"pool {counts['starts']}"}
    counts["ends"] += 1


async def show(request):
    return JSONResponse({**counts, "pool": getattr(request.state, "pool", None)})


app = Starlette(routes=[Route("/", show)], lifespan=lifespan)
make = lambda: app


async def without(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})
"""


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(
            'When I GET "/"\nAnd I GET "/"\nThen the response body is:\n'
            '  """\n  {"starts": 1, "ends": 0, "pool": "pool 1"}\n  """',
            id="once before the first request",
        ),
        pytest.param(
            'When the app starts\nAnd the app starts\nAnd I GET "/"\nThen the response body at "$.starts" is 1',
            id="once explicitly",
        ),
        pytest.param(
            'When the app starts\nAnd the app shuts down\nAnd I GET "/"\nAnd the app shuts down\n'
            'Then the response body contains:\n  """\n  {"starts": 1, "ends": 1}\n  """',
            id="not again after a shut-down",
        ),
        pytest.param(
            'When the app starts\nAnd the app shuts down\nAnd the app starts\nAnd I GET "/"\n'
            'Then the response body is:\n  """\n  {"starts": 2, "ends": 1, "pool": "pool 2"}\n  """',
            id="again where a step says so",
        ),
        pytest.param(
            'When the app shuts down\nAnd I GET "/"\nThen the response body contains:\n'
            '  """\n  {"starts": 1, "ends": 1}\n  """',
            id="a shut-down of an app that was not started",
        ),
        pytest.param(
            'Given the app is "shop:make()"\nWhen I GET "/"\nThen the response body at "$.starts" is 1', id="a factory"
        ),
        pytest.param(
            'Given the app is "shop:without"\nWhen the app starts\nAnd I GET "/"\nAnd the app shuts down\n'
            'And I GET "/"\nThen the response status is 204',
            id="an app without a lifespan",
        ),
    ],
)
def test_lifespan(project: Project, client_name: str, steps: str) -> None:
    """The app starts once, before the first act or where a step says so, and shuts down once."""
    project.write({"shop.py": APP})

    outcome = project.run_steps(steps, client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


def test_the_app_shuts_down_after_the_last_step(project: Project, client_name: str) -> None:
    """Each scenario has its own start and its own shut-down."""
    project.write(
        {
            "shop.py": APP,
            "features/two.feature": """
Feature: Two
  Scenario: One
    When I GET "/"
    Then the response body contains:
      \"\"\"
      {"starts": 1, "ends": 0}
      \"\"\"
  Scenario: Two
    When I GET "/"
    Then the response body contains:
      \"\"\"
      {"starts": 2, "ends": 1}
      \"\"\"
""",
        }
    )

    outcome = project.run("--asgi-client", client_name)

    assert outcome.counts == {"passed": 2}, outcome.output


HANGING = """
import asyncio


async def wait_for_ever():
    await asyncio.Event().wait()


async def starts_never(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await wait_for_ever()


async def ends_never(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await wait_for_ever()
"""


@pytest.mark.parametrize(
    ("app", "headline"),
    [
        (
            "starts_never",
            "The app did not start within 0.2 seconds. "
            "It was waiting at shop.py:6 in wait_for_ever: await asyncio.Event().wait()",
        ),
        (
            "ends_never",
            "The app did not shut down within 0.2 seconds. "
            "It was waiting at shop.py:6 in wait_for_ever: await asyncio.Event().wait()",
        ),
    ],
)
def test_a_lifespan_that_hangs(project: Project, client_name: str, app: str, headline: str) -> None:
    """A start-up or shut-down that takes too long is stopped, and its place is told."""
    project.write({"shop.py": HANGING})

    outcome = project.run_steps(
        f'Given the app is "shop:{app}"\nWhen the app starts', client_name, "-o", "asgi_timeout=0.2"
    )

    assert outcome.headline == headline
