"""Tables of sentences in a Markdown file, written anew from the catalogue between marks; the rest is its author's.

<!-- sentences: asgherkin.vocabulary.app.* -->
<!-- end of sentences -->
"""

from __future__ import annotations

import itertools
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from asgherkin.gherkin.catalogue import Listed

_BLOCK = re.compile(
    r"(?P<start><!-- sentences: (?P<names>[^\n]*?) -->\n)(?P<table>.*?)(?P<end><!-- end of sentences -->)", re.DOTALL
)
_FENCED = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_START = "<!-- sentences:"
_HOW = f"Write:\n\n{_START} conftest.* -->\n<!-- end of sentences -->"
_SLOT = re.compile(r"\{\w+:(\w+)\}")


def write_tables(path: Path, sentences: Sequence[Listed]) -> str:
    """Write the tables of a file anew; a line that says so.

    Raises ConfigurationError where the file has no place for a table, or one for sentences that are not there.
    """
    text = path.read_text(encoding="utf-8")
    path.write_text(with_tables(text, sentences, path.as_posix()), encoding="utf-8")
    return f"{path.as_posix()} is written: tables of sentences: {len(_BLOCK.findall(_FENCED.sub('', text)))}."


def with_tables(text: str, sentences: Sequence[Listed], shown_as: str) -> str:
    """The text of a Markdown file, with its tables as the catalogue has them. See `write_tables` for errors."""
    prose = _FENCED.sub("", text)
    if not prose.count(_START):
        raise ConfigurationError(f"{shown_as} has no place for a table of sentences. {_HOW}")
    if prose.count(_START) != len(_BLOCK.findall(prose)):
        raise ConfigurationError(f"{shown_as}: a place for a table of sentences is written wrongly. {_HOW}")

    def table(found: re.Match[str]) -> str:
        names = found["names"].split()
        rows = [one for one in sentences if any(fnmatchcase(_name_of(one), name) for name in names)]
        if not rows:
            raise ConfigurationError(f"{shown_as}: there is no sentence {found['names']}.")
        return found["start"] + "".join(f"{line}\n" for line in _table(rows)) + found["end"]

    parts = _FENCED.split(text)  # the blocks of code at odd places: what stands there is an example
    return "".join(part if place % 2 else _BLOCK.sub(table, part) for place, part in enumerate(parts))


def _name_of(one: Listed) -> str:
    return f"{one.module}.{getattr(one.definition.function, '__name__', '')}"


def _table(sentences: Sequence[Listed]) -> Iterator[str]:
    """A row for each function: its kinds, its sentences in use, what they mean and what they may go on with."""
    yield "\n| kind | sentence | meaning |"
    yield "|---|---|---|"
    for _, group in itertools.groupby(sentences, lambda one: (one.file, one.line)):
        same = list(group)
        kinds = ", ".join(kind for kind in ("Given", "When", "Then", "any") if kind in {one.kind for one in same})
        shown = "<br>".join(dict.fromkeys(_code(one.example) for one in same))
        yield f"| {kinds} | {shown} | {' '.join(filter(None, [_prose(same[0].meaning), _rest(same[0].pattern)]))} |"
    yield ""


def _rest(pattern: str) -> str:
    """What a sentence may go on with: what stands in brackets in its pattern."""
    parts = re.findall(r"\[([^\[\]]*)(\[[^\[\]]*\])?\]", pattern.replace("[ within {within:span}]", ""))
    told = [
        _code(_filled(outer)) + (f", and then {_code(_filled(inner[1:-1]))}" if inner else "") for outer, inner in parts
    ]
    return f"May go on with {', '.join(told)}." if told else ""


def _filled(part: str) -> str:
    return _SLOT.sub(lambda slot: '"…"' if slot[1] == "text" else "…", part)


def _code(text: str) -> str:
    shown = _in_a_cell(text)
    return f"`` {shown} ``" if "`" in text else f"`{shown}`"


def _prose(text: str) -> str:
    """A docstring's text, which may have code in it, without what Markdown or HTML would take for its own."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(_in_a_cell(one if one.startswith("`") else re.sub(r"([<\[*_])", r"\\\1", one)) for one in parts)


def _in_a_cell(text: str) -> str:
    return text.replace("|", "\\|")
