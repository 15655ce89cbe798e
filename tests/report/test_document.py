"""docs/report.md: each command in it is run, each file in it is there, and what it shows is what comes."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.commands.conftest import asgherkin
from tests.project import SETTINGS
from tests.report.page.markup import Shown
from tests.test_docs import ROOT, Section, sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.commands.running import CommandLine
    from tests.project import Project

__all__ = ["asgherkin"]
DOCUMENT = ROOT / "docs" / "report.md"
SECTIONS = sections(DOCUMENT)
FEATURES = SECTIONS[1].files
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WITH_COMMANDS = [one for one in SECTIONS if any(block.kind in ("console",) for block in one.blocks)]


@pytest.fixture
def shop(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The reference app with the document's features."""
    project.write({"pyproject.toml": SETTINGS.replace("shop:app", "app.main:app"), **FEATURES})
    shutil.copytree(ROOT / "app", project.root / "app", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "step.md")
    return project.root


@pytest.fixture
def run(project: Project, asgherkin: CommandLine) -> Callable[[str], str]:
    """Run a command, and have what it prints."""

    def run(command: str) -> str:
        program, *arguments = shlex.split(os.path.expandvars(command))
        found = {one: sorted(path.name for path in project.root.glob(one)) for one in arguments if "*" in one}
        arguments = [name for one in arguments for name in found.get(one, [one])]
        if program == "pytest":
            outcome = project.run(*arguments)
            code, printed = outcome.exit_code, outcome.output
        elif program == "asgherkin":
            code, printed, _ = asgherkin(*arguments)
        else:
            program = sys.executable if program == "python" else program
            ended = subprocess.run([program, *arguments], capture_output=True, encoding="utf-8", check=False)
            code, printed = ended.returncode, ended.stdout
        assert code == 0, (command, printed)
        return printed

    return run


def commands(section: Section) -> Iterator[tuple[str, list[str]]]:
    """The commands of a section's consoles, and what it shows of their output."""
    for block in section.blocks:
        if block.kind == "console":
            for text in re.split(r"(?m)^\$ ", block.text)[1:]:
                command, _, shown = text.partition("\n")
                yield command, shown.splitlines()


@pytest.mark.parametrize("section", WITH_COMMANDS, ids=lambda section: section.name.partition(": ")[2])
def test_its_commands_do_what_it_says(
    shop: Path, run: Callable[[str], str], project: Project, section: Section
) -> None:
    """Each runs, and prints the lines that stand below it; what it names as written is written, and as shown."""
    project.write(section.files)
    if "pyproject.toml" in section.files:
        settings = section.files["pyproject.toml"] + 'filterwarnings = ["error"]\n'
        project.write({"pyproject.toml": f'{settings}asyncio_default_fixture_loop_scope = "function"\n'})

    for command, shown in commands(section):
        if command.startswith("pip install"):
            assert re.findall(r"asgherkin\[(\w+)\]", command)[0] in PROJECT["optional-dependencies"]
            continue
        printed = iter([line.rstrip() for line in run(command).splitlines()])
        assert [line for line in shown if line not in printed] == [], command
        written = re.findall(r"(?:-o|--summary|--asgi-\w+|--junitxml) (\S+\.\w+)", command)
        assert [name for name in written if not (shop / name).exists()] == []
    if "pyproject.toml" in section.files:
        _assert_masked(shop)
    for block in (one for one in section.blocks if one.kind == "xml"):
        _assert_written(block.text, shop)


def _assert_masked(folder: Path) -> None:
    """What the project adds to the secrets, by name and by path, is in no output."""
    text = (folder / "report.html").read_text(encoding="utf-8") + (folder / "run.ndjson").read_text(encoding="utf-8")
    assert "[redacted]" in text
    assert "Ann" not in text
    assert "3.80" not in text


def _assert_written(xml: str, folder: Path) -> None:
    """The JUnit file has what is shown of it, but for the times."""
    written = re.sub(r'time="[\d.]+"', "", (folder / "junit.xml").read_text(encoding="utf-8"))
    assert re.sub(r'time="[\d.]+"', "", xml.strip()) in written


def test_the_matrix_makes_one_page(shop: Path, run: Callable[[str], str]) -> None:
    """Each part of it, then the page of all."""
    (block,) = [one for section in SECTIONS for one in section.blocks if one.kind == "yaml"]
    parts = re.findall(r"part: \[(\w+), (\w+)\]", block.text)[0]
    each, all_of_them = re.findall(r"- run: (.+)", block.text)

    for part in parts:
        run(each.replace("${{ matrix.part }}", part))
    run(all_of_them)

    page = Shown((shop / "report.html").read_text(encoding="utf-8"))
    assert page.scenarios == {"A paid order is brewed": "passed", "There is coffee": "passed"}


def test_commands_in_its_sentences_run(shop: Path, run: Callable[[str], str]) -> None:
    """Those that stand between the lines."""
    found = re.findall(r"`(pytest -[^`]+)`", DOCUMENT.read_text(encoding="utf-8"))

    for command in found:
        run(command)

    assert len(found) == 2
    assert "| passed | 2 |" in (shop / "step.md").read_text(encoding="utf-8")


def test_it_shows_every_word_of_the_page() -> None:
    """The statuses, with those that are rare."""
    from asgherkin.report.verdicts import LOST, WORST_FIRST

    rows = re.findall(r"(?m)^\| ([a-z ]+) \| ", DOCUMENT.read_text(encoding="utf-8").partition("## What the words")[2])

    assert {*rows} >= {LOST, *(one.word for one in WORST_FIRST)}


def test_its_picture_is_small() -> None:
    """A screen wide, and quick to load."""
    picture = (ROOT / "docs" / "images" / "report.png").read_bytes()

    assert int.from_bytes(picture[16:20]) == 1200
    assert len(picture) < 200 * 1024
