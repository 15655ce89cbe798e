"""Files that a sentence names: below the project's root, their paths from the feature file's folder."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from pathlib import Path

    from asgherkin.session.session import Session


def read_file(written: str, session: Session) -> tuple[str, bytes]:
    """The name and content of a file.

    Raises SentenceError where it is missing, or lies outside of the project.
    """
    root = session.surroundings.root.resolve()
    folder = session.surroundings.feature_folder
    path = (folder / written).resolve()
    if not path.is_relative_to(root):
        raise SentenceError(
            f'"{written}" leads out of the project, whose files alone can be used. '
            "Copy the file below the project's root."
        )
    if not path.is_file():
        raise SentenceError(
            f'There is no file "{written}" in {_shown(folder.resolve(), root)}, the folder of the feature.'
            f"{_nearest(path)}"
        )
    return path.name, path.read_bytes()


def _shown(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)


def _nearest(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    near = difflib.get_close_matches(path.name, [one.name for one in path.parent.iterdir() if one.is_file()])
    return f" There is {' and '.join(near)}." if near else ""
