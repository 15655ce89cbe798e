"""A run that is killed, as a build that is cancelled: what it had is there, and nothing else is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from asgherkin.cli import main
from tests.report.page.markup import Shown
from tests.report.runs import SHOP, STEPS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project import Project

FEATURE = """
Feature: Orders
  Scenario: first
    When I GET "/"
    Then the response status is 200

  Scenario: second
    Given it takes long

  Scenario: third
    Given nothing
"""
TAKES_LONG = """
@given("it takes long")
def takes_long():
    with open("begun", "w") as pipe:
        pipe.write("yes")
    signal.pause()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
@pytest.mark.parametrize(
    ("outputs", "arguments"),
    [(("--asgi-messages=run.ndjson",), ()), ((), ("-n1",))],
    ids=["messages", "a worker, and no messages"],
)
def test_a_run_that_is_killed_leaves_its_messages_alone(
    project: Project, tmp_path: Path, outputs: tuple[str, ...], arguments: tuple[str, ...]
) -> None:
    """Whole up to the last scenario that has ended; page and summary can be made of them. No temporary file is left."""
    kill_in_the_second(project, tmp_path, *outputs, *arguments, "--asgi-report=report.html")

    assert list(tmp_path.glob("asgherkin*")) == []
    assert not (project.root / "report.html").exists()
    if outputs:
        page, summary = project.root / "report.html", project.root / "summary.md"
        assert main(["report", str(project.root / "run.ndjson"), "-o", str(page), "--summary", str(summary)]) == 0
        html = page.read_text(encoding="utf-8")
        shown = Shown(html)
        assert shown.statuses == {"first": ["passed", "passed"]}
        assert shown.scenarios == {"first": "passed", "second": "no result", "third": "no result"}
        assert shown.totals == {"passed": 1, "no result": 2}
        assert shown.verdict == "1 passed; 2 are without a result; the run did not finish."
        assert shown.is_bad
        assert "this scenario was not run, or was running then" in html
        told = summary.read_text(encoding="utf-8")
        assert "| passed | 1 |\n| no result | 2 |\n\nThe run did not finish" in told


def kill_in_the_second(project: Project, temporary: Path, *arguments: str) -> None:
    """Run FEATURE, and end the run in its second scenario as a build system does."""
    project.write({"shop.py": SHOP, "conftest.py": STEPS + TAKES_LONG, "a.feature": FEATURE})
    begun = project.root / "begun"
    os.mkfifo(begun)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = os.environ | {"TMPDIR": str(temporary)}
    with subprocess.Popen(command, cwd=project.root, env=environment, stdout=subprocess.DEVNULL) as process:
        assert begun.read_text(encoding="utf-8") == "yes"
        process.terminate()
        assert process.wait() == -signal.SIGTERM
