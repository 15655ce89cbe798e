"""A scenario in a transaction: what the app commits is seen in it, and gone afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

SHOP = """
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


def make_app(sessions):
    async def enter(request):
        async with sessions() as session:
            await session.execute(text("INSERT INTO notes (title) VALUES ('milk')"))
            await session.commit()
        if request.query_params:
            raise RuntimeError("after the commit")
        return PlainTextResponse("kept")

    return Starlette(routes=[Route("/", enter, methods=["POST"])])
"""
CONFTEST = """
import asyncio
import os

import pytest
import shop
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

URL = os.environ["NOTES"]


async def on_its_own(statement):
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        result = await connection.execute(text(statement))
        found = result.scalars().all() if result.returns_rows else None
    await engine.dispose()
    return found


@pytest.fixture(scope="session")
def database():
    asyncio.run(on_its_own("CREATE TABLE notes (title VARCHAR(20))"))
    yield {database}
    assert asyncio.run(on_its_own("SELECT title FROM notes")) == []


@pytest.fixture
def asgi_app(rolled_back_sessions):
    return shop.make_app(rolled_back_sessions)
"""
TWICE = """
Feature: Twice
  Scenario Outline: <time>
    When I POST "/"
    And I POST "/"
    Then the table "notes" has 2 rows
    When I run the query:
      \"\"\"
      DELETE FROM notes
      \"\"\"
    Then the table "notes" is empty
    Given the table "notes" starts with:
      | title |
      | eggs  |
    Then the table "notes" has 1 row
    Examples:
      | time   |
      | first  |
      | second |
"""


@pytest.fixture
def notes(project: Project, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose app is made with the sessions of the transaction."""
    monkeypatch.setenv("NOTES", database_url)
    project.write({"shop.py": SHOP, "conftest.py": CONFTEST.replace("{database}", "URL"), "a.feature": TWICE})
    return project


def test_nothing_is_left_behind(notes: Project, client_name: str) -> None:
    """Not by the app's commits, not by the scenario's own acts; the fixture looks when all is over."""
    outcome = notes.run("--asgi-client", client_name)

    assert outcome.counts == {"passed": 2}, outcome.output


def test_nothing_is_left_behind_by_a_crash(notes: Project, client_name: str) -> None:
    """Neither when the app fails after it has committed."""
    notes.write({"a.feature": 'Feature: f\n  Scenario: It\n    When I POST "/?fail=1"\n'})

    outcome = notes.run("--asgi-client", client_name)

    assert outcome.counts == {"failed": 1}, outcome.output
    assert outcome.headline == "The app raised RuntimeError: after the commit (POST /?fail=1)."


def test_an_engine_of_the_users_is_used_and_kept(notes: Project) -> None:
    """The fixture `database` may give an AsyncEngine; its connection is given back."""
    engine = "create_async_engine(URL, poolclass=NullPool)"
    notes.write({"conftest.py": CONFTEST.replace("{database}", engine)})

    outcome = notes.run("-k", "first")

    assert outcome.counts == {"passed": 1, "deselected": 1}, outcome.output


def test_what_is_no_engine_cannot_be_wrapped(notes: Project) -> None:
    """The error says what the fixture `database` has to give."""
    notes.write(
        {
            "conftest.py": CONFTEST.replace("{database}", "async_sessionmaker(create_async_engine(URL))").replace(
                "import create_async_engine", "import async_sessionmaker, create_async_engine"
            )
        }
    )

    outcome = notes.run("-k", "first")

    assert outcome.headline == (
        'The fixture "rolled_back_sessions" begins a transaction of its own. For that the fixture "database" has to '
        "give a URL or an AsyncEngine."
    )


def test_a_database_that_is_not_there_is_told(notes: Project) -> None:
    """As it is by every other act."""
    conftest = CONFTEST.replace("{database}", '"sqlite+aiosqlite:////nowhere/notes.db"')
    notes.write({"conftest.py": conftest})

    outcome = notes.run("-k", "first")

    assert outcome.headline == (
        "The database sqlite+aiosqlite:////nowhere/notes.db cannot be used: there is no folder /nowhere. A relative "
        "path starts at the directory that pytest is run in."
    )
