"""Files that pytest did not load; tests/golden has what is said of them in a run."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from asgherkin.gherkin import unloaded

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

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-n1", "-p", "no:cacheprovider"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "undefined steps" in run.stdout
    assert "Not loaded" not in run.stdout


def test_a_process_with_workers_does_not_search() -> None:
    """It knows so by pytest-xdist's option."""
    config = cast("pytest.Config", SimpleNamespace(getoption=lambda *_: ["popen"]))

    assert unloaded.unloaded(config) == []


def test_a_large_project_is_not_searched_to_its_end(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint must not take longer than the run."""
    monkeypatch.setattr(unloaded, "_MOST_FILES", 2)
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
