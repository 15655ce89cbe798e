"""Which app, on which loop, by which client: by sentence, by fixture, by option; and apps that hang."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

# Answers with the name of its event loop's library.
APP = """
import sys
import sniffio
import asyncio


async def app(scope, receive, send):
    if scope["type"] == "http":
        name = sniffio.current_async_library()
        if name == "asyncio":
            name = type(asyncio.get_running_loop()).__module__.partition(".")[0]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": name.encode()})


async def other(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Old:
    def __init__(self, scope):
        self.scope = scope

    async def __call__(self, receive, send):
        await other(self.scope, receive, send)
"""


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose app is APP."""
    project.write({"shop.py": APP})
    return project


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ('the app runs on "asyncio"', "asyncio"),
        ('the app runs on "uvloop"', "uvloop"),
        ('the app runs on "trio"', "trio"),
        ('the client is "async"', "asyncio"),
        ('the client is "test"', "asyncio"),
    ],
)
def test_loops_and_clients(project: Project, client_name: str, sentence: str, name: str) -> None:
    """The app runs on the loop that the scenario names, by either client; a client may be named too."""
    outcome = project.run_steps(
        f'Given {sentence}\nWhen I GET "/"\nThen the response text is "{name}"\nWhen I GET "/"', client_name
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_a_background_names_the_client(project: Project, client_name: str) -> None:
    """Sentences of a background count as the scenario's."""
    project.write(
        {
            "features/it.feature": """
Feature: It
  Background:
    Given the client is "test"
    And the app runs on "trio"
  Scenario: It
    When I GET "/"
    Then the response text is "trio"
"""
        }
    )

    outcome = project.run("--asgi-client", client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


@pytest.mark.parametrize("location", ["shop:other", "shop:Old"], ids=["ASGI 3", "ASGI 2"])
def test_another_app(project: Project, client_name: str, location: str) -> None:
    """The app of a scenario is another one where it says so, the last time it says so."""
    outcome = project.run_steps(
        f"""
        Given the app is "shop:app"
        And the app is "{location}"
        When I GET "/"
        Then the response status is 204
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


@pytest.mark.parametrize(
    "fixture",
    [
        pytest.param("@pytest.fixture\ndef asgi_app():\n    import shop\n    return shop.other", id="an object"),
        pytest.param("@pytest.fixture\ndef asgi_app():\n    return 'shop:other'", id="a text"),
        pytest.param("@pytest.fixture\ndef asgi_app(session):\n    return 'shop:other'", id="with the session"),
        pytest.param("@pytest.fixture(scope='session')\ndef asgi_app():\n    return 'shop:other'", id="for the run"),
    ],
)
def test_an_app_from_a_fixture(project: Project, client_name: str, fixture: str) -> None:
    """A user's own fixture asgi_app gives the app: the object itself, or its location."""
    project.write({"conftest.py": f"import pytest\n\n{fixture}\n"})

    outcome = project.run_steps('When I GET "/"\nThen the response status is 204', client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


ASYNC_FIXTURE = """
import pytest_asyncio

@pytest_asyncio.fixture
async def asgi_app():
    import shop
    return shop.other
"""


def test_an_app_from_an_async_fixture(project: Project) -> None:
    """An async fixture may give the app where it runs on the same loop."""
    project.write({"conftest.py": ASYNC_FIXTURE})

    outcome = project.run_steps('When I GET "/"\nThen the response status is 204', "async")

    assert outcome.counts == {"passed": 1}, outcome.output


def test_an_app_from_an_async_fixture_on_another_loop(project: Project) -> None:
    """An app that was made on pytest-asyncio's loop is refused where it would run on another."""
    project.write({"conftest.py": ASYNC_FIXTURE})

    outcome = project.run_steps('When I GET "/"\nThen the response status is 204', "test")

    assert (
        outcome.headline
        == """\
This scenario needs the async fixture "asgi_app", which lives on pytest-asyncio's event loop, but with the client \
"test" the app runs on a loop of its own, so they could not share connections. Use the client "async" on asyncio or \
uvloop for this scenario, or a fixture that is not async."""
    )


def test_a_fixture_that_gives_no_app(project: Project, client_name: str) -> None:
    """A fixture asgi_app that returns something else is told so."""
    project.write({"conftest.py": "import pytest\n\n@pytest.fixture\ndef asgi_app():\n    pass\n"})

    outcome = project.run_steps('When I GET "/"', client_name)

    assert outcome.headline == (
        "The fixture asgi_app gives null, which is no app. "
        'Return an ASGI app, or its location, such as "shop.main:app".'
    )


HANGING = """
import asyncio
import time


async def wait():
    await asyncio.Event().wait()


async def app(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == "/wait":
        await wait()
    elif scope["type"] == "http" and scope["path"] == "/sleep":
        time.sleep(60)
    elif scope["type"] == "http":
        # Not for ever: with the client "test" it goes on in its thread, which nobody can stop.
        until = time.monotonic() + 3
        while time.monotonic() < until:
            pass
"""


@pytest.mark.parametrize(
    ("path", "headline"),
    [
        (
            "wait",
            "The app did not answer GET /wait within 0.2 seconds. "
            "It was waiting at shop.py:7 in wait: await asyncio.Event().wait()",
        ),
        (
            "sleep",
            "The app blocked its event loop for 0.2 seconds during GET /sleep, at shop.py:14 in app: time.sleep(60)",
        ),
    ],
)
def test_apps_that_hang(project: Project, client_name: str, path: str, headline: str) -> None:
    """An app that waits or blocks for ever is stopped, and the place where it hangs is told."""
    project.write({"shop.py": HANGING})

    outcome = project.run_steps(f'When I GET "/{path}"', client_name, "-o", "asgi_timeout=0.2")

    assert (
        outcome.failure
        == f"""\
{headline}

features/it.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I GET "/{path}"

The request
  GET /{path}

The response
  none came; the client is given a bare 500"""
    )


def test_an_app_that_is_busy(project: Project, client_name: str) -> None:
    """A loop without an await is noticed as well."""
    project.write({"shop.py": HANGING})

    outcome = project.run_steps('When I GET "/busy"', client_name, "-o", "asgi_timeout=0.2")

    assert outcome.headline.startswith("The app blocked its event loop for 0.2 seconds during GET /busy, at shop.py:1")
    assert len(outcome.failures) == 1


def test_a_request_to_an_app_that_blocks_still(project: Project) -> None:
    """With the client "test" a blocked app cannot be freed; what is sent to it afterwards fails at once."""
    project.write({"shop.py": HANGING})

    outcome = project.run_steps(
        """
        When I GET "/sleep"
        Then the app raised "AppError"
        When I GET "/wait"
        """,
        "test",
        "-o",
        "asgi_timeout=0.2",
    )

    assert outcome.headline == "The app still blocks its event loop, so it cannot be reached any more."


def test_an_expected_hang(project: Project, client_name: str) -> None:
    """A scenario may expect that the app hangs; the end of the scenario adds nothing to it."""
    project.write({"shop.py": HANGING})

    outcome = project.run_steps(
        'When I GET "/sleep"\nThen the app raised "AppError" with the message "time.sleep(60)"',
        client_name,
        "-o",
        "asgi_timeout=0.2",
    )

    assert outcome.counts == {"passed": 1}, outcome.output
