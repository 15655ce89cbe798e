"""Add to lists in a JSON file with comments, as VS Code's settings are, and leave all else in it as it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<mark>[{}\[\],:])|(?P<word>[^\s{}\[\],:"/]+)""",
    re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    written: str
    start: int
    end: int


def with_items(text: str, key: str, items: Sequence[str]) -> str:
    """The text of a JSON object whose list `key` has these items too; the list is added where it is missing.

    Raises ValueError, which says what is wrong, where the text is no JSON object or `key` no list of texts.
    """
    tokens = list(_tokens(text))
    if not tokens or tokens[0].written != "{" or _end_of(tokens, 0) != len(tokens) - 1:
        raise ValueError("this is no JSON object.")
    value = _value_of(tokens, key)
    if value is None:
        return _added(text, tokens, 0, f"{json.dumps(key)}: {_list(items)}", "    ")
    if tokens[value].written != "[":
        raise ValueError(f"{key} is no list.")
    end = _end_of(tokens, value)
    known = {json.loads(one.written) for one in tokens[value:end] if one.kind == "text"}
    for item in (one for one in items if one not in known):
        text = _added(text, tokens, value, json.dumps(item), "        ")
        tokens = list(_tokens(text))
    return text


def _list(items: Sequence[str]) -> str:
    lines = ",\n".join(f"        {json.dumps(one)}" for one in items)
    return f"[\n{lines}\n    ]"


def _tokens(text: str) -> Iterator[_Token]:
    """What is in the text but spaces and comments."""
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            line = text.count("\n", 0, place) + 1
            raise ValueError(f"line {line} is no JSON: {text[place:].splitlines()[0][:40]}")
        place = found.end()
        if found.lastgroup and found.lastgroup != "space":
            yield _Token(found.lastgroup, found[0], found.start(), found.end())


def _end_of(tokens: Sequence[_Token], start: int) -> int:
    """The place of the bracket that closes the one at `start`."""
    depth = 0
    for place in range(start, len(tokens)):
        mark = tokens[place].written if tokens[place].kind == "mark" else ""
        depth += (mark in ("{", "[")) - (mark in ("}", "]"))
        if mark and not depth:
            return place
    raise ValueError("a bracket is not closed.")


def _value_of(tokens: Sequence[_Token], key: str) -> int | None:
    """The place of the value of a key of the outermost object."""
    place = 1
    while place < len(tokens) - 1:
        if tokens[place].kind == "text" and tokens[place + 1].written == ":":
            if json.loads(tokens[place].written) == key:
                return place + 2
            place += 2
        place = (_end_of(tokens, place) if tokens[place].written in ("{", "[") else place) + 1
    return None


def _added(text: str, tokens: Sequence[_Token], start: int, entry: str, indent: str) -> str:
    """The text with one entry more before the bracket that closes the one at `start`."""
    end = _end_of(tokens, start)
    last, closing = tokens[end - 1], tokens[end]
    comma = "" if last.written == "," or end - 1 == start else ","
    between = text[last.end : closing.start]
    rest = between.rstrip(" \t")
    line_end = "" if rest.endswith("\n") else "\n"
    back = between[len(rest) :] if rest.endswith("\n") else indent[4:]
    return f"{text[: last.end]}{comma}{rest}{line_end}{indent}{entry}\n{back}{text[closing.start :]}"
