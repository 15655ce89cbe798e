"""The event loop that a scenario shares with the user's async fixtures."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

import pytest

from tests.project import SETTINGS

if TYPE_CHECKING:
    from tests.project import Project

SHOP = """
import asyncio

loops = []

async def app(scope, receive, send):
    loops.append(asyncio.get_running_loop())
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
"""
CONFTEST = """
import asyncio
import pytest, pytest_asyncio
import shop
from asgherkin import given, then
from pytest_bdd import parsers

SCOPE = "{scope}"
pools = []

@pytest_asyncio.fixture(scope=SCOPE)
async def pool():
    pools.append("made")
    yield asyncio.get_running_loop()
    pools.append("closed")

@pytest_asyncio.fixture
async def connection(pool):
    assert asyncio.get_running_loop() is pool
    return pool

@given("a connection")
async def _(connection):
    assert asyncio.get_running_loop() is connection

@then(parsers.parse('all is on one "{{loop}}"'))
async def _(connection, loop):
    assert {{id(one) for one in shop.loops}} == {{id(connection)}}
    assert type(connection).__module__.partition(".")[0] == loop
    shop.loops.clear()

@then(parsers.parse("{{count:d}} pools were made"))
def _(count):
    assert pools.count("made") == count
"""
SCENARIO = """  Scenario: {name}
    Given a connection
    When I GET "/"
    Then all is on one "{loop}"
    And {count} pools were made
"""


def write(project: Project, scope: str, loop: str = "asyncio", counts: tuple[int, ...] = (1, 1, 1)) -> None:
    """Three scenarios in two files, with a pool of that scope."""
    first = [SCENARIO.format(name=number, loop=loop, count=counts[number]) for number in range(2)]
    project.write(
        {
            "pyproject.toml": "[tool.pytest.ini_options]\nasgi_app = 'shop:app'\nfilterwarnings = ['error']\n"
            f"asyncio_default_fixture_loop_scope = '{scope}'\n",
            "shop.py": SHOP,
            "conftest.py": CONFTEST.format(scope=scope),
            "a.feature": "Feature: a\n" + "".join(first),
            "b.feature": "Feature: b\n" + SCENARIO.format(name="b", loop=loop, count=counts[2]),
        }
    )


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize(
    ("scope", "counts"),
    [("function", (1, 2, 3)), ("module", (1, 1, 2)), ("package", (1, 1, 1)), ("session", (1, 1, 1))],
)
def test_the_loop_follows_the_projects_scope(project: Project, scope: str, counts: tuple[int, ...], loop: str) -> None:
    """App, steps and fixtures are on one loop, whatever scope that is; wide fixtures are made once."""
    write(project, scope, loop, counts)

    outcome = project.run(f"--asgi-loop={loop}")

    assert outcome.counts == {"passed": 3}, outcome.output


def test_a_project_that_sets_no_scope_is_told_nothing(project: Project) -> None:
    """pytest-asyncio would have every project choose, also one without an async fixture."""
    write(project, "function", counts=(1, 2, 3))
    project.write({"pyproject.toml": "[tool.pytest.ini_options]\nasgi_app = 'shop:app'\nfilterwarnings = ['error']\n"})

    outcome = project.run()

    assert outcome.counts == {"passed": 3}
    assert "asyncio_default_fixture_loop_scope" not in outcome.output.partition("collected")[2]


def test_the_scope_of_tests_is_taken_where_fixtures_have_none(project: Project) -> None:
    """As pytest-asyncio itself does; a class is none that a scenario has."""
    write(project, "session")
    for scope in ("session", "class"):
        ini = f"asyncio_default_test_loop_scope = '{scope}'\nasgi_app = 'shop:app'\nfilterwarnings = ['error']\n"
        project.write({"pyproject.toml": f"[tool.pytest.ini_options]\n{ini}"})
        feature = 'Feature: f\n  Scenario: s\n    When I GET "/"\n    Then the response status is 200\n'
        project.write({"a.feature": feature, "b.feature": feature})

        assert project.run().counts == {"passed": 2}


def test_a_scenario_may_name_its_loop(project: Project) -> None:
    """Its fixtures are made on that, and those of its neighbour on another."""
    write(project, "function")
    project.write(
        {
            "a.feature": "Feature: f\n"
            '  Scenario: 1\n    Given the app runs on "uvloop"\n    And a connection\n    Then all is on one "uvloop"\n'
            '  Scenario: 2\n    Given a connection\n    When I GET "/"\n    Then all is on one "asyncio"\n',
            "b.feature": 'Feature: g\n  Scenario Outline: 3\n    Given the app runs on "<loop>"\n    And a connection\n'
            '    When I GET "/"\n    Then all is on one "<loop>"\n'
            "    Examples:\n      | loop |\n      | asyncio |\n      | uvloop |\n",
        }
    )
    project.write({"shop.py": SHOP.replace("    loops.append", "    if scope['type'] == 'http': loops.append")})
    conftest = (project.root / "conftest.py").read_text().replace("== {id(connection)}", "<= {id(connection)}")
    project.write({"conftest.py": conftest})

    assert project.run().counts == {"passed": 4}


def test_a_bound_outline_keeps_its_row_on_uvloop(project: Project) -> None:
    """The row is kept where the kind of loop is put too."""
    write(project, "function", "uvloop")
    project.write(
        {
            "a.feature": 'Feature: f\n  Scenario Outline: s\n    Given a connection\n    When I <method> "/"\n'
            '    Then all is on one "uvloop"\n    Examples:\n      | method |\n      | GET |\n      | POST |\n',
            "test_a.py": "from pytest_bdd import scenarios\nscenarios('a.feature')\n",
        }
    )

    assert project.run("--asgi-loop=uvloop", "test_a.py").counts == {"passed": 2}


OTHER_LOOP = (
    "This scenario needs the async fixture {fixtures}, which lives on pytest-asyncio's event loop, but with {what} "
    "the app runs on a loop of its own, so they could not share connections. "
    'Use the client "async" on asyncio or uvloop for this scenario, or a fixture that is not async.\n'
    "\n"
    "a.feature:2, Scenario: s\n"
    "  >    2 |   Scenario: s\n"
    "       3 |     Given noted\n"
    "       4 |     And a connection"
)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--asgi-client=test",), 'the client "test"'),
        (("--asgi-client=test", "--asgi-loop=trio"), 'the client "test"'),
        (("--asgi-loop=trio",), "the loop trio"),
    ],
    ids=["test", "test on trio", "trio"],
)
@pytest.mark.parametrize("bound", [False, True], ids=["collected", "bound"])
def test_async_fixtures_on_another_loop_are_an_error(
    project: Project, *, bound: bool, arguments: tuple[str, ...], what: str
) -> None:
    """Before the first step, naming the fixtures."""
    write(project, "function")
    conftest = CONFTEST.format(scope="function") + '\n@given("noted")\ndef _():\n    print("FIRST STEP")\n'
    project.write(
        {
            "conftest.py": conftest,
            "a.feature": "Feature: f\n  Scenario: s\n    Given noted\n    And a connection\n",
            "test_a.py": "from pytest_bdd import scenarios\nscenarios('a.feature')\n",
        }
    )

    outcome = project.run("-s", *arguments, "test_a.py" if bound else "a.feature")

    assert outcome.failure == OTHER_LOOP.format(fixtures='"connection", "pool"', what=what)
    assert "FIRST STEP" not in outcome.output


class NoUvloop(MetaPathFinder):
    """An environment without that extra."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Fail for uvloop, and know nothing of others."""
        if fullname == "uvloop":
            raise ImportError(fullname)


def test_uvloop_that_is_not_installed_is_an_error(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the extra."""
    monkeypatch.delitem(sys.modules, "uvloop", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoUvloop(), *sys.meta_path])
    write(project, "function")
    project.write({"a.feature": 'Feature: f\n  Scenario: s\n    When I GET "/"\n'})

    outcome = project.run("--asgi-loop=uvloop", "a.feature")

    assert outcome.failure == (
        'uvloop is not installed. Install it with: pip install "asgherkin[uvloop]"\n'
        "\n"
        "a.feature:3, Scenario: s\n"
        "       2 |   Scenario: s\n"
        '  >    3 |     When I GET "/"'
    )


def test_pytest_asyncio_that_is_switched_off_is_an_error(project: Project) -> None:
    """It says what to leave out."""
    project.write({"pyproject.toml": SETTINGS.replace('asyncio_default_fixture_loop_scope = "function"\n', "")})
    project.write({"a.feature": 'Feature: f\n  Scenario: s\n    When I GET "/"\n'})

    outcome = project.run("-p", "no:asyncio", "a.feature")

    assert outcome.headline == (
        "The client async runs on pytest-asyncio's event loop, and pytest-asyncio is switched off: leave out "
        '"-p no:asyncio", or use the client test.'
    )
