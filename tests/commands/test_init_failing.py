"""`asgherkin init` where it cannot do all: several apps or none, an app that fails, a folder that cannot be written."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from asgherkin.commands import app_probe as probing
from asgherkin.commands import init_command as init
from tests.commands.frameworks import BARE, FASTAPI, FIRST, STARLETTE, files_of

if TYPE_CHECKING:
    from tests.commands.running import CommandLine
    from tests.project import Project

pytestmark = pytest.mark.usefixtures("no_settings")


def test_several_apps_and_no_one_to_ask(project: Project, asgherkin: CommandLine) -> None:
    """Each with the command that chooses it."""
    project.write({"a/main.py": FASTAPI, "b.py": STARLETTE})

    told = asgherkin("init")

    assert told.code == 2
    assert told.err == (
        "asgherkin: there are 2 ASGI apps in this folder. Say which one features are about:\n"
        '  asgherkin init --app "b:create_app()" (Starlette, b.py:7)\n'
        "  asgherkin init --app a.main:app (FastAPI, a/main.py:4)\n"
    )


def test_no_app_and_no_one_to_ask(asgherkin: CommandLine) -> None:
    """What was looked for, and what to write."""
    told = asgherkin("init")

    assert told.code == 2
    assert told.err == (
        "asgherkin: no ASGI app was found in this folder: neither FastAPI(…), Starlette(…), Litestar(…), Quart(…), "
        "get_asgi_application() nor a create_app() that makes one. Say where it is: "
        "asgherkin init --app module:attribute\n"
    )


class Terminal(io.StringIO):
    """A user at a terminal, who types this."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.mark.parametrize(
    ("typed", "app"),
    [("7\n2\n", "b:app"), ("x\nc:app\n", "c:app")],
    ids=["by a number", "by its location"],
)
def test_the_user_chooses_among_several(
    project: Project, asgherkin: CommandLine, monkeypatch: pytest.MonkeyPatch, typed: str, app: str
) -> None:
    """What is no answer is asked again."""
    project.write(dict.fromkeys(["a.py", "b.py"], BARE) | {"c.py": f"{BARE}\nfrom a import app\n"})
    (project.root / "c.py").write_text("from a import app\n", encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", Terminal(typed))

    told = asgherkin("init", "--dry-run")

    assert told.code == 0, told
    assert told.out.startswith(
        "  1  a:app (a bare ASGI app, a.py:2)\n  2  b:app (a bare ASGI app, b.py:2)\n"
        "Which app? 1 to 2, or module:attribute: Which app? 1 to 2, or module:attribute: "
    )
    assert f'+asgi_app = "{app}"\n' in told.out


def test_a_user_without_an_answer_gets_the_error(asgherkin: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-D."""
    monkeypatch.setattr(sys, "stdin", Terminal(""))

    told = asgherkin("init")

    assert told.code == 2
    assert told.out == "Where is the app? module:attribute: "
    assert told.err.startswith("asgherkin: no ASGI app was found in this folder")


def test_an_app_that_cannot_be_imported_shows_its_own_frames(project: Project, asgherkin: CommandLine) -> None:
    """And nothing is written."""
    project.write({"main.py": "from fastapi import FastAPI\n\napp = FastAPI()\nprint('x')\napp.price = 1 / 0\n"})

    told = asgherkin("init")

    assert told.code == 2
    assert told.err == (
        'asgherkin: The app\'s module "main" fails when it is imported:\n'
        "  main.py:5 in <module>\n"
        "    app.price = 1 / 0\n"
        "ZeroDivisionError: division by zero\n"
    )
    assert list(files_of(project.root)) == ["main.py"]


def test_an_app_that_does_not_start_gets_its_setting_and_the_reason(project: Project, asgherkin: CommandLine) -> None:
    """A database that is not there is no reason to stop."""
    project.write(
        {"main.py": "async def app(scope, receive, send):\n    await receive()\n    raise OSError('no db')\n"}
    )

    told = asgherkin("init")

    assert told.code == 0, told
    assert "It does not answer yet, so no feature is written.\n" in told.out
    assert "OSError: no db" in told.out
    assert sorted(files_of(project.root)) == ["main.py", "pyproject.toml"]


def test_an_import_that_hangs_is_stopped(
    project: Project, asgherkin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a deadline."""
    project.write({"main.py": f"{BARE}\nimport threading\nthreading.Event().wait()\n"})
    monkeypatch.setattr(probing.probe, "__defaults__", (0.5,))

    told = asgherkin("init")

    assert told.code == 2
    assert told.err == (
        'asgherkin: "main:app" was not imported and asked within 0.5 seconds: it is stopped. Does its module run a '
        "server, or wait for another one, when it is imported? Put that under "
        '`if __name__ == "__main__":` or into the lifespan, or choose another app: '
        "asgherkin init --app module:attribute\n"
    )


def test_an_import_that_ends_the_process_is_told(project: Project, asgherkin: CommandLine) -> None:
    """With the last that it said."""
    project.write({"main.py": f"{BARE}\nimport os, sys\nprint('bye', file=sys.stderr, flush=True)\nos._exit(3)\n"})

    told = asgherkin("init")

    assert told.code == 2
    assert told.err == 'asgherkin: "main:app" ended the process that imported it.\nbye\n'


def test_a_folder_that_cannot_be_written_is_left_as_it_was(project: Project, asgherkin: CommandLine) -> None:
    """The setting is taken back when the feature cannot be written."""
    project.write({"main.py": BARE, "features": "a file\n"})

    told = asgherkin("init")

    assert told.code == 2
    assert told.err == "asgherkin: features/first.feature cannot be written: File exists. Nothing is changed.\n"
    assert files_of(project.root) == {"main.py": BARE, "features": "a file\n"}


def test_a_feature_that_fails_is_shown(project: Project, asgherkin: CommandLine) -> None:
    """An app that is different in each process cannot be stated."""
    crash = "import os\nfrom pathlib import Path\n\n\nasync def app(scope, receive, send):\n" + (
        "    assert scope['type'] == 'http'\n    there = Path('pyproject.toml').exists()\n"
        "    await send({'type': 'http.response.start', 'status': 500 if there else 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': b''})\n"
    )
    project.write({"main.py": crash})

    told = asgherkin("init")

    assert told.code == 1
    assert "The response status is 500" in told.out
    assert "1 failed" in told.out


def test_a_run_that_does_not_end_is_stopped(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feature's app may hang where no watch of this toolkit is."""
    project.write({"conftest.py": "import threading\nthreading.Event().wait()\n", FIRST: "Feature: A\n"})
    monkeypatch.setattr(init, "_DEADLINE", 0.5)

    code = init.run_first(project.root, project.root / FIRST)

    assert code == 1
    assert capsys.readouterr().out.endswith("It is not done after 0.5 seconds, and stopped.\n")
