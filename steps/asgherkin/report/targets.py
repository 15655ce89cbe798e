"""Where outputs are to go: looked at before all is run for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def check_targets(targets: Mapping[str, Path]) -> None:
    """Make the folders of files that are to be written; `targets` names each by the option that asks for it.

    Raises ConfigurationError where one cannot be written, and where two are the same file.
    """
    taken: dict[Path, str] = {}
    for name, path in targets.items():
        reason = _reason(path)
        if reason:
            raise ConfigurationError(f"{name}: {path} cannot be written: {reason}.")
        other = taken.setdefault(path.resolve(), name)
        if other != name:
            raise ConfigurationError(f"{other} and {name} name the same file, {path}. Give each its own.")


def _reason(path: Path) -> str:
    """Why a file cannot be written; "" where it can."""
    try:
        above = next(one for one in path.absolute().parents if one.exists())
        if not above.is_dir():
            return f"{above} is no folder"
        if path.is_dir():
            return "it is a folder"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.is_file():  # another kind, such as /dev/stdout, may wait for a reader
            _try(path)
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def _try(path: Path) -> None:
    is_new = not path.exists()
    path.open("ab").close()
    if is_new:
        path.unlink()
