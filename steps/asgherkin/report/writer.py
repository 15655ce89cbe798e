"""Messages in a file: a line each, written as they come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from asgherkin.report.pickles import Message


_BUFFER = 64 * 1024  # so that an attempt is written in one go
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Writer:
    """Writes messages; none of them is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb", buffering=_BUFFER)

    def write(self, lines: Iterable[str]) -> None:
        """Write messages as lines, so that another process can read them at once."""
        for text in lines:
            # Half a character, which an app may send, is no UTF-8.
            self._file.write(text.encode(errors="replace"))
        self._file.flush()

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
    unread = tuple(f'{{"{kind}":' for kind in without)
    with path.open(encoding="utf-8") as file:
        for text in file:
            if text.endswith("\n") and not text.startswith(unread) and text.strip():
                yield json.loads(text)
