"""The catalogue of sentences, each with an example of its use, as text, as JSON, as tables in a Markdown file.

This toolkit's own sentences have their examples in a folder `examples/` beside them; a project's sentences in its
features.
"""

from __future__ import annotations

import functools
import itertools
import json
import re
import textwrap
from fnmatch import fnmatchcase
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

from asgherkin.capabilities import BUILT_IN
from asgherkin.errors import ConfigurationError
from asgherkin.gherkin.catalogue import Listed, key_of, listed, of_the_project, written
from asgherkin.gherkin.document import parse
from asgherkin.recording.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    import pytest

    from asgherkin.gherkin.document import FeatureSource

# This toolkit's modules of sentences, in the order of the catalogue: those of capabilities stand between.
_FIRST = ("asgherkin.vocabulary.app", "asgherkin.vocabulary.request", "asgherkin.vocabulary.response")
_LAST = ("asgherkin.vocabulary.variables",)
_INDENT = " " * 7
_WIDTH = 120
# The place of a table in a Markdown file: `names` are patterns for the modules and functions of sentences.
_BLOCK = re.compile(
    r"(?P<start><!-- sentences: (?P<names>[^\n]*?) -->\n)(?P<table>.*?)(?P<end><!-- end of sentences -->)", re.DOTALL
)
_FENCED = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_START = "<!-- sentences:"
_HOW = f"Write:\n\n{_START} conftest.* -->\n<!-- end of sentences -->"
_SLOT = re.compile(r"\{\w+:(\w+)\}")


def catalogue(session: pytest.Session) -> list[Listed]:
    """Every sentence that a collected run knows, each with a step that uses it where there is one; see `in_order`."""
    ours, theirs = of_the_toolkit(), of_the_project(session)
    return in_order(
        sentence._replace(usage=theirs.get(key_of(sentence.definition), ""))
        if sentence.is_own
        else sentence._replace(usage=ours.get((sentence.kind.lower(), sentence.example), ""))
        for sentence in listed(session)
    )


def in_order(sentences: Iterable[Listed]) -> list[Listed]:
    """This toolkit's sentences, then those of other packages, and at the end, next to the prompt, the project's own."""
    order = list(_features())

    def rank(sentence: Listed) -> tuple[int, int, str]:
        if sentence.is_own:
            return (1 + sentence.is_of_the_project, 0, sentence.file)
        return (0, order.index(sentence.module), "")

    return sorted(sentences, key=rank)


def _subject_of(sentence: Listed) -> str:
    """The heading of a sentence: its subject, or the file for a sentence of the project's own."""
    if not sentence.is_own:
        return _features()[sentence.module].heading.name
    return sentence.file if sentence.is_of_the_project else sentence.module


@functools.cache
def of_the_toolkit() -> Mapping[tuple[str, str], str]:
    """The examples of this toolkit's sentences, by kind and by the text that a sentence has as its own example."""
    steps = (step for feature in _features().values() for scenario in feature.scenarios for step in scenario.steps)
    found: dict[tuple[str, str], str] = {}
    for step in steps:
        found.setdefault((step.kind, step.text), written(step, {}))
    return found


@functools.cache
def _features() -> Mapping[str, FeatureSource]:
    """The features with this toolkit's examples by the modules of their sentences, in the order of the catalogue."""
    of_capabilities = (name for package in BUILT_IN for name in import_module(package).pytest_plugins)
    sentences = (name for name in of_capabilities if name.endswith("_sentences"))
    return {
        module: parse(example_file(module).read_text(encoding="utf-8"), module)
        for module in (*_FIRST, *sentences, *_LAST)
    }


def example_file(module: str) -> Traversable:
    """The examples of a module of sentences: `examples/database.feature` beside `database_sentences.py`."""
    package, _, name = module.rpartition(".")
    return files(package).joinpath("examples", f"{name.removesuffix('_sentences')}.feature")


def as_text(catalogue: Sequence[Listed]) -> str:
    """The sentences under their subjects, each with its meaning, its pattern, its source, and an example."""
    lines: list[str] = []
    for subject, sentences in itertools.groupby(catalogue, _subject_of):
        lines += [printable(subject), "-" * len(subject), ""]
        for sentence in sentences:
            lines += [*_entry(sentence), ""]
    return "\n".join(lines)


def _entry(sentence: Listed) -> Iterator[str]:
    yield f"{sentence.kind:<{len(_INDENT)}}{printable(sentence.example)}"
    if sentence.meaning:
        yield from textwrap.wrap(printable(sentence.meaning), _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
    if sentence.pattern != sentence.example:
        yield f"{_INDENT}{printable(sentence.pattern)}"
    place = sentence.file if sentence.line is None else f"{sentence.file}:{sentence.line}"
    seen_from = f" (seen from {printable(sentence.seen_from)})" if sentence.seen_from else ""
    yield f"{_INDENT}{printable(place)}{seen_from}"
    usage = sentence.usage.split("\n")
    if len(usage) > 1 or (sentence.usage and sentence.is_own and usage[0].partition(" ")[2] != sentence.example):
        yield from (f"{_INDENT}  {printable(line)}".rstrip() for line in usage)


def as_json(catalogue: Iterable[Listed]) -> str:
    """The sentences as JSON, an object for each; docs/sentences.md explains the keys."""
    records = [
        {
            "kind": sentence.kind,
            "sentence": sentence.example,
            "pattern": sentence.pattern,
            "meaning": sentence.meaning,
            "example": sentence.usage,
            "subject": _subject_of(sentence),
            "file": sentence.file,
            "line": sentence.line,
            "seen_from": sentence.seen_from,
            "own": sentence.is_of_the_project,
        }
        for sentence in catalogue
    ]
    return json.dumps({"version": 1, "sentences": records}, indent=2)


def write_tables(path: Path, sentences: Sequence[Listed]) -> str:
    """Update the tables of a file; returns a line for the user.

    Raises ConfigurationError where the file has no place for a table, or a place that no sentence fits.
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

    names = [f"{sentence.module}.{getattr(sentence.definition.function, '__name__', '')}" for sentence in sentences]

    def table(found: re.Match[str]) -> str:
        patterns = found["names"].split()
        rows = [
            sentence
            for sentence, name in zip(sentences, names, strict=True)
            if any(fnmatchcase(name, pattern) for pattern in patterns)
        ]
        if not rows:
            raise ConfigurationError(f"{shown_as}: there is no sentence {found['names']}.")
        return found["start"] + "".join(f"{line}\n" for line in _table(rows)) + found["end"]

    parts = _FENCED.split(text)  # at odd places the blocks of code, which are examples
    return "".join(part if place % 2 else _BLOCK.sub(table, part) for place, part in enumerate(parts))


def _table(sentences: Sequence[Listed]) -> Iterator[str]:
    """A row for each function: its kinds, its sentences, their meaning and how they may continue."""
    yield "\n| kind | sentence | meaning |"
    yield "|---|---|---|"
    for _, group in itertools.groupby(sentences, lambda sentence: (sentence.file, sentence.line)):
        same = list(group)
        used = {sentence.kind for sentence in same}
        kinds = ", ".join(kind for kind in ("Given", "When", "Then", "any") if kind in used)
        shown = "<br>".join(dict.fromkeys(_code(sentence.example) for sentence in same))
        meaning = " ".join(filter(None, [_prose(same[0].meaning), _continuations(same[0].pattern)]))
        yield f"| {kinds} | {shown} | {meaning} |"
    yield ""


def _continuations(pattern: str) -> str:
    """How a sentence may continue: the parts of its pattern in brackets."""
    parts = re.findall(r"\[([^\[\]]*)(\[[^\[\]]*\])?\]", pattern.replace("[ within {within:span}]", ""))
    shown = [
        _code(_filled(outer)) + (f", and then {_code(_filled(inner[1:-1]))}" if inner else "") for outer, inner in parts
    ]
    return f"May go on with {', '.join(shown)}." if shown else ""


def _filled(part: str) -> str:
    return _SLOT.sub(lambda slot: '"…"' if slot[1] == "text" else "…", part)


def _code(text: str) -> str:
    shown = _in_a_cell(text)
    return f"`` {shown} ``" if "`" in text else f"`{shown}`"


def _prose(text: str) -> str:
    """A docstring's text, escaped for Markdown and HTML outside of its code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(_in_a_cell(part if part.startswith("`") else re.sub(r"([<\[*_])", r"\\\1", part)) for part in parts)


def _in_a_cell(text: str) -> str:
    return text.replace("|", "\\|")
