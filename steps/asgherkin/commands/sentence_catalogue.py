"""The whole catalogue: each sentence with an example of its use; as a text, as JSON, as tables in a Markdown file.

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
from asgherkin.commands import printable
from asgherkin.errors import ConfigurationError
from asgherkin.gherkin.catalogue import Listed, key_of, listed, of_the_project, written
from asgherkin.gherkin.document import parse

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
# Where a Markdown file wants a table: `names` are patterns for the modules and functions of sentences.
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
    order = list(subjects())

    def rank(sentence: Listed) -> tuple[int, int, str]:
        if sentence.is_own:
            return (1 + sentence.is_of_the_project, 0, sentence.file)
        return (0, order.index(sentence.module), "")

    return sorted(sentences, key=rank)


def _subject_of(sentence: Listed) -> str:
    """What a sentence is about: this toolkit's by their subject, the project's own by their file."""
    if not sentence.is_own:
        return subjects()[sentence.module]
    return sentence.file if sentence.is_of_the_project else sentence.module


@functools.cache
def of_the_toolkit() -> Mapping[tuple[str, str], str]:
    """The examples of this toolkit's sentences, by kind and by the text that a sentence has as its own example."""
    found: dict[tuple[str, str], str] = {}
    for feature in _features().values():
        for scenario in feature.scenarios:
            for step in scenario.steps:
                found.setdefault((step.kind, step.text), written(step, {}))
    return found


def subjects() -> Mapping[str, str]:
    """The names of this toolkit's subjects by their modules, in the order of the catalogue."""
    return {module: feature.heading.name for module, feature in _features().items()}


@functools.cache
def _features() -> Mapping[str, FeatureSource]:
    of_capabilities = (name for package in BUILT_IN for name in import_module(package).pytest_plugins)
    sentences = (name for name in of_capabilities if name.endswith("_sentences"))
    return {
        module: parse(example_file(module).read_text(encoding="utf-8"), module)
        for module in (*_FIRST, *sentences, *_LAST)
    }


def example_file(module: str) -> Traversable:
    """Where the examples of a module of sentences stand: `examples/database.feature` beside `database_sentences.py`."""
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
    """The sentences as JSON, one object each; docs/sentences.md says what the keys mean."""
    return json.dumps({"version": 1, "sentences": [_record(sentence) for sentence in catalogue]}, indent=2)


def _record(sentence: Listed) -> dict[str, object]:
    return {
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
        rows = [sentence for sentence in sentences if any(fnmatchcase(_name_of(sentence), name) for name in names)]
        if not rows:
            raise ConfigurationError(f"{shown_as}: there is no sentence {found['names']}.")
        return found["start"] + "".join(f"{line}\n" for line in _table(rows)) + found["end"]

    parts = _FENCED.split(text)  # the blocks of code at odd places: what stands there is an example
    return "".join(part if place % 2 else _BLOCK.sub(table, part) for place, part in enumerate(parts))


def _name_of(sentence: Listed) -> str:
    return f"{sentence.module}.{getattr(sentence.definition.function, '__name__', '')}"


def _table(sentences: Sequence[Listed]) -> Iterator[str]:
    """A row for each function: its kinds, its sentences in use, what they mean and what they may go on with."""
    yield "\n| kind | sentence | meaning |"
    yield "|---|---|---|"
    for _, group in itertools.groupby(sentences, lambda sentence: (sentence.file, sentence.line)):
        same = list(group)
        kinds = ", ".join(
            kind for kind in ("Given", "When", "Then", "any") if kind in {sentence.kind for sentence in same}
        )
        shown = "<br>".join(dict.fromkeys(_code(sentence.example) for sentence in same))
        yield f"| {kinds} | {shown} | {' '.join(filter(None, [_prose(same[0].meaning), _rest(same[0].pattern)]))} |"
    yield ""


def _rest(pattern: str) -> str:
    """What a sentence may go on with: what stands in brackets in its pattern."""
    parts = re.findall(r"\[([^\[\]]*)(\[[^\[\]]*\])?\]", pattern.replace("[ within {within:span}]", ""))
    parts_shown = [
        _code(_filled(outer)) + (f", and then {_code(_filled(inner[1:-1]))}" if inner else "") for outer, inner in parts
    ]
    return f"May go on with {', '.join(parts_shown)}." if parts_shown else ""


def _filled(part: str) -> str:
    return _SLOT.sub(lambda slot: '"…"' if slot[1] == "text" else "…", part)


def _code(text: str) -> str:
    shown = _in_a_cell(text)
    return f"`` {shown} ``" if "`" in text else f"`{shown}`"


def _prose(text: str) -> str:
    """A docstring's text, which may have code in it, without what Markdown or HTML would take for its own."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(_in_a_cell(part if part.startswith("`") else re.sub(r"([<\[*_])", r"\\\1", part)) for part in parts)


def _in_a_cell(text: str) -> str:
    return text.replace("|", "\\|")
