"""The files of a run's outputs: checked before all is run for nothing; messages in a file, a line each."""

from __future__ import annotations

import json
import os
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from asgherkin.report.model import Message


_BUFFER = 64 * 1024  # so that an attempt is written in one go
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Writer:
    """Writes messages, and keeps none. Without a path: to a file without a name, which ends with the process."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._file: BinaryIO
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("wb", buffering=_BUFFER)
        else:
            self._file = cast("BinaryIO", TemporaryFile(buffering=_BUFFER))  # noqa: SIM115 - `close` closes it

    def write(self, lines: Iterable[str]) -> None:
        """Write messages as lines, so that another process can read them at once."""
        for text in lines:
            # A lone surrogate, which an app may send, is no UTF-8.
            self._file.write(text.encode(errors="replace"))
        self._file.flush()

    def messages(self) -> Iterator[Message]:
        """What has been written so far, as `read_messages` reads it."""
        if self.path is not None:
            yield from read_messages(self.path)
        else:
            with open(os.dup(self._file.fileno()), encoding="utf-8") as file:  # noqa: PTH123 - it has no path
                file.seek(0)
                yield from _messages_in(file)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def line(envelope: Mapping[str, object]) -> str:
    """A message as a line."""
    return _encode(envelope) + "\n"


def read_messages(path: Path) -> Iterator[Message]:
    """The messages of a file. A last line that was not written to its end is left out."""
    with path.open(encoding="utf-8") as file:
        yield from _messages_in(file)


def _messages_in(lines: Iterable[str]) -> Iterator[Message]:
    for text in lines:
        if text.endswith("\n") and not text.isspace():
            yield json.loads(text)


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
    """Why a file cannot be written; "" if it can."""
    try:
        above = next(folder for folder in path.absolute().parents if folder.exists())
        if not above.is_dir():
            return f"{above} is no folder"
        if path.is_dir():
            return "it is a folder"
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        if is_new or path.is_file():  # another kind, such as /dev/stdout, may wait for a reader
            path.open("ab").close()
        if is_new:
            path.unlink()
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""
