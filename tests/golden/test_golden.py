"""What the terminal shows, to the letter: a text file for each subject, a case for each mistake and each option.

`ASGHERKIN_RECORD=1 python -m pytest tests/golden` records it anew: read what has changed before it is committed.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import asgherkin.plugin
from tests.commands.running import CommandLine
from tests.golden.cases import EVERY, Case, read_cases, shown, write_cases

if TYPE_CHECKING:
    from tests.project import Project

FOLDER = Path(__file__).parent
SUBJECTS = {path: read_cases(path) for path in sorted(FOLDER.glob("*.txt"))}
CASES = [
    pytest.param(path, case, id=f"{path.stem}: {case.name}") for path, (_, *cases) in SUBJECTS.items() for case in cases
]
# The nearest sentences are told of a few: else each new sentence would change what is shown here.
ONLY_OWN = "ONLY_OWN_SENTENCES=1"
FAMILIES = [
    name for name in asgherkin.plugin.pytest_plugins if name not in ("asgherkin.fixtures", "asgherkin.event_loop")
]


@pytest.mark.parametrize(("path", "case"), CASES)
def test_the_terminal_shows(
    path: Path, case: Case, project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exactly what is recorded."""
    project.write(SUBJECTS[path][0].files | case.files)

    told = {command: run(command, project, capsys, monkeypatch) for command in case.commands}

    assert told
    if os.environ.get("ASGHERKIN_RECORD"):
        case.texts.update(told)
        write_cases(path, SUBJECTS[path])
    assert told == {command: case.texts[command] for command in case.commands}


def run(command: str, project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """What a command shows."""
    program, *arguments = shlex.split(command.removeprefix("$ "))
    if program == ONLY_OWN:
        monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in FAMILIES))
        program, *arguments = arguments
    if program == "cat":
        return "".join((project.root / name).read_text(encoding="utf-8") for name in arguments)
    if program == "pytest":
        outcome = project.run(*arguments)
        return shown(outcome.output, outcome.exit_code, project.root)
    assert program == "asgherkin"
    told = CommandLine(capsys)(*arguments)
    return shown(told.out + told.err, told.code, project.root)


def test_files_of_cases_are_read_as_they_are_written(tmp_path: Path) -> None:
    """Recording changes nothing but what is shown."""
    for path, cases in SUBJECTS.items():
        write_cases(tmp_path / path.name, cases)

        assert (tmp_path / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
        assert cases[0].name == EVERY
        assert len({case.name for case in cases}) == len(cases)
