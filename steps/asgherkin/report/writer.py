"""Messages in a file: a line each, written as they come."""

from __future__ import annotations

import json
import os
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from asgherkin.report.pickles import Message


_BUFFER = 64 * 1024  # so that an attempt is written in one go
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_raw_decode = json.JSONDecoder().raw_decode


class Writer:
    """Writes messages; none of them is kept. Without a path, to a file that has no name and ends with this process."""

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
            # Half a character, which an app may send, is no UTF-8.
            self._file.write(text.encode(errors="replace"))
        self._file.flush()

    def messages(self, *, without: Sequence[str] = ()) -> Iterator[Message]:
        """What is written so far, as `read_messages` reads it."""
        if self.path is not None:
            yield from read_messages(self.path, without=without)
        else:
            with open(os.dup(self._file.fileno()), encoding="utf-8") as file:  # noqa: PTH123 - it has no path
                file.seek(0)
                yield from _messages_in(file, without)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def line(envelope: Mapping[str, object]) -> str:
    """A message as a line."""
    return encode(envelope) + "\n"


def read_messages(path: Path, *, without: Sequence[str] = ()) -> Iterator[Message]:
    """The messages of a file. A last line that was not written to its end is left out.

    `without` are kinds that the reader has no use for: many of them are passed over unread, and some are not.
    """
    with path.open(encoding="utf-8") as file:
        yield from _messages_in(file, without)


def _messages_in(lines: Iterable[str], without: Sequence[str]) -> Iterator[Message]:
    unread = tuple(f'{{"{kind}":' for kind in without)
    for text in lines:
        if text.endswith("\n") and not text.startswith(unread) and (whole := text.strip()):
            yield _decoded(whole)


def _decoded(text: str) -> Message:
    """A message. A run has thousands of them, and `json.loads` looks for white space around each."""
    message: Message
    message, end = _raw_decode(text)
    if end != len(text):
        message = json.loads(text)  # which says what is wrong
    return message
