"""Messages in a file: a line each, written as they come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from asgherkin.report.pickles import Message


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Writer:
    """Writes messages; none of them is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Half a character, which an app may send, is no UTF-8.
        self._file = path.open("w", encoding="utf-8", errors="replace", newline="\n")

    def write(self, envelopes: Iterable[Mapping[str, object]]) -> None:
        """Write messages, so that another process can read them at once."""
        self._file.writelines(line(one) for one in envelopes)
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def line(envelope: Mapping[str, object]) -> str:
    """A message as a line."""
    return _encode(envelope) + "\n"


def read_messages(path: Path) -> Iterator[Message]:
    """The messages of a file. A last line that was not written to its end is left out."""
    with path.open(encoding="utf-8") as file:
        for text in file:
            if text.endswith("\n") and text.strip():
                yield json.loads(text)
