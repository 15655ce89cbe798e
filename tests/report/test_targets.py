"""Files that cannot be written are told before anything is run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import ConfigurationError
from asgherkin.report.output_files import check_targets

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project import Project

FEATURE = "Feature: Orders\n  Scenario: first\n    Given what\n"
OPTIONS = ("asgi_report", "asgi_messages", "asgi_summary", "asgi_history")


@pytest.mark.parametrize("option", OPTIONS)
def test_a_folder_in_place_of_a_file_is_refused(project: Project, option: str) -> None:
    """In one line, and nothing is left behind."""
    project.write({"a.feature": FEATURE, "out/kept.txt": ""})

    outcome = project.run(f"--{option.replace('_', '-')}=out")

    told = f"ERROR: {option}: {project.root / 'out'} cannot be written: it is a folder."
    assert (outcome.exit_code, outcome.output.strip()) == (pytest.ExitCode.USAGE_ERROR, told)
    assert sorted(one.name for one in project.root.iterdir()) == ["a.feature", "out", "pyproject.toml"]


def test_two_outputs_in_one_file_are_refused(project: Project) -> None:
    """The second would take the place of the first."""
    project.write({"a.feature": FEATURE})

    outcome = project.run("--asgi-report=a.html", "--asgi-summary=./a.html")

    told = f"asgi_report and asgi_summary name the same file, {project.root / 'a.html'}. Give each its own."
    assert (outcome.exit_code, outcome.output.strip()) == (pytest.ExitCode.USAGE_ERROR, f"ERROR: {told}")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("file/b/report.html", "{root}/file is no folder"), ("a" * 300, "File name too long")],
    ids=["a file in place of a folder", "what the system refuses"],
)
def test_what_cannot_be_written_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    """With the reason, which may be the system's."""
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError) as refused:
        check_targets({"asgi_report": tmp_path / name})

    told = f"asgi_report: {tmp_path / name} cannot be written: {reason.format(root=tmp_path)}."
    assert str(refused.value) == told


def test_what_can_be_written_is_left_as_it_is(tmp_path: Path) -> None:
    """A new file is not made, its folder is; one that is there keeps its text, and what is no file is not touched."""
    (tmp_path / "old.html").write_text("old")
    os.mkfifo(tmp_path / "pipe")

    check_targets({name: tmp_path / name for name in ("old.html", "deep/new.html", "pipe")})

    assert (tmp_path / "old.html").read_text() == "old"
    assert list((tmp_path / "deep").iterdir()) == []
