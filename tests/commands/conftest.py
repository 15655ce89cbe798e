"""Fixtures for the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.commands.running import CommandLine

if TYPE_CHECKING:
    from tests.project import Project


@pytest.fixture
def asgherkin(project: Project, capfd: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line in a project's folder, with what the processes say that it starts."""
    return CommandLine(capfd)


@pytest.fixture
def no_settings(project: Project) -> None:
    """Nothing is set up yet."""
    (project.root / "pyproject.toml").unlink()
