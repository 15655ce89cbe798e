"""`asgherkin init` on terminals that do not take UTF-8."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from asgherkin.commands.app_probe import probe
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project import Project

APP = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": "Crème brûlée ☕".encode()})
"""
FIRST_STEP = "passed     When I GET"


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("utf-8", f"  ✓ {FIRST_STEP}"),
        ("latin-1", f"  + {FIRST_STEP}"),
        ("ascii", f"  + {FIRST_STEP}"),
        ("utf-16", f"  ✓ {FIRST_STEP}"),
    ],
)
def test_what_pytest_says_is_shown_as_the_terminal_can(project: Project, encoding: str, line: str) -> None:
    """With pytest's own replacements for what it does not have."""
    (project.root / "pyproject.toml").unlink()
    project.write({"main.py": APP})

    told = init(project.root, encoding)

    assert told.returncode == 0, told
    assert any(one.startswith(line) for one in told.stdout.decode(encoding).splitlines())


def test_a_failure_of_the_first_run_keeps_its_letters(project: Project) -> None:
    """Those that the terminal has; others are escaped."""
    (project.root / "pyproject.toml").unlink()
    project.write({"main.py": APP, "conftest.py": "raise RuntimeError('brûlée ☕')\n"})

    told = init(project.root, "latin-1")

    assert told.returncode == 1
    assert r"RuntimeError: brûlée \u2615" in told.stdout.decode("latin-1")


def test_what_ended_the_process_that_imports_is_told_with_its_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the terminal takes: it is a command's own output that asks."""
    (tmp_path / "main.py").write_text(
        "import os, sys\nprint('brûlée ☕', file=sys.stderr, flush=True)\nos._exit(3)\n", encoding="utf-8"
    )

    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")

    with pytest.raises(ConfigurationError) as raised:
        probe("main:app", tmp_path, ".")

    assert str(raised.value) == '"main:app" ended the process that imported it.\nbrûlée ☕'


def init(folder: Path, encoding: str) -> subprocess.CompletedProcess[bytes]:
    """`asgherkin init`, as it is run from a terminal of this encoding."""
    command = [sys.executable, "-P", "-c", "import sys; from asgherkin.cli import main; sys.exit(main(['init']))"]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=120)
