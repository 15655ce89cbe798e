"""The commands that the documents show, run as they stand there."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from tests.test_docs import ROOT, Block, Section, sections

if TYPE_CHECKING:
    from tests.commands.running import CommandLine
    from tests.project import Project

CONFTEST = """
from asgherkin import given


@given("there are cats")
def cats():
    pass
"""
COMMANDS = [
    (section, block)
    for name in ("sentences.md", "editors.md")
    for section in sections(ROOT / "docs" / name)
    for block in section.blocks
    if block.kind == "bash"
]


@pytest.mark.parametrize(("section", "block"), COMMANDS, ids=[block.text.strip() for _, block in COMMANDS])
def test_a_command_of_a_document_runs(project: Project, asgherkin: CommandLine, section: Section, block: Block) -> None:
    """In a project with sentences of its own and the page that the document shows; it says what is shown below it."""
    pages = [one.text for one in section.blocks if one.kind == "markdown"]
    project.write({"conftest.py": CONFTEST, "sentences.md": "".join(pages)})
    command, *arguments = shlex.split(block.text)

    told = asgherkin(*arguments)

    assert command == "asgherkin"
    assert (told.code, told.err) == (0, "")
    shown = section.text_below(block).splitlines()
    assert [line for line in shown if line not in told.out.splitlines()] == []
