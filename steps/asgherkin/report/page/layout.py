"""JSON, laid out for reading: nothing but white space is changed, so that `7.60` stays `7.60`."""

from __future__ import annotations

import json
import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_DEEPEST = 100


def laid_out(text: str) -> str:
    """A JSON document over several lines; any other text, and one that is nested too deep, as it is."""
    if not text.lstrip(" \t\r\n").startswith(("{", "[")):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _lines(_TOKEN.findall(text)) or text


def _lines(pieces: list[str]) -> str:
    written: list[str] = []
    depth = 0
    before = ""
    for piece in pieces:
        if piece in "}]":
            depth -= 1
            if before not in "{[":
                written.append(_LINES[depth])
        elif before and before in "{[,":
            written.append(_LINES[depth])
        written.append(": " if piece == ":" else piece)
        if piece in "{[":
            depth += 1
            if depth > _DEEPEST:
                return ""
        before = piece
    return "".join(written)


_LINES = ["\n" + "  " * depth for depth in range(_DEEPEST + 1)]
