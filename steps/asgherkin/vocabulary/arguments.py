"""The arguments of a sentence beside its slots: a data table with fixed columns, the content of a file."""

from __future__ import annotations

import difflib
from contextlib import suppress
from typing import TYPE_CHECKING

from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from asgherkin.session.session import Session

Table = list[list[str]]


def rows_of(table: Table, columns: Sequence[str]) -> list[list[str]]:
    """The rows below the heading. Raises SentenceError where it is not `columns`, or no row follows."""
    heading = _row(columns)
    if table[0] != list(columns):
        raise SentenceError(
            f"The table under this sentence must start with the heading {heading}, and starts with {_row(table[0])}."
        )
    if len(table) == 1:
        raise SentenceError(f"The table under this sentence has no rows below its heading {heading}.")
    return table[1:]


def pairs(table: Table, session: Session) -> list[tuple[str, str]]:
    """The names and values of a table with the heading `| name | value |`, with remembered values put in."""
    return [(session.fill_text(name), session.fill_text(value)) for name, value in rows_of(table, ("name", "value"))]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def read_file(written: str, session: Session) -> tuple[str, bytes]:
    """The name and content of a file of the project; its path starts at the feature file's folder.

    Raises SentenceError where it is missing, unreadable, or outside of the project.
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
            f'There is no file "{written}" in {_relative(folder.resolve(), root)}, the folder of the feature.'
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


def _relative(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)


def _nearest(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    near = difflib.get_close_matches(path.name, [file.name for file in path.parent.iterdir() if file.is_file()])
    return f" There is {' and '.join(near)}." if near else ""
