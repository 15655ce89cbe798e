"""The catalogue of sentences as a text for people, and as JSON for tools."""

from __future__ import annotations

import itertools
import json
import textwrap
from typing import TYPE_CHECKING

from asgherkin.commands.sentence_catalogue import subject_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asgherkin.gherkin.catalogue import Listed

_INDENT = " " * 7
_WIDTH = 120


def as_text(catalogue: Sequence[Listed]) -> str:
    """The sentences under their subjects, each with its meaning, its pattern, its source, and an example."""
    lines: list[str] = []
    for subject, sentences in itertools.groupby(catalogue, subject_of):
        lines += [_printable(subject), "-" * len(subject), ""]
        for one in sentences:
            lines += [*_entry(one), ""]
    return "\n".join(lines)


def _entry(one: Listed) -> Iterator[str]:
    yield f"{one.kind:<{len(_INDENT)}}{_printable(one.example)}"
    if one.meaning:
        yield from textwrap.wrap(_printable(one.meaning), _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
    if one.pattern != one.example:
        yield f"{_INDENT}{_printable(one.pattern)}"
    seen_from = f" (seen from {_printable(one.seen_from)})" if one.seen_from else ""
    yield f"{_INDENT}{_printable(place_of(one))}{seen_from}"
    usage = one.usage.split("\n")
    if len(usage) > 1 or (one.usage and one.is_own and usage[0].partition(" ")[2] != one.example):
        yield from (f"{_INDENT}  {_printable(line)}".rstrip() for line in usage)


def place_of(one: Listed) -> str:
    """`file:line`; the file alone where there is no line."""
    return one.file if one.line is None else f"{one.file}:{one.line}"


def as_json(catalogue: Iterable[Listed]) -> str:
    """The sentences as JSON, one object each; docs/sentences.md says what the keys mean."""
    return json.dumps({"version": 1, "sentences": [_record(one) for one in catalogue]}, indent=2)


def _record(one: Listed) -> dict[str, object]:
    return {
        "kind": one.kind,
        "sentence": one.example,
        "pattern": one.pattern,
        "meaning": one.meaning,
        "example": one.usage,
        "subject": subject_of(one),
        "file": one.file,
        "line": one.line,
        "seen_from": one.seen_from,
        "own": one.is_of_the_project,
    }


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
