"""Links to feature files that are not there: pytest passes over them, and what they stand for would vanish unseen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def collect_dangling(collector: pytest.Collector, report: pytest.CollectReport) -> None:
    """Have a folder's links that lead nowhere collected as its feature files are, each to fail with why."""
    if not isinstance(collector, pytest.Directory) or not report.passed:
        return
    for path in _dangling(collector.path):
        if not collector.ihook.pytest_ignore_collect(collection_path=path, config=collector.config):
            report.result += collector.ihook.pytest_collect_file(file_path=path, parent=collector)


def _dangling(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        names = sorted(one.name for one in entries if one.name.endswith(".feature") and one.is_symlink())
    # Emacs marks a file that is being edited by such a link: .#orders.feature
    return (path for path in map(folder.joinpath, names) if not path.name.startswith(".#") and not path.exists())


def unreadable(path: Path, error: OSError) -> str:
    """Why a feature file cannot be read, and what to do."""
    reason = str(error.strerror)
    if path.is_symlink() and not path.exists():
        reason = f"it is a link to {path.readlink().as_posix()}, which leads to no file. Remove or mend the link"
    return f"cannot be read: {reason}."
