"""The database of a scenario: which one it is, when it is asked, and what is kept and shown of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project


# Answers nothing; it notes when it was started and stopped.
APP = """
notes = []

async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
        return
    await receive()
    notes.append("start")
    await send({"type": "lifespan.startup.complete"})
    await receive()
    notes.append("stop")
    await send({"type": "lifespan.shutdown.complete"})


async def broken(scope, receive, send):
    await receive()
    raise RuntimeError("no beans")
"""


# A database of a user's own. It notes what it is asked.
SHELF = """
import pytest
from asgherkin.databases.port import Column, Rows, Statement
from asgherkin.errors import SentenceError

from shop import notes


class Shelf:
    tables = {"beans": [("Arabica", 3)], "cups": []}

    async def read(self, selection):
        notes.append(("read", selection.table, selection.columns))
        if selection.table not in self.tables:
            raise SentenceError("no such shelf")
        names = "ab" if selection.columns is None else selection.columns
        rows = self.tables[selection.table]
        return Rows([Column("name"), Column("kilos")][: len(names)], [row[: len(names)] for row in rows], len(rows))

    async def write(self, seeding):
        notes.append((seeding.table, seeding.empty, [[cell.written for cell in row] for row in seeding.rows]))
        if not self.tables.keys() >= {seeding.table, *seeding.empty}:
            raise SentenceError("no such shelf")
        return []

    async def query(self, query):
        notes.append((query.text, dict(query.parameters)))
        return Rows([Column("n")], [(len(notes),)], 1)


@pytest.fixture
def database():
    notes.append("database")
    return Shelf()


def pytest_sessionfinish():
    print("NOTES", notes)
"""


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose database is SHELF."""
    project.write({"shop.py": APP, "conftest.py": SHELF})
    return project


def noted(project: Project, steps: str, *arguments: str) -> object:
    """What the database of a passing scenario has noted."""
    outcome = project.run_steps(steps, "async", "-s", *arguments)
    lines = [line for line in outcome.output.splitlines() if "NOTES " in line]
    assert lines, outcome.output
    return eval(lines[0].partition("NOTES ")[2])  # noqa: S307 - what the conftest has printed


@pytest.mark.parametrize("loop", ["asyncio", "uvloop", "trio"])
def test_an_object_of_ones_own_is_a_database(project: Project, client_name: str, loop: str) -> None:
    """On each client and loop: nothing but its methods is asked for."""
    outcome = project.run_steps(
        """
        Given the table "beans" is emptied
        Then the table "beans" contains:
          | name    | kilos |
          | Arabica | 3     |
        When I run the query:
          \"\"\"
          anything
          \"\"\"
        Then the query result has 1 row
        """,
        client_name,
        "--asgi-loop",
        loop,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_the_app_is_started_before_the_database_is_asked_for(project: Project) -> None:
    """So that the fixture can give what the app has made; and it is asked for once."""
    steps = 'Then the table "cups" is empty\nAnd the table "beans" has 1 row'

    assert noted(project, steps) == [
        "start", "database", ("read", "cups", ()), ("read", "beans", ()), "stop",
    ]  # fmt: skip


def test_a_name_in_a_query_is_a_parameter(project: Project) -> None:
    """The text stays as it is written."""
    steps = 'When I run the query:\n  """\n  one\n  """\nThen I remember the query result at "$[0].n" as "n"\n'
    steps += 'When I run the query:\n  """\n  {{n}} and {{ n }}\n  """'

    assert noted(project, steps) == ["start", "database", ("one", {}), ("{{n}} and {{ n }}", {"n": 3}), "stop"]


GROUP = """
Given the table "beans" starts with:
  | name    |
  | Robusta |
And the table "cups" is emptied
And the table "cups" is emptied
When I GET "/"
Given the table "cups" starts with:
  | name |
And the table "beans" starts with:
  | name    |
  | Excelsa |
"""


def test_tables_of_steps_that_follow_each_other_are_emptied_together(project: Project) -> None:
    """By the first of them; a table that comes once more is emptied once more."""
    assert noted(project, GROUP) == [
        "start",
        "database",
        ("beans", ("beans", "cups"), [["Robusta"]]),
        ("cups", ("cups",), []),
        ("cups", ("cups", "beans"), []),
        ("beans", (), [["Excelsa"]]),
        "stop",
    ]


def test_a_later_table_that_does_not_exist_fails_at_its_own_step(project: Project) -> None:
    """So does one whose name is not known; the others are emptied together all the same."""
    outcome = project.run_steps(
        'Given the table "beans" is emptied\nAnd the table "cups" is emptied\nAnd the table "spoons" is emptied\n'
        'And the table "{{forks}}" is emptied',
        "async",
        "-s",
    )

    assert outcome.headline == "no such shelf"
    assert '  >    6 |     And the table "spoons" is emptied' in outcome.failure
    assert (
        "NOTES ['start', 'database', ('beans', ('beans', 'cups', 'spoons'), []), ('read', 'cups', ()), "
        "('read', 'spoons', ()), ('beans', ('beans', 'cups'), []), ('spoons', ('spoons',), []), 'stop']"
    ) in outcome.output


def test_what_is_wrong_with_the_first_table_is_told_at_once(project: Project) -> None:
    """Nothing is tried a second time."""
    outcome = project.run_steps('Given the table "spoons" is emptied\nAnd the table "cups" is emptied', "async")

    assert outcome.headline == "no such shelf"
    assert '  >    4 |     Given the table "spoons" is emptied' in outcome.failure


@pytest.mark.parametrize(
    ("steps", "headline"),
    [
        (
            'Given the app is "shop:broken"\nThen the table "cups" is empty',
            "The app raised RuntimeError: no beans (start-up).",
        ),
        (
            'Given the app runs on "trio"\nAnd the database is "sqlite+aiosqlite:///shop.db"\n'
            'Then the table "a" is empty',
            "SQLAlchemy needs asyncio, and this scenario runs on trio. Run it on asyncio or uvloop, "
            'or give an object of your own in the fixture "database".',
        ),
    ],
    ids=["an app that does not start", "SQLAlchemy on trio"],
)
def test_what_stands_in_the_way_is_told_first(project: Project, client_name: str, steps: str, headline: str) -> None:
    """The database of an app that does not start would be a riddle."""
    assert project.run_steps(steps, client_name).headline == headline


def test_the_database_of_an_app_that_is_expected_not_to_start(project: Project, client_name: str) -> None:
    """It can be looked at."""
    steps = 'Given the app is "shop:broken"\nThen the table "cups" is empty\n'

    outcome = project.run_steps(f'{steps}And the app failed to start with "RuntimeError"', client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


NO_DATABASE = """No database is configured. Say where it is, in pyproject.toml:

    [tool.pytest.ini_options]
    asgi_database = "sqlite+aiosqlite:///shop.db"

or on the command line (--asgi-database URL), or in the scenario:

    Given the database is "sqlite+aiosqlite:///shop.db"

or override the fixture database in conftest.py, to give the engine that the app itself uses."""


def test_no_database_is_configured(project: Project, client_name: str) -> None:
    """The error shows the line to add."""
    project.write({"conftest.py": ""})

    outcome = project.run_steps('Then the table "cups" is empty', client_name)

    assert outcome.failure == (
        f"{NO_DATABASE}\n\nfeatures/it.feature:4, Scenario: It\n"
        '       3 |   Scenario: It\n  >    4 |     Then the table "cups" is empty'
    )


@pytest.mark.parametrize("how", ["option", "sentence"])
def test_a_database_by_its_url(project: Project, client_name: str, how: str) -> None:
    """Its connections are closed at the scenario's end: an open one would be a warning, and so an error."""
    project.write({"conftest.py": "" if how == "option" else SHELF})
    url = f"sqlite+aiosqlite:///{project.root}/shop.db"
    given = "" if how == "option" else f'Given the database is "{url}"\n'
    query = 'When I run the query:\n  """\n  {}\n  """\n'
    steps = query.format("CREATE TABLE cups (id INTEGER PRIMARY KEY)") + query.format("INSERT INTO cups VALUES (7)")

    arguments = ["--asgi-database", url] if how == "option" else []
    outcome = project.run_steps(f'{given}{steps}Then the table "cups" has 1 row', client_name, *arguments)

    assert outcome.counts == {"passed": 1}, outcome.output


ASYNC_FIXTURE = """
import pytest_asyncio

@pytest_asyncio.fixture
async def database():
    return "sqlite+aiosqlite:///shop.db"
"""


def test_an_async_fixture(project: Project) -> None:
    """It lives on the app's own loop."""
    project.write({"conftest.py": ASYNC_FIXTURE})
    steps = 'When I run the query:\n  """\n  SELECT 1 AS one\n  """\nThen the query result has 1 row'

    assert project.run_steps(steps, "async").counts == {"passed": 1}


def test_an_async_fixture_on_another_loop_is_an_error(project: Project) -> None:
    """Before the first step, as for any other async fixture."""
    project.write({"conftest.py": ASYNC_FIXTURE})

    outcome = project.run_steps('When I GET "/"\nThen the table "cups" is empty', "test")

    assert outcome.headline == (
        'This scenario needs the async fixture "database", which lives on pytest-asyncio\'s event loop, but with '
        'the client "test" the app runs on a loop of its own, so they could not share connections. '
        'Use the client "async" on asyncio or uvloop for this scenario, or a fixture that is not async.'
    )


def test_a_fixture_that_is_not_needed_is_no_error(project: Project) -> None:
    """A scenario that names its database does not ask for the fixture."""
    project.write({"conftest.py": ASYNC_FIXTURE})
    steps = (
        f'Given the database is "sqlite+aiosqlite:///{project.root}/shop.db"\n'
        'When I run the query:\n  """\n  SELECT 1 AS one\n  """'
    )

    assert project.run_steps(steps, "test").counts == {"passed": 1}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "def read(self, selection): return None",
            'The method "read" of the fixture "database" is not async. Write it with: async def read',
        ),
        (
            "async def read(self, selection): return [(1,)]",
            'The method "read" of the fixture "database" gives list. Return asgherkin.databases.port.Rows.',
        ),
        (
            "async def read(self, selection): return Rows([Column('a'), Column('b')], [(1, 2), (3,)], 2)",
            'The method "read" of the fixture "database" gives 1 values in a row, for 2 columns.',
        ),
        (
            "async def read(self, selection): await asyncio.Event().wait()",
            "The database did not answer within 0.05 seconds.",
        ),
        ("async def read(self, selection): raise ValueError('no shelf')", "ValueError: no shelf"),
    ],
    ids=["not async", "no rows", "a short row", "never", "an exception"],
)
def test_a_wrong_database_of_ones_own(project: Project, client_name: str, body: str, message: str) -> None:
    """What is wrong with it is said, and its own exceptions are shown."""
    fixture = "@pytest.fixture\ndef database():\n    return Shelf()"
    methods = "    async def write(self, seeding): ...\n    async def query(self, query): ...\n"
    port = "from asgherkin.databases.port import Column, Rows"
    project.write(
        {"conftest.py": f"import asyncio, pytest\n{port}\n\nclass Shelf:\n    {body}\n{methods}\n{fixture}\n"}
    )

    outcome = project.run_steps('Then the table "cups" is empty', client_name, "--asgi-timeout=0.05")

    assert outcome.headline.splitlines()[-1] == message


def test_a_query_is_shown_until_the_next_request(project: Project) -> None:
    """What was asked before a request says nothing about its response."""
    outcome = project.run_steps(
        'Then the table "beans" has 1 row\nWhen I GET "/"\nThen the response status is 200', "async"
    )

    assert "The query" not in outcome.failure
    assert "The request" in outcome.failure


def test_tries_leave_one_query(project: Project) -> None:
    """Of what was read while waiting, the last is kept; all before that stays."""
    steps = """
    Then the table "beans" has 1 row
    And the table "cups" has 1 row within 30 milliseconds
    """
    conftest = SHELF + (
        "\nfrom asgherkin.databases.query_evidence import QueryRecord\n"
        "@pytest.hookimpl(tryfirst=True)\ndef pytest_bdd_step_error(request, step):\n"
        "    found = [one.rows.total for one in request.getfixturevalue('session').evidence.of(QueryRecord)]\n"
        "    notes[:] = [found]\n"
    )
    project.write({"conftest.py": conftest})

    outcome = project.run_steps(steps, "async", "-s")

    assert "NOTES [[1, 0, 0]" in outcome.output


def test_sqlalchemy_is_not_imported_without_need(project: Project) -> None:
    """Neither at the start nor by scenarios about other things."""
    project.write(
        {
            "conftest.py": "import sys\n\ndef pytest_sessionfinish():\n"
            "    print('SEEN', {'sqlalchemy', 'asgherkin.databases.port'} & set(sys.modules))\n",
            "a.feature": 'Feature: f\n  Scenario: s\n    When I GET "/"\n    Then the response status is 204\n',
        }
    )

    assert "SEEN set()" in project.run_in_a_process("-s").stdout
