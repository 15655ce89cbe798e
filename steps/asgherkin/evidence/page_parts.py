"""What a record is made of on the page: halves, lines, texts, rows and notes, cut where they are long."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import NamedTuple

LONGEST = 16_000
"""How many characters of a text are shown."""
MOST = 200
"""How many rows, messages or events are shown."""
_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"')
_MARK = re.compile(r"[{}\[\],:]|[^\s{}\[\],:]+")
_DEEPEST = 100
_LINES = ["\n" + "  " * depth for depth in range(_DEEPEST + 1)]
_SHORT = 64


class Text(NamedTuple):
    """A text, and a note on what is left out of it."""

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
    """A message of a conversation or an event of a stream. `by` is `app`, `client`, "", or `gap` for what is left out.

    `at` says when it came.
    """

    by: str
    name: str
    text: Text
    at: str


class Part(NamedTuple):
    """A part of the page. `kind` is its kind of evidence; `title` stands on the fold.

    `texts` have titles; `columns` and `rows` are a table; `two_sided` lines are laid out as a conversation.
    """

    kind: str
    title: str
    halves: tuple[Half, ...] = ()
    lines: tuple[Line, ...] = ()
    texts: tuple[tuple[str, Text], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    two_sided: bool = False


def text_of(text: str, size: int | None = None) -> Text:
    """A text, cut; JSON is laid out first. `size` is the whole size in bytes, of which only some may be here."""
    shown = laid_out(text)
    short = len(shown) > LONGEST
    if size is not None and size > len(text.encode(errors="surrogatepass")):
        return Text(shown[:LONGEST], f"Cut here: {counted(size, 'byte')} in all.")
    if short:
        return Text(shown[:LONGEST], f"Cut here, after {LONGEST:,} of {len(shown):,} characters.")
    return Text(shown)


def duration(seconds: float | None) -> str:
    """`340 ms`, `2.4 s`, `3 min 5 s`; empty where none is known."""
    if seconds is None:
        return ""
    if seconds < 0.00995:
        return f"{seconds * 1000:.1f} ms".replace(".0 ", " ")
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def counted(value: int, noun: str) -> str:
    """`1 scenario`, `12,345 scenarios`."""
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def at_time(milliseconds: float | None) -> str:
    """`at 340 ms`; empty where none is known."""
    return "" if milliseconds is None else f"at {duration(milliseconds / 1000)}"


def laid_out(text: str) -> str:
    """A JSON document over several lines; any other text, and one that is nested too deep, as it is.

    Nothing but white space is changed, so that `7.60` stays `7.60`.
    """
    if not text.lstrip(" \t\r\n").startswith(("{", "[")):
        return text
    try:
        json.loads(text)
        return _lines(text)
    except (ValueError, RecursionError):
        return text


def _lines(text: str) -> str:
    # Every other piece is a string. To find each token with an expression is eleven times as slow.
    pieces = _STRING.split(text) if "\\" in text else text.split('"')
    depth = 0
    for at in range(0, len(pieces), 2):
        marks = pieces[at]
        pieces[at], depth = (_remembered if len(marks) < _SHORT else _between)(marks, depth)
    return '"'.join(pieces)


def _between(marks: str, depth: int) -> tuple[str, int]:
    """What stands between two strings, laid out, and how deep the second one is."""
    written: list[str] = []
    before = '"'
    for mark in _MARK.findall(marks):
        if mark in "}]":
            depth -= 1
            if before not in "{[":
                written.append(_LINES[depth])
        elif before in "{[,":
            written.append(_LINES[depth])
        written.append(": " if mark == ":" else mark)
        depth += mark in "{["
        if depth > _DEEPEST:
            raise RecursionError
        before = mark
    if before in "{[,":
        written.append(_LINES[depth])
    return "".join(written), depth


_remembered = lru_cache(4096)(_between)  # documents are much alike in it
