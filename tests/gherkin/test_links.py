"""Links to feature files that are not there: what is specified there must not vanish."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands.running import CommandLine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project import Project

FEATURE = 'Feature: f\n  Scenario: s\n    When I GET "/"\n    Then the response status is 200\n'
APP = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b""})
"""
GONE = (
    "features/orders.feature cannot be read: it is a link to ../gone/orders.feature, which leads to no file. "
    "Remove or mend the link."
)


@pytest.fixture
def features(project: Project) -> Path:
    """The folder of a project with a feature that passes, and a link that leads nowhere."""
    project.write({"shop.py": APP, "features/works.feature": FEATURE})
    folder = project.root / "features"
    (folder / "orders.feature").symlink_to("../gone/orders.feature")
    return folder


def test_a_link_to_no_file_fails(project: Project, features: Path) -> None:
    """With where it leads; the others run."""
    outcome = project.run()

    assert outcome.counts == {"failed": 1, "passed": 1}
    assert outcome.failures == {"(the feature file)": GONE}


def test_a_link_to_itself_fails(project: Project, features: Path) -> None:
    """It leads to no file either."""
    (features / "orders.feature").unlink()
    (features / "circle.feature").symlink_to("circle.feature")

    outcome = project.run()

    assert outcome.failure == (
        "features/circle.feature cannot be read: it is a link to circle.feature, which leads to no file. "
        "Remove or mend the link."
    )


def test_a_link_to_a_feature_is_that_feature(project: Project, features: Path) -> None:
    """As ever."""
    project.write({"gone/orders.feature": FEATURE})

    assert project.run("features").counts == {"passed": 2}


@pytest.mark.parametrize("arguments", [["features/works.feature"], ["--ignore=features/orders.feature"]])
def test_what_is_not_asked_for_is_not_told(project: Project, features: Path, arguments: list[str]) -> None:
    """Another file is named, or the link is ignored."""
    assert project.run(*arguments).counts == {"passed": 1}


def test_links_that_are_no_features_are_passed_over(project: Project, features: Path) -> None:
    """Other names; and what Emacs has beside a file that is being edited."""
    (features / "orders.feature").unlink()
    (features / "orders.txt").symlink_to("gone.txt")
    (features / ".#works.feature").symlink_to("ann@laptop.4711")

    assert project.run().counts == {"passed": 1}


def test_a_folder_that_cannot_be_collected_is_told_of_as_ever(project: Project, features: Path) -> None:
    """Its conftest.py is what is wrong."""
    project.write({"features/conftest.py": "import nothing_of_that_name\n"})

    outcome = project.run()

    assert "No module named 'nothing_of_that_name'" in outcome.output
    assert GONE not in outcome.output


def test_the_outputs_have_it(project: Project, features: Path) -> None:
    """The messages and the summary say the same."""
    project.run("--asgi-messages=run.ndjson", "--asgi-summary=summary.md")

    messages = [json.loads(line) for line in (project.root / "run.ndjson").read_text(encoding="utf-8").splitlines()]
    errors = [one["parseError"]["message"] for one in messages if "parseError" in one]
    assert errors == [GONE]
    assert GONE in (project.root / "summary.md").read_text(encoding="utf-8")


def test_lint_finds_it(
    project: Project, features: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a feature file that cannot be read."""
    monkeypatch.chdir(project.root)

    told = CommandLine(capsys)("lint", "--ignore=AG1")

    assert told == (1, f"features/orders.feature:1: AG001 {GONE}\n1 finding in 2 feature files.\n", "")
