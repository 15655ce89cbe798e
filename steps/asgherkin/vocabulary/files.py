"""Files that a sentence names: below the project's root, their paths from the feature file's folder."""

from __future__ import annotations

import difflib
from contextlib import suppress
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
    path = _resolved(folder, written)
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
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        raise SentenceError(f'The file "{written}" cannot be read: {error.strerror}.') from None


def _resolved(folder: Path, written: str) -> Path:
    try:
        path = folder / written
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            path.resolve(strict=True)  # since Python 3.13, only so is a circle of links an error
        path = path.resolve()
        path.is_file()
    except (OSError, ValueError, RuntimeError):  # too long, a null character, a circle of links
        raise SentenceError(
            f'"{written}" cannot be the path of a file. Write for example: "fixtures/cat.png"'
        ) from None
    return path


def _shown(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)


def _nearest(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    near = difflib.get_close_matches(path.name, [one.name for one in path.parent.iterdir() if one.is_file()])
    return f" There is {' and '.join(near)}." if near else ""
