"""What a run's end says of undefined steps, and of files that pytest did not load (tests/golden has more of it)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from asgherkin.gherkin import undefined

if TYPE_CHECKING:
    import pytest

    from tests.project import Project

FEATURE = "Feature: f\n  Scenario: s\n    Given y\n"
DEFINITION = "from asgherkin import given\n@given('x')\ndef x(): pass\n"


def test_what_pytest_loads_by_itself_is_not_told_of(project: Project) -> None:
    """Test modules and conftest.py files of other folders, what is loaded already, and other people's packages."""
    paths = ("more.py", "sub/conftest.py", "sub/test_x.py", ".venv/x.py", "venv/lib/site-packages/x.py")
    others = {"conftest.py": "pytest_plugins = ['more']\n", "plain.py": "x = 1\n"}
    project.write({**others, **dict.fromkeys(paths, DEFINITION), "f/a.feature": FEATURE})

    assert "Not loaded" not in project.run("f").output


def test_nothing_is_told_where_other_processes_have_loaded_it(project: Project) -> None:
    """What pytest-xdist's workers have imported is not known here."""
    project.write({"f/a.feature": FEATURE, "f/steps/x.py": DEFINITION})

    run = project.run_in_a_process("-n1")

    assert "undefined steps" in run.stdout
    assert "Not loaded" not in run.stdout


def test_a_process_with_workers_does_not_search() -> None:
    """It knows so by pytest-xdist's option."""
    config = cast("pytest.Config", SimpleNamespace(getoption=lambda *_: ["popen"]))

    assert undefined.unloaded(config) == []


def test_a_large_project_is_not_searched_to_its_end(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint must not take longer than the run."""
    monkeypatch.setattr(undefined, "_MOST_FILES", 2)
    project.write({"a.feature": FEATURE, "b.txt": "", "z.py": DEFINITION})

    assert "Not loaded" not in project.run().output


def test_a_run_that_has_deselected_all_is_not_told_of_features(project: Project) -> None:
    """It has looked at them."""
    project.write({"a.feature": FEATURE})

    assert "Not looked at" not in project.run("-k", "nothing").output


def test_an_empty_project_is_told_nothing(project: Project) -> None:
    """There is no feature in it, nor what looks like one."""
    output = project.run().output

    assert "Not looked at" not in output
    assert "No feature" not in output


TWO = {
    "a.feature": "Feature: f\n  Background:\n    Given a\n  Scenario: s\n    Given b\n    And b\n"
    "  Scenario: t\n    When c\n    Then 1\n",
    "sub/b.feature": "Feature: g\n  Scenario: s\n    Given b\n    Given nothing\n",
    "sub/conftest.py": "from asgherkin import given\n@given('nothing')\ndef _(): pass\n",
}
SUMMARY = """
Given a
  a.feature:3
Given b
  a.feature:5, a.feature:6, sub/b.feature:3
When c
  a.feature:8
Then 1
  a.feature:9

To write them yourself, put this into conftest.py:

    from asgherkin import given, then, when
    from pytest_bdd import parsers


    @given("a")
    def a() -> None:
        raise NotImplementedError


    @given("b")
    def b() -> None:
        raise NotImplementedError


    @when("c")
    def c() -> None:
        raise NotImplementedError


    @then(parsers.parse("{number:d}"))
    def step(number: int) -> None:
        raise NotImplementedError
"""


def test_all_undefined_steps_are_listed_in_one_pass(project: Project) -> None:
    """Those that were not reached too, each text once with all its places."""
    project.write(TWO)

    output = project.run().output

    section = output.partition(" undefined steps ")[2].partition("=\n")[2].partition("\n===")[0]
    assert f"\n{section}\n" == SUMMARY


def test_several_processes_list_the_same(project: Project) -> None:
    """pytest-xdist's workers hand theirs on."""
    project.write(TWO)

    run = project.run_in_a_process("-n2")

    listed = run.stdout.partition(" undefined steps ")[2].partition("=\n")[2].partition("\n\nTo write")[0].split("\n")
    places = dict(zip(listed[::2], (sorted(line.strip().split(", ")) for line in listed[1::2]), strict=True))
    assert places == {
        "Given a": ["a.feature:3"],
        "Given b": ["a.feature:5", "a.feature:6", "sub/b.feature:3"],
        "When c": ["a.feature:8"],
        "Then 1": ["a.feature:9"],
    }, run.stdout + run.stderr


def test_a_run_without_undefined_steps_has_no_such_section(project: Project) -> None:
    """Nothing is said where nothing is to say."""
    project.write(
        {"a.feature": "Feature: f\n  Scenario: s\n    Given nothing\n", "conftest.py": TWO["sub/conftest.py"]}
    )

    assert "undefined steps" not in project.run().output
