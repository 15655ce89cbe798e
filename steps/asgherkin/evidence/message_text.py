"""Messages, events and parts of a stream as a failure and the page show them: which kind, when, how much."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asgherkin.evidence.page_parts import MOST, Line, Text, at_time, counted, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

KEPT = 50
"""Messages, events or parts that are kept from the beginning, and as many from the end."""
CONTENT_CAP = 4 * 1024
"""Characters or bytes of one that are kept."""
_LONGEST = 200  # characters in a failure
_LONGEST_BYTES = 40
Message = dict[str, Any]


def with_gap(
    messages: Sequence[Mapping[str, Any]], left_out: int, what: str, line: Callable[[Mapping[str, Any]], str]
) -> Iterator[str]:
    """A line for each message, and one in their middle for those that are left out; `what` are they: `messages`."""
    middle = (len(messages) + 1) // 2 if left_out else len(messages)
    yield from map(line, messages[:middle])
    if left_out:
        yield f"… {left_out:,} more {what if left_out > 1 else what.removesuffix('s')} …"
    yield from map(line, messages[middle:])


def content_line(message: Mapping[str, Any]) -> str:
    """The kind and the content: JSON as it is, other texts as JSON texts, other bytes in hex."""
    size = message["size"]
    content = bytes.fromhex(message["hex"]) if "hex" in message else None
    text = message.get("text", message.get("data", "")) if content is None else content.decode(errors="replace")
    document = _document(text)
    if document is not None:
        kind = "JSON as bytes" if "hex" in message or message.get("bytes") else "JSON"
        return f"{kind} {_shortened(json.dumps(document, ensure_ascii=False), size)}"
    if content is not None:
        return f"bytes {hexed(content, size)}"
    return f"text {_shortened(json.dumps(text, ensure_ascii=False), size, cut=size > CONTENT_CAP)}"


def hexed(content: bytes, size: int | None = None) -> str:
    """Bytes in hex, shortened."""
    size = len(content) if size is None else size
    shown = content[:_LONGEST_BYTES].hex(" ")
    return f"{shown}… ({size} bytes)" if size > _LONGEST_BYTES else shown or "(none)"


def _document(text: str) -> object:
    """The object or array that a text is, as JSON; None where it is none."""
    if not text or text[0] not in "{[":
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _shortened(shown: str, size: int, *, cut: bool = False) -> str:
    if len(shown) <= _LONGEST and not cut:
        return shown
    return f"{shown[:_LONGEST]}… ({size} characters)"


def milliseconds(seconds: float) -> float:
    """Seconds as they stand in a document."""
    return round(seconds * 1000, 3)


def page_lines(messages: list[Message], left_out: object, one: str) -> tuple[tuple[Line, ...], tuple[str, ...], int]:
    """The lines that the page shows, a note on those that it leaves out, and the number of all.

    `one` is the noun: `message`.
    """
    out = left_out if isinstance(left_out, int) else 0
    middle = len(messages) // 2 if out else len(messages)
    lines = [_page_line(message) for message in messages]
    if out:
        lines.insert(middle, Line("gap", "", Text(f"… {counted(out, one)} left out …"), ""))
    more = (f"Only the first {MOST} are shown.",) if len(lines) > MOST else ()
    return tuple(lines[:MOST]), more, len(messages) + out


def _page_line(message: Message) -> Line:
    shown = message.get("text", message.get("data"))
    if shown is None:
        size = message.get("size")
        text = Text(str(message["hex"]), f"{counted(size, 'byte')}, in hexadecimal" if size else "in hexadecimal")
    else:
        text = text_of(str(shown), message.get("size"))
    name = " ".join(str(message[key]) for key in ("name", "id") if message.get(key))
    return Line(str(message.get("by", "")), name, text, at_time(message.get("at")))


def called(document: Mapping[str, Any]) -> str:
    """What the scenario calls a websocket or stream, before its address."""
    return f"“{document['name']}” at " if document.get("name") else ""
