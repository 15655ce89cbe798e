"""The private names of pytest-bdd and pytest: that they are what this toolkit takes them for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from pytest_bdd.compat import inject_fixture

from asgherkin.gherkin import bdd
from asgherkin.gherkin.items import run_bound

if TYPE_CHECKING:
    from tests.project import Project


@pytest.fixture
def plain() -> str:
    """A fixture of this module."""
    return "plain"


@pytest.fixture
async def asynchronous() -> None:
    """An async fixture, that nothing ever runs."""


@pytest.fixture
async def generated() -> Any:
    """An async fixture that yields."""
    yield  # noqa: PT022 - that is the kind of it


@pytest.fixture
def by_way(asynchronous: None, generated: None, plain: str, unheard_of: None, client: None) -> None:
    """A fixture that needs others, one of them unknown and one this toolkit's."""


def test_visible_contexts_are_found_with_their_rank(request: pytest.FixtureRequest) -> None:
    """Our own sentences are there, as a plugin's."""
    ranks = {found.context.parser.name: found.rank for found in bdd.visible_contexts(request.node)}

    assert ranks["the app starts"] == (0, False)


@pytest.fixture(name="pytestbdd_stepdef_given_something")
def named_like_a_step() -> None:
    """No step definition, in spite of its name."""


def test_a_fixture_that_is_named_like_a_step_is_none(request: pytest.FixtureRequest) -> None:
    """Step definitions are those that pytest-bdd's decorators registered."""
    assert bdd.fixture_definition(request, "pytestbdd_stepdef_given_something")
    assert all(found.context.parser.name for found in bdd.visible_contexts(request.node))


def test_a_value_is_given_to_a_fixture(request: pytest.FixtureRequest) -> None:
    """Over one that is there, and for a name that is not."""
    inject_fixture(request, "plain", "other")
    inject_fixture(request, "unheard_of", 1)

    assert request.getfixturevalue("plain") == "other"
    assert request.getfixturevalue("unheard_of") == 1


def test_the_runner_of_scenarios_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Taking over is undone at the end of a run."""
    module = import_module("pytest_bdd.scenario")
    monkeypatch.setattr(module, "_execute_scenario", None)

    restore = bdd.run_scenarios_with(run_bound)
    during = vars(module)["_execute_scenario"]
    restore()

    assert during is run_bound
    assert vars(module)["_execute_scenario"] is None


@pytest.mark.parametrize("other", [test_a_value_is_given_to_a_fixture, 3, None, "x"])
def test_what_is_no_bound_scenario_has_no_template(other: object) -> None:
    """Whatever it is."""
    assert bdd.template_of(other) is None


def test_a_fixture_is_known_by_its_name(request: pytest.FixtureRequest) -> None:
    """Also one that has not been asked for."""
    definitions = [bdd.fixture_definition(request, name) for name in ("client", "by_way", "unheard_of")]

    assert [one and one.func.__module__ for one in definitions] == ["asgherkin.fixtures", __name__, None]


def test_async_fixtures_are_found_behind_others(request: pytest.FixtureRequest) -> None:
    """Each once; this toolkit's own are none of the user's."""
    assert bdd.async_fixtures(request, ["plain"]) == []
    assert bdd.async_fixtures(request, ["by_way", "asynchronous"]) == ["asynchronous", "generated"]


def test_a_mark_may_have_any_name(project: Project) -> None:
    """Registered marks pass --strict-markers, and others still do not."""
    project.write(
        {
            "test_it.py": "import pytest\nfrom asgherkin.gherkin.bdd import register_mark\n"
            'register_mark("a:b")\n@getattr(pytest.mark, "a:b")\ndef test_it(): pass\n',
            "test_other.py": 'import pytest\n@getattr(pytest.mark, "c:d")\ndef test_it(): pass\n',
        }
    )

    assert project.run("--strict-markers", "test_it.py").counts == {"passed": 1}
    assert project.run("--strict-markers", "test_other.py").counts == {"errors": 1}
