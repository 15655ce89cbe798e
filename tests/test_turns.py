"""`@serial`: locks between workers, and runs in which scenarios would get in each other's way."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import portalocker
import pytest

from asgherkin.errors import ConfigurationError
from asgherkin.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.project import Outcome, Project

# What is inside is a file in a folder that all workers know; who is alone finds no other.
STEPS = """
import os
from pathlib import Path
from asgherkin import when

INSIDE = Path(__file__).parent / "inside"
INSIDE.mkdir(exist_ok=True)
CALLS = 200

def name_of(item):
    return item.nodeid.replace("/", "-")

def pytest_runtest_setup(item):
    (INSIDE / name_of(item)).touch()

def pytest_runtest_teardown(item):
    (INSIDE / name_of(item)).unlink()

@when("nobody else is there")
def nobody_else_is_there(request):
    for _ in range(CALLS):
        assert [one.name for one in INSIDE.iterdir()] == [name_of(request.node)]

@when("others may be there")
def others_may_be_there():
    for _ in range(CALLS):
        assert not any("Alone" in one.name for one in INSIDE.iterdir())
"""
ALONE = "  @serial\n  Scenario: Alone {number}\n    When nobody else is there\n\n"
OTHER = "  Scenario: Other {number}\n    When others may be there\n\n"
PLAIN = """
from pathlib import Path
import pytest

@pytest.mark.parametrize("number", range(20))
def test_plain(number):
    assert not any("Alone" in one.name for one in (Path(__file__).parent / "inside").iterdir())
"""


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Turns]:
    """The locks as one worker has them."""
    turns = Turns(tmp_path / "turns", waiting=False)
    yield turns
    turns.close()


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Turns]:
    """The locks as another worker has them."""
    turns = Turns(tmp_path / "turns", waiting=False)
    yield turns
    turns.close()


def test_many_run_side_by_side(first: Turns, second: Turns) -> None:
    """None of them is alone."""
    with first.turn(alone=False), second.turn(alone=False):
        pass


@pytest.mark.parametrize(("alone", "other"), [(True, False), (False, True), (True, True)])
def test_who_is_alone_has_nobody_beside_it(first: Turns, second: Turns, alone: bool, other: bool) -> None:
    """Whoever came first."""
    with first.turn(alone=alone), pytest.raises(portalocker.LockException), second.turn(alone=other):
        pass

    with second.turn(alone=other):
        pass


def test_a_turn_ends_with_its_test(first: Turns, second: Turns) -> None:
    """Also with one that fails."""
    with pytest.raises(ZeroDivisionError), first.turn(alone=True):
        raise ZeroDivisionError

    with second.turn(alone=True):
        pass


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, "portalocker", None)

    with pytest.raises(ConfigurationError) as error:
        Turns(tmp_path)

    assert str(error.value) == (
        "A scenario has the tag @serial, and there are several workers: that needs portalocker. "
        'Install it with: pip install "asgherkin[parallel]"'
    )


@pytest.fixture
def crowd(project: Project) -> Project:
    """Scenarios that look who else is there."""
    scenarios = "".join(ALONE.format(number=number) + OTHER.format(number=number) for number in range(10))
    project.write({"conftest.py": STEPS, "a.feature": f"Feature: A\n\n{scenarios}", "test_plain.py": PLAIN})
    return project


@pytest.mark.parametrize("distribution", ["load", "loadscope", "loadgroup", "worksteal"])
def test_serial_scenarios_are_alone_in_every_distribution(crowd: Project, distribution: str) -> None:
    """Other scenarios and plain tests wait meanwhile."""
    crowd.write({"b.feature": (crowd.root / "a.feature").read_text(encoding="utf-8")})

    outcome = crowd.run("-n2", "--dist", distribution)

    assert outcome.counts == {"passed": 60}, outcome.output


def test_one_process_needs_no_locks(crowd: Project) -> None:
    """Its scenarios follow each other."""
    outcome: Outcome = crowd.run()

    assert outcome.counts == {"passed": 40}


@pytest.mark.parametrize("option", ["-n 2", "-nauto", "--numprocesses=2", "--dist load"])
def test_an_option_of_pytest_xdist_names_what_is_missing(
    project: Project, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    """In place of pytest's own "unrecognized arguments", which says nothing of a package."""
    monkeypatch.setattr("asgherkin.turns.find_spec", lambda _: None)

    outcome = project.run("-p", "no:xdist", *option.split())

    name = re.match("-n|--[a-z]+", option)
    assert outcome.exit_code == pytest.ExitCode.USAGE_ERROR
    assert name is not None
    assert outcome.output.splitlines()[0] == (
        f"ERROR: {name[0]} is an option of pytest-xdist, which is not installed. "
        'Install it with: pip install "asgherkin[parallel]"'
    )


def test_another_plugin_may_have_that_option(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a project's own conftest.py; and pytest-xdist may be there, and switched off."""
    monkeypatch.setattr("asgherkin.turns.find_spec", lambda _: None)
    project.write({"conftest.py": 'def pytest_addoption(parser):\n    parser.addoption("--dist")\n'})

    own = project.run("-p", "no:xdist", "--dist=load", "--collect-only")
    monkeypatch.undo()
    switched_off = project.run("-p", "no:xdist", "--numprocesses=2")

    assert own.exit_code == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "unrecognized arguments: --numprocesses=2" in switched_off.output
