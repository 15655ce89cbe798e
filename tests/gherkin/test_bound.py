"""`scenarios()` and `@scenario` in a test module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

SHOP = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if SHUT_DOWN_FAILS and message["type"] == "lifespan.shutdown":
                raise ValueError("no way down")
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    assert scope["type"] == "http"
    if scope["path"] == "/crash":
        raise ValueError("crashed")
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": dict(scope["headers"]).get(b"content-type") and
                [(b"content-type", dict(scope["headers"])[b"content-type"])] or []})
    await send({"type": "http.response.body", "body": message["body"]})

SHUT_DOWN_FAILS = False
"""
MODULE = """
from pytest_bdd import given, parsers, scenario, scenarios

@given(parsers.parse("a definition in the {place}"))
async def _(place):
    assert place == "module"

scenarios("features")
"""
FEATURE = '''@shop
Feature: f
  Scenario: one
    Given a definition in the module
    When I send a POST request to "/" with the body:
      """text/csv
      a,b
      """
    Then the response text is "a,b"
    And the response header "Content-Type" is "text/csv"

  @few
  Scenario Outline: two
    When I send a POST request to "/" with the body:
      """text/<type>
      [<n>]
      """
    Then the response header "Content-Type" is "text/<type>"
    And the response text is "[<n>]"

    @row
    Examples:
      | type | n |
      | x    | 1 |
    Examples:
      | type | n |
      | y    | 2 |

  @ruled
  Rule: r
    Background:
      Given a definition in the module
    Scenario: three
      When I GET "/"
'''


@pytest.fixture
def shop(project: Project) -> Project:
    """A project whose test module binds a folder of features."""
    project.write({"shop.py": SHOP, "test_shop.py": MODULE, "features/a.feature": FEATURE})
    return project


def test_bound_scenarios_get_the_same_vocabulary_once(shop: Project) -> None:
    """Sentences, media types, async steps and the module's own definitions; not run from their file again."""
    outcome = shop.run()

    assert outcome.counts == {"passed": 4}
    assert outcome.names == [f"test_shop.py::test_{name}" for name in ("one", "two[x-1]", "two[y-2]", "three")]


def test_a_scenario_that_is_not_bound_runs_from_its_file(shop: Project) -> None:
    """Bound are single scenarios, by @scenario; of two with one name the one that pytest-bdd drops is not."""
    shop.write(
        {
            "test_shop.py": "from asgherkin import step\nfrom pytest_bdd import scenario\n"
            '@scenario("features/a.feature", "one")\ndef test_one():\n    pass\n',
            "conftest.py": "from asgherkin import step\n@step('it works')\ndef _(): pass\n",
            "features/a.feature": "Feature: f\n  Scenario: one\n    Given it works\n"
            "  Scenario: two\n    Given it works\n",
        }
    )

    assert shop.run().names == ["features/a.feature::two", "test_shop.py::test_one"]


def test_a_bound_feature_may_be_run_alone(shop: Project) -> None:
    """Then its definitions in the test module are not seen."""
    outcome = shop.run("features/a.feature:3")

    assert outcome.names == ["features/a.feature::one"]
    assert outcome.failure.startswith("No sentence fits this Given step.\n")


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("@few", ["two[x-1]", "two[y-2]"]),
        ("@row", ["two[x-1]"]),
        ("@ruled", ["three"]),
        ("@shop and not @few", ["one", "three"]),
    ],
)
def test_tag_expressions_know_bound_scenarios(shop: Project, expression: str, names: list[str]) -> None:
    """By the tags of their feature, rule and examples too."""
    outcome = shop.run(f"--asgi-tags={expression}", "-W", "ignore::pytest.PytestUnknownMarkWarning")

    assert outcome.names == [f"test_shop.py::test_{name}" for name in names]


FAILING = """Feature: f
  Scenario: a
    When I GET "/"
    Then the response status is 404
  Scenario: b
    When I GET "/crash"
  Scenario: c
    Given nobody knows this
  Scenario: d
  Scenario: e
    Given it breaks
  Scenario: g
    Given it yields twice
  Scenario: h
    Given no such fixture
"""


def test_bound_scenarios_fail_with_the_same_text(shop: Project) -> None:
    """In every kind of failure."""
    shop.write(
        {
            "test_shop.py": 'from pytest_bdd import scenarios\nscenarios("features")\n',
            "conftest.py": """
from asgherkin import given
@given("it breaks")
def _():
    raise ValueError("broken")
@given("it yields twice")
def _():
    yield
    yield
@given("no such fixture")
def _(none): pass
""",
            "features/a.feature": FAILING,
        }
    )

    bound = shop.run("test_shop.py")
    collected = shop.run("features")

    assert len(bound.failures) == 7
    assert {name.removeprefix("test_"): text for name, text in bound.failures.items()} == collected.failures
    assert bound.failures["test_d"] == (
        "This scenario has no steps, so it checks nothing. Add steps, or remove it.\n"
        "\n"
        "features/a.feature:9, Scenario: d\n"
        "  >    9 |   Scenario: d"
    )


def test_steps_of_the_background_alone_check_nothing(shop: Project) -> None:
    """A scenario that has none of its own is refused, as one without a background is."""
    background = "Feature: f\n  Background:\n    Given a definition in the module\n\n  Scenario: d\n"
    shop.write({"features/a.feature": background})

    outcome = shop.run("test_shop.py", "-k", "test_d")

    assert outcome.headline == "This scenario has no steps, so it checks nothing. Add steps, or remove it."


def test_a_failure_at_the_end_of_a_scenario_is_told_the_same(shop: Project) -> None:
    """When the app fails to shut down, after the last step."""
    shop.write({"shop.py": SHOP.replace("= False", "= True")})

    bound = shop.run("test_shop.py", "-k", "three").failure

    shop.write({"conftest.py": MODULE.replace('scenarios("features")', "")})
    assert bound == shop.run("features", "-k", "three").failure
    assert "         after the last step" in bound


def test_a_failure_in_the_test_function_is_its_own(shop: Project) -> None:
    """What stands under @scenario is a plain test, and fails as one."""
    shop.write(
        {
            "test_shop.py": MODULE.replace(
                'scenarios("features")',
                '@scenario("features/a.feature", "one")\ndef test_one(tmp_path):\n    assert tmp_path is None\n',
            )
        }
    )

    outcome = shop.run("test_shop.py")

    assert "assert tmp_path is None" in outcome.failure
    assert "Scenario:" not in outcome.failure


def test_a_file_that_only_pytest_bdd_can_read_runs(shop: Project) -> None:
    """Media types are lost then, and nothing else."""
    feature = (
        'Feature: f\n  Background:\n    prose\n  Scenario: s\n    When I send a POST request to "/" with the body:\n'
    )
    shop.write({"features/a.feature": f'{feature}      """text/csv\n      a,b\n      """\n'})

    assert shop.run("test_shop.py").counts == {"passed": 1}


def test_bound_scenarios_choose_their_loop(shop: Project) -> None:
    """The sentences about client and loop are read before the first step, in rows of an outline too."""
    shop.write(
        {
            "features/a.feature": """Feature: f
  Scenario Outline: s
    Given the client is "<client>"
    And the app runs on "<loop>"
    Then the loop is "<loop>"
    Examples:
      | client | loop    |
      | async  | asyncio |
      | async  | uvloop  |
      | test   | uvloop  |
""",
            "conftest.py": """
import asyncio
from asgherkin import then
from pytest_bdd import parsers
@then(parsers.parse('the loop is "{loop}"'))
async def _(loop):
    assert type(asyncio.get_running_loop()).__module__.startswith(loop)
""",
        }
    )

    assert shop.run("test_shop.py").counts == {"passed": 3}
