"""The command line, run in this process and in a project's folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.cli import main

if TYPE_CHECKING:
    import pytest


class Told(NamedTuple):
    """A command's exit code, and what it said."""

    code: int
    out: str
    err: str


class CommandLine:
    """`asgherkin` in a folder. What the project's own modules were is forgotten after each command."""

    def __init__(self, folder: Path, captured: pytest.CaptureFixture[str]) -> None:
        self._folder, self._captured = folder, captured

    def __call__(self, *arguments: str) -> Told:
        """Run a command."""
        known, path = set(sys.modules), list(sys.path)
        self._captured.readouterr()
        try:
            code = main(arguments)
        finally:
            sys.path[:] = path
            for name in set(sys.modules) - known:
                if self._is_of_the_project(name):
                    del sys.modules[name]
        return Told(code, *self._captured.readouterr())

    def _is_of_the_project(self, name: str) -> bool:
        file = getattr(sys.modules[name], "__file__", None)
        return file is not None and Path(file).is_relative_to(self._folder)
