"""A response that is read as it comes: the record of what came, and how it is shown."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from asgherkin.evidence.message_text import CONTENT_CAP, KEPT, called, content_line, milliseconds, page_lines, with_gap
from asgherkin.evidence.page_parts import Part, counted
from asgherkin.evidence.record import Document, Record, Section
from asgherkin.matching.values import show
from asgherkin.redaction.data import Content, Target
from asgherkin.streams.event_stream import Event

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a stream, how many seconds after its opening."""

    what: Event | bytes
    """An event's data and a part's bytes are cut at `CONTENT_CAP`."""
    at: float
    size: int = 0
    """Characters of the event's data, or bytes of the part, before they were cut."""


class StreamLog(Record):
    """What came of a stream, in order: the first, the last, and how many were left out between them."""

    kind = "stream"
    shown = "read"

    def __init__(self, target: str, answer: str = "") -> None:
        """`answer` is what the response began with: its status and content type."""
        super().__init__()
        self.target = target
        self.answer = answer
        self.name = ""
        """What the scenario calls it; "" for one without a name."""
        self._began = monotonic()
        self.head: list[Received] = []
        self.tail: deque[Received] = deque(maxlen=KEPT)
        self.total = 0
        self.over = False
        """Whether its end was read: nothing more comes."""
        self.left = False
        """Whether the client has closed it."""
        self.open_at_end = False
        """Whether it was still open when the scenario's steps were over."""

    @property
    def doing(self) -> str:
        """The request in short: `GET /board`."""
        return f"GET {self.target}"

    def add(self, what: Event | bytes) -> None:
        """Keep what came."""
        size = len(what.data if isinstance(what, Event) else what)
        came = Received(_cut(what), monotonic() - self._began, size)
        self.total += 1
        (self.head if len(self.head) < KEPT else self.tail).append(came)

    @property
    def left_out(self) -> int:
        """How many stood between `head` and `tail`."""
        return self.total - len(self.head) - len(self.tail)

    def as_json(self) -> Document:
        """What came, and whether there is more of it."""
        document = {
            "name": self.name,
            "target": Target(self.target),
            "answer": self.answer,
            "events": [_came(one) for one in (*self.head, *self.tail)],
            "left_out": self.left_out,
            "over": self.over,
        }
        if self.left and not self.over:
            document["closed"] = "at the end" if self.open_at_end else "by a step"
        return document

    @staticmethod
    def as_text(document: Mapping[str, Any]) -> list[Section]:
        """A line for each event or part, and for the end where it came before the scenario's."""
        if document.get("closed") == "at the end":
            document = {**document, "closed": None}
        return StreamLog.as_text_at_end(document)

    @classmethod
    def as_text_at_end(cls, document: Mapping[str, Any]) -> list[Section]:
        """The same, with the end at any time."""
        came = document["events"]
        what = "events" if any("data" in one for one in came) else "parts"
        lines = [f"← {document['answer']}"] if document["answer"] else []
        lines += with_gap(came, document["left_out"], what, _came_line)
        if document["over"]:
            lines.append("← ended")
        elif document.get("closed"):
            lines.append("→ closed")
        named = f' "{document["name"]}"' if document["name"] else ""
        return [(f"The stream{named} ({document['target']})", "\n".join(lines))]

    @staticmethod
    def as_part(document: Mapping[str, Any]) -> Part:
        """The events or parts, and whether there may be more."""
        lines, notes, count = page_lines(document["events"], document.get("left_out"), "event")
        end = "The stream is over." if document.get("over") else "The stream was still open."
        title = f"Stream {called(document)}{document['target']} · {counted(count, 'event')}"
        return Part("stream", title, lines=lines, notes=(*notes, end))


def _came(came: Received) -> Document:
    what = came.what
    if isinstance(what, Event):
        shown: Document = {"name": what.name, "data": Content(what.data), "id": what.id}
    else:
        text = _as_text(what)
        shown = {"hex": what} if text is None else {"text": Content(text)}
    return {**shown, "size": came.size, "at": milliseconds(came.at)}


def _as_text(part: bytes) -> str | None:
    try:
        return part.decode()
    except UnicodeDecodeError:
        return None


def _came_line(came: Mapping[str, Any]) -> str:
    content = content_line(came)
    if "data" in came:
        number = f", id {show(came['id'])}" if came["id"] else ""
        content = f"event {show(came['name'])}{number}, {content}"
    return f"{came['at']:.0f} ms ← {content}"


def _cut(what: Event | bytes) -> Event | bytes:
    return replace(what, data=what.data[:CONTENT_CAP]) if isinstance(what, Event) else what[:CONTENT_CAP]
