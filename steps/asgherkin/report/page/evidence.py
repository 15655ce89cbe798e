"""Evidence as the page shows it: read from attachments, which anybody may have written, and cut where it is long."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.report.page.layout import laid_out
from asgherkin.report.page.wording import counted, duration, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from asgherkin.report.page.records import Message

LONGEST = 16_000
"""How many characters of a text are shown."""
MOST = 200
"""How many rows, messages or events are shown."""
_OURS = "application/vnd.asgherkin."


class Text(NamedTuple):
    """A text, and what is to be said of what is not shown of it."""

    text: str
    note: str = ""


class Half(NamedTuple):
    """A request or a response, in the order of the template. `first` is its first line."""

    title: str
    first: str
    headers: tuple[tuple[str, str], ...] = ()
    body: Text | None = None
    note: str = ""


class Line(NamedTuple):
    """A message of a conversation or an event of a stream."""

    by: str
    name: str
    text: Text
    at: str


class Evidence(NamedTuple):
    """A piece of evidence: `kind` chooses how it is shown."""

    kind: str
    title: str
    halves: tuple[Half, ...] = ()
    lines: tuple[Line, ...] = ()
    texts: tuple[tuple[str, Text], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


def read(attachment: Message) -> Evidence:
    """An attachment as evidence. What is not as it should be is shown as the text that it is."""
    kind = str(attachment.get("mediaType", ""))
    reader = _READERS.get(kind.removeprefix(_OURS).removesuffix("+json")) if kind.startswith(_OURS) else None
    if reader is not None and attachment.get("contentEncoding") != "BASE64":
        try:
            return reader(json.loads(attachment["body"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return _plain(attachment)
    return _plain(attachment)


def name_of(attachment: Message) -> str:
    """What a scenario calls a websocket or stream; "" for one without a name, and for other evidence."""
    kind = str(attachment.get("mediaType", "")).removeprefix(_OURS).removesuffix("+json")
    try:
        return str(json.loads(attachment["body"])["name"] or "") if kind in ("websocket", "stream") else ""
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _plain(attachment: Message) -> Evidence:
    kind = str(attachment.get("mediaType", ""))
    name = str(attachment.get("fileName") or kind or "attachment")
    body = str(attachment.get("body") or attachment.get("url") or "")
    if attachment.get("contentEncoding") == "BASE64":
        return Evidence("plain", name, notes=(f"{counted(len(body) * 3 // 4, 'byte')} of {kind}, not shown here.",))
    return Evidence("plain", name, texts=(("", _text(body)),))


def _text(text: str, size: int | None = None) -> Text:
    """A text, cut; JSON is laid out first. `size` is the whole size in bytes, of which only some may be here."""
    shown = laid_out(text)
    short = len(shown) > LONGEST
    if size is not None and size > len(text.encode(errors="surrogatepass")):
        return Text(shown[:LONGEST], f"Cut here: {counted(size, 'byte')} in all.")
    if short:
        return Text(shown[:LONGEST], f"Cut here, after {number(LONGEST)} of {number(len(shown))} characters.")
    return Text(shown)


def _exchange(message: Message) -> Evidence:
    request, response = message["request"], message["response"]
    line = f"{request['method']} {request['target']}"
    first = Half("Request", line, _headers(request), *_body(request))
    if response is None:
        return Evidence("exchange", f"{line} · no response", (first, Half("Response", "none came")))
    status = f"{response['status']} {response.get('phrase') or ''}".rstrip()
    body, note = _body(response)
    if not response.get("complete", True):
        note = f"{note} The body breaks off here.".strip()
    took = duration(message["milliseconds"] / 1000) if message.get("milliseconds") is not None else ""
    title = " · ".join(filter(None, (f"{line} → {status}", took)))
    return Evidence("exchange", title, (first, Half("Response", status, _headers(response), body, note)))


def _headers(half: Message) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in half.get("headers") or ())


def _body(half: Message) -> tuple[Text | None, str]:
    size = int(half.get("size") or 0)
    if half.get("body") is None:
        return None, f"{counted(size, 'byte')} that are not text." if size else ""
    return (_text(str(half["body"]), size) if half["body"] else None), ""


def _websocket(message: Message) -> Evidence:
    notes = []
    refusal, closing = message.get("refusal"), message.get("closing")
    if refusal:
        told = [
            f"{name} {refusal[name]}" for name in ("status", "code", "reason") if refusal.get(name) not in (None, "")
        ]
        notes.append(f"The app refused the connection: {', '.join(told)}.")
    if closing:
        reason = f", “{closing['reason']}”" if closing.get("reason") else ""
        notes.append(f"Closed by the {closing['by']} with {closing['code']}{reason}{_at(closing)}.")
    lines, note = _lines(message["messages"], message.get("left_out"), "message")
    said = "refused" if refusal else counted(note[1], "message")
    title = f"Websocket {_named(message)}{message['target']} · {said}"
    protocol = [f"Subprotocol: {message['subprotocol']}"] if message.get("subprotocol") else []
    body = (("What it said", _text(str(refusal["body"]))),) if refusal and refusal.get("body") else ()
    return Evidence("websocket", title, lines=lines, texts=body, notes=(*protocol, *note[0], *notes))


def _stream(message: Message) -> Evidence:
    lines, note = _lines(message["events"], message.get("left_out"), "event")
    end = "The stream is over." if message.get("over") else "The stream was still open."
    return Evidence(
        "stream",
        f"Stream {_named(message)}{message['target']} · {counted(note[1], 'event')}",
        lines=lines,
        notes=(*note[0], end),
    )


def _named(message: Message) -> str:
    return f"“{message['name']}” at " if message.get("name") else ""


def _lines(messages: list[Message], left_out: object, one: str) -> tuple[tuple[Line, ...], tuple[tuple[str, ...], int]]:
    """The lines that are shown; what is to be said of those that are not, and how many there were."""
    out = left_out if isinstance(left_out, int) else 0
    middle = len(messages) // 2 if out else len(messages)
    lines = [_line(message) for message in messages]
    if out:
        lines.insert(middle, Line("gap", "", Text(f"… {counted(out, one)} left out …"), ""))
    more = f"Only the first {MOST} are shown." if len(lines) > MOST else ""
    return tuple(lines[:MOST]), ((more,) if more else (), len(messages) + out)


def _line(message: Message) -> Line:
    shown = message.get("text", message.get("data"))
    if shown is None:
        size = message.get("size")
        text = Text(str(message["hex"]), f"{counted(size, 'byte')}, in hexadecimal" if size else "in hexadecimal")
    else:
        text = _text(str(shown), message.get("size"))
    name = " ".join(str(message[key]) for key in ("name", "id") if message.get(key))
    return Line(str(message.get("by", "")), name, text, _at(message).removeprefix(", "))


def _at(message: Message) -> str:
    return f", at {duration(message['at'] / 1000)}" if message.get("at") is not None else ""


def _query(message: Message) -> Evidence:
    total, rows = int(message.get("total") or 0), message.get("rows") or []
    texts: list[tuple[str, Text]] = []
    for statement in message["statements"]:
        texts.append(("Statement", _text(str(statement["text"]))))
        if statement.get("parameters"):
            parameters = json.dumps(statement["parameters"], indent=2, ensure_ascii=False)
            texts.append(("Parameters", _text(parameters)))
    took = duration(message["milliseconds"] / 1000) if message.get("milliseconds") is not None else ""
    shown = tuple(tuple(str(cell) for cell in row) for row in rows[:MOST])
    note = (f"{number(len(shown))} of {counted(total, 'row')} are shown.",) if total > len(shown) > 0 else ()
    first = " ".join(texts[0][1].text.split())[:80] if texts else "no statement"
    return Evidence(
        "query",
        " · ".join(filter(None, (f"Query {first}", counted(total, "row"), took))),
        texts=tuple(texts),
        columns=_names(message.get("columns")),
        rows=shown,
        notes=note,
    )


def _names(columns: Iterable[object] | None) -> tuple[str, ...]:
    return tuple(str(column) for column in columns or ())


def _crash(message: Message) -> Evidence:
    frames = (("Where it was raised", _text(str(message["frames"]))),) if message.get("frames") else ()
    summary = ("", _text(str(message["summary"])))
    return Evidence("crash", f"The app raised ({message['doing']})", texts=(summary, *frames))


_READERS: dict[str, Callable[[Message], Evidence]] = {
    "exchange": _exchange,
    "websocket": _websocket,
    "stream": _stream,
    "query": _query,
    "crash": _crash,
}
