"""Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation.

httpx2's own EventSource is not to this standard: it gives out events without data, and keeps a byte order mark.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from asgherkin.errors import AppError

EVENT_CAP = 1024 * 1024
"""Characters of one event; what is longer is an error."""

_BOM: Final = "\ufeff"
_LINE_END = re.compile("\r\n|\n|\r")
_RETRY = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a `text/event-stream`."""

    name: str = "message"
    data: str = ""
    id: str = ""
    """The last id that the stream has given."""
    retry: int | None = None
    """Milliseconds, where this event says so."""


class EventParser:
    """Makes events of a stream's bytes, however they are cut."""

    def __init__(self) -> None:
        self.error: AppError | None = None
        """Set at an event that is too long; nothing is read after it."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._began = False
        self._after_cr = False
        self._line: list[str] = []
        self._line_size = 0
        self._data: list[str] = []
        self._data_size = 0
        self._name = ""
        self._id = ""
        self._retry: int | None = None
        self._events: list[Event] = []

    def feed(self, chunk: bytes) -> list[Event]:
        """Take a part of the stream, and return the events that end in it."""
        if self.error is None:
            *lines, rest = _LINE_END.split(self._decoded(chunk))
            for line in lines:
                self._add(line)
                self._end_line()
            self._add(rest)
        events, self._events = self._events, []
        return events

    def _decoded(self, chunk: bytes) -> str:
        text = self._decoder.decode(chunk)
        if not text:
            return ""
        if not self._began:
            self._began = True
            text = text.removeprefix(_BOM)
        # A CR has ended its line already, as the LF that comes with it may never come.
        after_cr, self._after_cr = self._after_cr, text.endswith("\r")
        return text.removeprefix("\n") if after_cr else text

    def _add(self, piece: str) -> None:
        self._line_size += len(piece)
        if self._data_size + self._line_size > EVENT_CAP:
            self.error = AppError("The app sent more than 1 MiB of one event without the empty line that ends it.")
        elif piece and self.error is None:
            self._line.append(piece)

    def _end_line(self) -> None:
        if self.error is not None:
            return
        line = "".join(self._line)
        self._line.clear()
        self._line_size = 0
        if line:
            name, _, value = line.partition(":")
            self._take(name, value.removeprefix(" "))
        else:
            self._dispatch()

    def _take(self, name: str, value: str) -> None:
        if name == "data":
            self._data.append(value)
            self._data_size += len(value) + 1
        elif name == "event":
            self._name = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and _RETRY.fullmatch(value):
            self._retry = int(value)

    def _dispatch(self) -> None:
        if self._data:
            self._events.append(Event(self._name or "message", "\n".join(self._data), self._id, self._retry))
        self._data.clear()
        self._data_size = 0
        self._name = ""
        self._retry = None
