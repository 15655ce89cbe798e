"""How websockets and streams are shown under a failure: what was said, by whom, when, secrets masked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asgherkin.matching.values import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asgherkin.clients.conversation import Closing, Conversation, Refusal, Said
    from asgherkin.clients.events import Came, StreamLog
    from asgherkin.redaction.redactor import Redactor

_ARROWS = {"client": "→", "app": "←"}
_WHO = {"client": "this scenario", "app": "the app"}
_LONGEST = 200
_LONGEST_BYTES = 40


def learn_conversation(conversation: Conversation, redactor: Redactor) -> None:
    """Know the secrets in a websocket's handshake and messages."""
    redactor.learn_body(conversation.target.partition("?")[2])
    refusal = conversation.refusal
    answer = refusal.headers if refusal else ()
    for name, value in (*conversation.request_headers, *conversation.response_headers, *answer):
        redactor.learn_header(name, value)
    if refusal:
        redactor.learn_body(refusal.body.decode(errors="replace"))
    for said in (*conversation.transcript.head, *conversation.transcript.tail):
        _learn(said.content, redactor)


def learn_log(log: StreamLog, redactor: Redactor) -> None:
    """Know the secrets in what a stream has sent."""
    redactor.learn_body(log.target.partition("?")[2])
    for came in (*log.head, *log.tail):
        _learn(came.what if isinstance(came.what, bytes) else came.what.data, redactor)


def _learn(content: str | bytes, redactor: Redactor) -> None:
    redactor.learn_body(content if isinstance(content, str) else content.decode(errors="replace"))


def socket_section(conversation: Conversation, subject: str, redactor: Redactor, *, with_end: bool) -> tuple[str, str]:
    """A title, and a line for the handshake, for each message and, `with_end`, for the closing."""
    transcript = conversation.transcript
    lines = [_handshake(conversation)]
    lines += _with_gap(
        [_said(said, redactor) for said in transcript.head],
        transcript.left_out,
        "messages",
        [_said(said, redactor) for said in transcript.tail],
    )
    closing = conversation.closing
    if closing is not None and with_end:
        lines.append(f"{_ms(closing.at)} {_ARROWS[closing.by]} closed {_code(closing.code, closing.reason)}")
    return _title("websocket", subject, conversation.target), "\n".join(lines)


def _handshake(conversation: Conversation) -> str:
    offered = ", ".join(map(show, conversation.subprotocols))
    offering = f", offering the subprotocol {offered}" if offered else ""
    if conversation.refusal is not None:
        return f"→ opening{offering}: refused {refusal_of(conversation.refusal)}"
    chosen = conversation.subprotocol
    how = "without a subprotocol" if chosen is None else f"with the subprotocol {show(chosen)}"
    return f"→ opening{offering}: accepted{f' {how}' if offered or chosen else ''}"


def _said(said: Said, redactor: Redactor) -> str:
    return f"{_ms(said.at)} {_ARROWS[said.by]} {_content(said.content, said.size, redactor)}"


def stream_section(log: StreamLog, subject: str, redactor: Redactor) -> tuple[str, list[str]]:
    """A title, and a line for each event or part, and for the app's end."""
    head, tail = [_came(came, redactor) for came in log.head], [_came(came, redactor) for came in log.tail]
    events = any(not isinstance(came.what, bytes) for came in log.head)
    lines = list(_with_gap(head, log.left_out, "events" if events else "parts", tail))
    return _title("stream", subject, log.target), [*lines, *(["← ended"] if log.over else [])]


def _came(came: Came, redactor: Redactor) -> str:
    what = came.what
    if isinstance(what, bytes):
        text = _text(what)
        content = _content(what if text is None else text, came.size, redactor)
    else:
        data = _content(what.data, came.size, redactor)
        content = f"event {show(what.name)}{f', id {show(what.id)}' if what.id else ''}, {data}"
    return f"{_ms(came.at)} ← {content}"


def _title(kind: str, subject: str, target: str) -> str:
    named = f" {subject}" if subject.startswith('"') else ""
    return f"The {kind}{named} ({target})"


def _with_gap(head: Iterable[str], left_out: int, what: str, tail: Iterable[str]) -> Iterator[str]:
    yield from head
    if left_out:
        yield f"… {left_out:,} more {what if left_out > 1 else what.removesuffix('s')} …"
    yield from tail


def _content(content: str | bytes, size: int, redactor: Redactor) -> str:
    """The kind and the content of a message: JSON as it is, other texts as JSON texts, other bytes in hex."""
    text = _text(content)
    document = _document(text)
    if document is not None:
        kind = "JSON" if isinstance(content, str) else "JSON as bytes"
        return f"{kind} {_shortened(json.dumps(redactor.masked(document), ensure_ascii=False), redactor, size)}"
    if isinstance(content, str):
        return f"text {_shortened(json.dumps(content, ensure_ascii=False), redactor, size, cut=size > len(content))}"
    return f"bytes {hexed(content, size)}"


def _text(content: str | bytes) -> str | None:
    try:
        return content if isinstance(content, str) else content.decode()
    except UnicodeDecodeError:
        return None


def _document(text: str | None) -> object:
    """The object or array that a text is, as JSON; None where it is none."""
    if not text or text[0] not in "{[":
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _shortened(shown: str, redactor: Redactor, size: int, *, cut: bool = False) -> str:
    # Before it is cut: half a secret would not be found any more.
    shown = redactor.redact(shown)
    if len(shown) <= _LONGEST and not cut:
        return shown
    return f"{shown[:_LONGEST]}… ({size} characters)"


def hexed(content: bytes, size: int | None = None) -> str:
    """Bytes in hex, shortened."""
    size = len(content) if size is None else size
    shown = content[:_LONGEST_BYTES].hex(" ")
    return f"{shown}… ({size} bytes)" if size > _LONGEST_BYTES else shown or "(none)"


def closing_of(closing: Closing, subject: str = "it") -> str:
    """Who closed a websocket, when and how: `the app closed it after 3 ms with the code 1000`."""
    return f"{_WHO[closing.by]} closed {subject} after {_ms(closing.at)} {_code(closing.code, closing.reason)}"


def refusal_of(refusal: Refusal) -> str:
    """How an app refused a websocket: `with the status 403: "Forbidden"`."""
    if refusal.status is None:
        return _code(refusal.code, refusal.reason)
    body = refusal.body.decode(errors="replace")
    return f"with the status {refusal.status}{f': {show(body)}' if body else ''}"


def _code(code: int | None, reason: str) -> str:
    return f"with the code {code}{f' and the reason {show(reason)}' if reason else ''}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
