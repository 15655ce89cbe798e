"""The projects in examples/: run as their READMEs say. In environments of their own: `.ci/strangers.py`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = ("django", "fastapi", "litestar", "quart")


def without_what_differs(output: str) -> list[str]:
    """The lines about features and the last one, without times and the width of the terminal."""
    lines = output[output.index("features/") :].splitlines()
    texts = [re.sub(r"in [\d.]+s|[\s=]+|\[ *\d+%\]", " ", line).strip() for line in lines]
    return [text for text in texts if text]


def test_every_example_is_run() -> None:
    """A new one is to be named above."""
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_runs_as_its_readme_says(name: str, tmp_path: Path) -> None:
    """The same scenarios and steps, all passed, and no warning."""
    project = tmp_path / name
    shutil.copytree(EXAMPLES / name, project, ignore=shutil.ignore_patterns("*.db", "__pycache__"))
    readme = (project / "README.md").read_text(encoding="utf-8")
    command = [sys.executable, "-P", "-m", "pytest", "-p", "no:cacheprovider", "-W", "error"]

    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    shown = readme.partition("```text\n")[2].partition("\n```")[0]
    assert without_what_differs(done.stdout) == without_what_differs(shown)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_what_it_needs(name: str) -> None:
    """The app, asgherkin for its tests, and no setting but those of this toolkit."""
    project = tomllib.loads((EXAMPLES / name / "pyproject.toml").read_text(encoding="utf-8"))

    assert set(project["tool"]["pytest"]["ini_options"]) <= {"asgi_app", "asgi_database"}
    assert project["project"]["optional-dependencies"]["test"][0].startswith("asgherkin")
