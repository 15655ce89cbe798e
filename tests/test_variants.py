"""Several clients in one run: what runs on which, and how it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Outcome, Project

SHOP = """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

async def menu(request):
    return PlainTextResponse("latte")

app = Starlette(routes=[Route("/menu", menu)])
"""
FEATURE = """Feature: Menu

  Scenario: Read
    When I GET "/menu"
    Then the response status is 200

  Scenario: Read
    When I GET "/menu"

  Scenario Outline: Order
    When I GET "<path>"
    Then the response status is <status>

    Examples:
      | path  | status |
      | /menu | 200    |
      | /x    | 404    |
"""
RESTRICTED = """Feature: Menu

  @async_client
  Scenario: One
    When I GET "/menu"

  @async_client @live_client
  Scenario: Two
    When I GET "/menu"

  @in_process
  Scenario: Three
    When I GET "/menu"

  @live_client
  Scenario: Four
    When I GET "/menu"

  Scenario: Five
    Given the client is "live"
    When I GET "/menu"
"""
BOUND = """
from pytest_bdd import scenarios, scenario

scenarios("../features/menu.feature")
"""


@pytest.fixture
def shop(project: Project) -> Project:
    """A shop with a feature."""
    project.write({"shop.py": SHOP, "features/menu.feature": FEATURE})
    return project


@pytest.fixture
def restricted(shop: Project) -> Project:
    """The same with scenarios that choose their clients, which a test module binds too."""
    shop.write({"features/menu.feature": RESTRICTED, "tests/test_menu.py": BOUND})
    return shop


def names(outcome: Outcome) -> list[str]:
    """What was run, without the file's name; and no failure."""
    assert not outcome.failures, outcome.output
    return [one.partition("::")[2] for one in outcome.names]


def test_each_scenario_runs_on_each_client(shop: Project) -> None:
    """The id ends in the client's name."""
    outcome = shop.run("features", "--asgi-client", "async,test,live")

    expected = ["Read", "Read #2", "Order[/menu-200]", "Order[/x-404]"]
    assert names(outcome) == [f"{name}[{client}]" for name in expected for client in ("async", "test", "live")]


@pytest.mark.parametrize("client", ["async", "test", "live"])
def test_ids_name_no_client_where_there_is_one(shop: Project, client: str) -> None:
    """They stay what they are."""
    outcome = shop.run("features", "--asgi-client", client)

    assert names(outcome) == ["Read", "Read #2", "Order[/menu-200]", "Order[/x-404]"]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (["features/menu.feature:3"], ["Read[async]", "Read[test]"]),
        (["features/menu.feature:17"], ["Order[/x-404][async]", "Order[/x-404][test]"]),
        (["features/menu.feature::Order[/x-404][test]"], ["Order[/x-404][test]"]),
        (["features", "-k", "Read and test"], ["Read[test]", "Read #2[test]"]),
    ],
    ids=["a line", "a row", "an id", "-k"],
)
@pytest.mark.parametrize("place", ["ini", "command line"])
def test_a_selection_knows_the_clients(shop: Project, place: str, selection: list[str], expected: list[str]) -> None:
    """Wherever they are listed."""
    if place == "ini":
        text = (shop.root / "pyproject.toml").read_text(encoding="utf-8")
        shop.write({"pyproject.toml": text + 'asgi_client = "async, test"\n'})
    else:
        selection = [*selection, "--asgi-client=async,test"]

    outcome = shop.run(*selection)

    assert names(outcome) == expected


def test_tags_restrict_a_scenario_to_clients(restricted: Project) -> None:
    """Several of them add up; a scenario that names its client runs once, on that one."""
    outcome = restricted.run("features", "--asgi-client", "async,test,live")

    assert names(outcome) == [
        "One[async]", "Two[async]", "Two[live]", "Three[async]", "Three[test]", "Four[live]", "Five[live]",
    ]  # fmt: skip
    assert outcome.counts == {"passed": 7}


def test_what_no_client_of_the_run_may_run_is_skipped(restricted: Project) -> None:
    """With the reason, once: nothing that is specified vanishes."""
    outcome = restricted.run("features", "--asgi-client", "test", "-rs")

    assert outcome.counts == {"passed": 2, "skipped": 3}
    for reason in (
        "client async (@async_client)", "clients async and live (@async_client, @live_client)",
        "client live (@live_client)",
    ):  # fmt: skip
        assert f"only on the {reason}; this run uses test" in outcome.output


def test_what_only_this_process_shows_is_not_observable_elsewhere(restricted: Project) -> None:
    """A scenario for the clients in this process is skipped on a server."""
    outcome = restricted.run("features", "--asgi-client", "live", "-rs", "-k", "Three")

    assert outcome.counts == {"skipped": 1, "deselected": 4}
    assert "not observable here: only on the clients async and test (@in_process); this run uses live" in outcome.output


def test_bound_scenarios_run_on_each_client(shop: Project) -> None:
    """Ids are those of any all in one pair of brackets."""
    shop.write({"tests/test_menu.py": BOUND})

    outcome = shop.run("tests", "--asgi-client", "test,live")

    order = ["test_order[test-/menu-200]", "test_order[test-/x-404]", "test_order[live-/menu-200]"]
    assert names(outcome) == ["test_read[test]", "test_read[live]", *order, "test_order[live-/x-404]"]


def test_tags_restrict_bound_scenarios_too(restricted: Project) -> None:
    """And what runs on none of the run's clients is skipped."""
    several = restricted.run("tests", "--asgi-client", "async,test")
    one = restricted.run("tests", "--asgi-client", "test", "-rs")

    assert names(several) == [
        "test_one[async]", "test_two[async]", "test_three[async]", "test_three[test]", "test_five[async]",
    ]  # fmt: skip
    assert several.counts == {"passed": 5, "skipped": 1}
    assert one.counts == {"passed": 2, "skipped": 3}


def test_plain_tests_use_the_first_client(shop: Project) -> None:
    """They run once."""
    test = "def test_menu(session, client):\n    assert client.get('/menu').text == 'latte'\n"
    shop.write({"tests/test_menu.py": test + "    assert session.client_name == 'test'\n"})

    outcome = shop.run("tests", "--asgi-client", "test,async")

    assert names(outcome) == ["test_menu"]
