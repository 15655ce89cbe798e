"""The command line, run in this process and in a project's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from asgherkin.cli import main
from tests.project import project_forgotten

if TYPE_CHECKING:
    import pytest


class Told(NamedTuple):
    """A command's exit code, and what it said."""

    code: int
    out: str
    err: str


class CommandLine:
    """`asgherkin` in the folder that the test is in."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured

    def __call__(self, *arguments: str) -> Told:
        """Run a command."""
        self._captured.readouterr()
        with project_forgotten():
            code = main(arguments)
        return Told(code, *self._captured.readouterr())
