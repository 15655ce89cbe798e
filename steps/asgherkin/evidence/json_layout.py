"""JSON, laid out for reading: nothing but white space is changed, so that `7.60` stays `7.60`."""

from __future__ import annotations

import json
import re
from functools import lru_cache

_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"')
_MARK = re.compile(r"[{}\[\],:]|[^\s{}\[\],:]+")
_DEEPEST = 100
_LINES = ["\n" + "  " * depth for depth in range(_DEEPEST + 1)]
_SHORT = 64


def laid_out(text: str) -> str:
    """A JSON document over several lines; any other text, and one that is nested too deep, as it is."""
    if not text.lstrip(" \t\r\n").startswith(("{", "[")):
        return text
    try:
        json.loads(text)
        return _lines(text)
    except (ValueError, RecursionError):
        return text


def _lines(text: str) -> str:
    pieces = _STRING.split(text) if "\\" in text else text.split('"')  # every other one is a string
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
