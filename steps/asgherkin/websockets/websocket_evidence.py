"""A websocket as evidence: handshake, messages, end; and how they are shown."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from asgherkin.evidence.message_text import KEPT, called, content_line, milliseconds, page_lines, with_gap
from asgherkin.evidence.page_parts import Part, at_time, counted, text_of
from asgherkin.evidence.record import Document, Record, Section
from asgherkin.matching.values import show
from asgherkin.redaction.data import Body, Content, Headers, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

Peer: TypeAlias = Literal["app", "client"]

_ARROWS = {"client": "→", "app": "←"}
_WHO = {"client": "this scenario", "app": "the app"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A message in a transcript. `content` is cut at `CONTENT_CAP`; `size` is that of the whole message."""

    by: Peer
    content: str | bytes
    size: int
    at: float
    """Seconds since the opening."""

    def as_json(self) -> Document:
        """Its sender, content and time."""
        content = {"text": Content(self.content)} if isinstance(self.content, str) else {"hex": self.content}
        return {"by": self.by, **content, "size": self.size, "at": milliseconds(self.at)}


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closed a websocket, with what code and reason, how many seconds after its opening."""

    by: Peer
    code: int
    reason: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """An app's refusal of a websocket: by a close code, or by an HTTP response."""

    code: int | None = None
    reason: str = ""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(slots=True)
class WebSocketEvidence(Record):
    """A websocket: its handshake, the first and the last of its messages, its end."""

    kind = "websocket"
    shown = "read"

    target: str
    """Path and query."""
    request_headers: list[tuple[str, str]]
    offered: tuple[str, ...] = ()
    """The subprotocols that the client offers."""
    accepted: bool = False
    subprotocol: str | None = None
    """The subprotocol that the app chose."""
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    refusal: Refusal | None = None
    closing: Closing | None = None
    head: list[Entry] = field(default_factory=list)
    """The first messages."""
    tail: deque[Entry] = field(default_factory=partial(deque, maxlen=KEPT))
    """The last messages, where there are more than `head` holds."""
    total: int = 0
    name: str = ""
    """Its name in the scenario; "" without a name."""
    open_at_end: bool = False
    """Whether it was still open when the scenario's steps were over."""

    @property
    def left_out(self) -> int:
        """How many messages stood between `head` and `tail`."""
        return self.total - len(self.head) - len(self.tail)

    def as_json(self) -> Document:
        """The handshake, the messages, the end."""
        closing = self.closing
        return {
            "name": self.name,
            "target": Target(self.target),
            "subprotocols": list(self.offered),
            "subprotocol": self.subprotocol,
            "refusal": self.refusal and _refusal(self.refusal),
            "messages": [entry.as_json() for entry in (*self.head, *self.tail)],
            "left_out": self.left_out,
            "closing": closing and _closing(closing, at_end=self.open_at_end),
        }

    def unshown(self) -> object:
        """Headers stand in no transcript."""
        answer = self.refusal.headers if self.refusal else ()
        return [Headers((*self.request_headers, *self.response_headers, *answer))]

    @staticmethod
    def as_text(document: Mapping[str, Any]) -> list[Section]:
        """A line for the handshake, for each message, and for the end where it came before the scenario's."""
        closing = document["closing"]
        if closing is not None and closing.get("at_end"):
            document = {**document, "closing": None}
        return WebSocketEvidence.as_text_at_end(document)

    @classmethod
    def as_text_at_end(cls, document: Mapping[str, Any]) -> list[Section]:
        """The same, with the end at any time."""
        lines = [_handshake(document)]
        lines += with_gap(document["messages"], document["left_out"], "messages", _message_line)
        closing = document["closing"]
        if closing is not None:
            lines.append(f"{closing['at']:.0f} ms {_ARROWS[closing['by']]} closed {_code(closing)}")
        named = f' "{document["name"]}"' if document["name"] else ""
        return [(f"The websocket{named} ({document['target']})", "\n".join(lines))]

    @staticmethod
    def as_part(document: Mapping[str, Any]) -> Part:
        """The messages of both sides, and notes about the handshake and the end."""
        refusal, closing = document.get("refusal"), document.get("closing")
        lines, notes, count = page_lines(document["messages"], document.get("left_out"), "message")
        protocol = [f"Subprotocol: {document['subprotocol']}"] if document.get("subprotocol") else []
        said = "refused" if refusal else counted(count, "message")
        ends = [_closing_note(closing)] if closing else []
        if refusal:
            named = [
                f"{key} {refusal[key]}" for key in ("status", "code", "reason") if refusal.get(key) not in (None, "")
            ]
            ends.insert(0, f"The app refused the connection: {', '.join(named)}.")
        body = (("What it said", text_of(str(refusal["body"]))),) if refusal and refusal.get("body") else ()
        return Part(
            "websocket",
            f"Websocket {called(document)}{document['target']} · {said}",
            lines=lines,
            texts=body,
            notes=(*protocol, *notes, *ends),
            two_sided=True,
        )


def _refusal(refusal: Refusal) -> Document:
    body = Body(refusal.body, len(refusal.body))
    return {"code": refusal.code, "reason": refusal.reason, "status": refusal.status, "body": body}


def _closing(closing: Closing, *, at_end: bool) -> Document:
    document = {"by": closing.by, "code": closing.code, "reason": closing.reason, "at": milliseconds(closing.at)}
    return {**document, "at_end": True} if at_end else document


def _message_line(message: Mapping[str, Any]) -> str:
    return f"{message['at']:.0f} ms {_ARROWS[message['by']]} {content_line(message)}"


def _handshake(document: Mapping[str, Any]) -> str:
    offered = ", ".join(map(show, document["subprotocols"]))
    offering = f", offering the subprotocol {offered}" if offered else ""
    if document["refusal"] is not None:
        return f"→ opening{offering}: refused {_refused(document['refusal'])}"
    chosen = document["subprotocol"]
    how = "without a subprotocol" if chosen is None else f"with the subprotocol {show(chosen)}"
    return f"→ opening{offering}: accepted{f' {how}' if offered or chosen else ''}"


def _refused(refusal: Mapping[str, Any]) -> str:
    if refusal["status"] is None:
        return _code(refusal)
    body = refusal["body"]
    return f"with the status {refusal['status']}{f': {show(body)}' if body else ''}"


def _code(end: Mapping[str, Any]) -> str:
    reason = f" and the reason {show(end['reason'])}" if end["reason"] else ""
    return f"with the code {end['code']}{reason}"


def _closing_note(closing: Mapping[str, Any]) -> str:
    reason = f", “{closing['reason']}”" if closing.get("reason") else ""
    at = at_time(closing.get("at"))
    return f"Closed by the {closing['by']} with {closing['code']}{reason}{f', {at}' if at else ''}."


def closing_of(closing: Closing, subject: str = "it") -> str:
    """Who closed a websocket, when and how: `the app closed it after 3 ms with the code 1000`."""
    document = _closing(closing, at_end=False)
    return f"{_WHO[closing.by]} closed {subject} after {closing.at * 1000:.0f} ms {_code(document)}"


def refusal_of(refusal: Refusal) -> str:
    """How an app refused a websocket: `with the status 403: "Forbidden"`."""
    return _refused({**_refusal(refusal), "body": refusal.body.decode(errors="replace")})
