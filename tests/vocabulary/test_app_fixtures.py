"""The app from a user's own fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

APP = """
async def app(scope, receive, send):
    pass


async def other(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
"""


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose app is APP."""
    project.write({"shop.py": APP, "conftest.py": "# so that the project's folder can be imported from"})
    return project


FIXTURES = {
    "an_object": "@pytest.fixture\ndef asgi_app():\n    import shop\n    return shop.other",
    "a_text": "@pytest.fixture\ndef asgi_app():\n    return 'shop:other'",
    "with_the_session": "@pytest.fixture\ndef asgi_app(session):\n    return 'shop:other'",
    "for_the_run": "@pytest.fixture(scope='session')\ndef asgi_app():\n    return 'shop:other'",
}
FEATURE = """
Feature: It
  Scenario: {name}
    When I GET "/"
    Then the response status is 204
"""


def test_an_app_from_a_fixture(project: Project, client_name: str) -> None:
    """A user's own fixture asgi_app gives the app: the object itself, or its location."""
    for name, fixture in FIXTURES.items():
        conftest = f"import pytest\n\n{fixture}\n"
        project.write({f"{name}/conftest.py": conftest, f"{name}/it.feature": FEATURE.format(name=name)})

    outcome = project.run("--asgi-client", client_name, *FIXTURES)

    assert outcome.counts == {"passed": len(FIXTURES)}, outcome.output


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
