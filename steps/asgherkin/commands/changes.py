"""Changes of a project's files: planned first, so that they can be shown, then written all or none."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Change(NamedTuple):
    """A file that is to be written."""

    path: Path
    """From the project's folder."""
    before: str | None
    """None where there is no such file."""
    after: str


def text_of(path: Path) -> str | None:
    """A file's text with its own line ends; None where there is no such file.

    Raises ConfigurationError where it is not UTF-8.
    """
    if not path.exists():
        return None
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path.name} is not UTF-8 (byte {error.start}). It is left as it is.") from None


def as_diff(changes: Sequence[Change]) -> str:
    """The changes as a unified diff."""
    return "".join(_lines(change) for change in changes)


def _lines(change: Change) -> str:
    name = change.path.as_posix()
    before, after = (change.before or "").splitlines(), change.after.splitlines()
    old = "/dev/null" if change.before is None else f"a/{name}"
    diff = difflib.unified_diff(before, after, old, f"b/{name}", lineterm="")
    return "".join(f"{line}\n" for line in diff)


def write(project: Path, changes: Sequence[Change]) -> None:
    """Write all changes; where one cannot be written, those before it are undone.

    Raises ConfigurationError, which names the file and says why.
    """
    done: list[Change] = []
    for change in changes:
        path = project / change.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(change.after.encode("utf-8"))
        except OSError as error:
            _undo(project, done)
            raise ConfigurationError(
                f"{change.path.as_posix()} cannot be written: {error.strerror}. Nothing is changed."
            ) from None
        done.append(change)


def _undo(project: Path, done: Sequence[Change]) -> None:
    for change in done:
        path = project / change.path
        if change.before is None:
            path.unlink()
        else:
            path.write_bytes(change.before.encode("utf-8"))
