"""Every sentence in force in a collected run: what it means, where it is defined, a step that uses it; the search."""

from __future__ import annotations

import difflib
import inspect
import math
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from asgherkin.gherkin.bdd import all_contexts
from asgherkin.gherkin.collect import ScenarioItem
from asgherkin.gherkin.definitions import Definition, index_of
from asgherkin.gherkin.document import fill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

    from asgherkin.gherkin.bdd import RankedContext
    from asgherkin.gherkin.document import StepSource

# A definition's kind, its pattern and its function's place.
Key: TypeAlias = tuple[str | None, str, str]

_KEYWORD = re.compile(r"^(given|when|then|and|but|\*)\s+", re.IGNORECASE)
_NEARLY = 0.8
# How much more a word counts in the sentence itself than in what it means; how near to the best one must come.
_IN_SENTENCE = 1.5
_GOOD = 0.6
_MOST = 10


class Listed(NamedTuple):
    """A sentence of the catalogue."""

    definition: Definition
    kind: str
    """Given, When, Then, or "any"."""
    pattern: str
    """The sentence as its decorator has it, its slots named."""
    example: str
    """A step's text that fits it: its author's, or the pattern where there is none."""
    meaning: str
    """The first paragraph of the function's docstring, in one line; "" where there is none."""
    file: str
    """The path of its source from the project's root; as it is where it lies outside."""
    line: int | None
    """The line of its function; None where the function is not written in Python."""
    module: str
    """The module of its function."""
    seen_from: str
    """The folder or test module that alone sees it; "" where all of the project does."""
    usage: str = ""
    """A step that uses it, with its keyword and its doc string or table; "" where there is none."""

    @property
    def is_own(self) -> bool:
        """Whether it is the project's or another package's, and not this toolkit's."""
        return not self.module.startswith("asgherkin.")

    @property
    def is_of_the_project(self) -> bool:
        """Whether it is the project's: its source lies below the project's root, and in no environment there."""
        return self.is_own and not Path(self.file).is_absolute() and "site-packages" not in Path(self.file).parts


def listed(session: pytest.Session) -> list[Listed]:
    """Every sentence of a collected run, in the order of the places where they are written.

    One that a conftest.py replaces with an equal one, so that no feature can reach it, is left out.
    """
    root = session.config.rootpath
    reachable: dict[tuple[str, str | None, str, int], RankedContext] = {}
    highest: dict[tuple[str, str | None, str], tuple[int, bool]] = {}
    for found in all_contexts(session):
        sentence = (found.seen_from, found.context.type, str(found.context.parser.name))
        highest[sentence] = max(found.rank, highest.get(sentence, found.rank))
        reachable[*sentence, id(found.context)] = found
    sentences = [
        _listed(Definition(found.context, found.rank, root), found.seen_from)
        for key, found in reachable.items()
        if found.rank == highest[key[:3]]
    ]
    return sorted(sentences, key=lambda it: (it.module, it.file, it.line or 0, it.kind, it.pattern))


def _listed(definition: Definition, seen_from: str) -> Listed:
    path, _, line = definition.location.rpartition(":")
    known = line.isdigit()
    function = inspect.unwrap(definition.function)
    docstring = inspect.cleandoc(getattr(function, "__doc__", None) or "")
    return Listed(
        definition=definition,
        kind=definition.kind.capitalize() if definition.kind else "any",
        pattern=str(getattr(definition.parser, "pattern", definition.pattern)),
        example=definition.example,
        meaning=" ".join(docstring.partition("\n\n")[0].split()),
        file=path if known else definition.location,
        line=int(line) if known else None,
        module=str(getattr(function, "__module__", "")),
        seen_from=seen_from,
    )


# Steps that use them


def key_of(definition: Definition) -> Key:
    """What a definition is known by."""
    return (definition.kind, definition.pattern, definition.location)


def of_the_project(session: pytest.Session) -> Mapping[Key, str]:
    """The first use of each definition in the feature files that were collected, by the definition's key."""
    found: dict[Key, str] = {}
    for item in session.items:
        if isinstance(item, ScenarioItem):
            index = index_of(item)
            for step, text in zip(item.source.steps, item.source.texts, strict=True):
                definitions = index.find(step.kind, text) if step.kind else ()
                if len(definitions) == 1:
                    found.setdefault(key_of(definitions[0]), written(step, item.source.values))
    return found


def written(step: StepSource, values: Mapping[str, str]) -> str:
    """A step as a feature has it, with English keywords and an outline's values put in."""
    lines = [f"{step.kind.capitalize()} {fill(step.text, values)}"]
    if step.doc_string is not None:
        quotes = "```" if '"""' in step.doc_string.content else '"""'
        content = fill(step.doc_string.content, values).split("\n")
        lines += [f"  {line}".rstrip() for line in (quotes + step.doc_string.media_type, *content, quotes)]
    if step.table is not None:
        rows = [[_cell(fill(cell, values)) for cell in row] for row in step.table.rows]
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        lines += ["  | " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")


# The search


def search(text: str, catalogue: Sequence[Listed]) -> list[Listed]:
    """The sentences that a text is about, best first; ten at most.

    First those that the text, as a step, fits. Then those with its words in their pattern, meaning or example: a rare
    word counts more than a frequent one, and a known word more than one that is nearly so.
    """
    step = _KEYWORD.sub("", text.strip())
    fitting = [sentence for sentence in catalogue if sentence.definition.parser.is_matching(step)]
    if fitting:
        return fitting[:_MOST]
    words = [_words(f"{it.pattern} {it.example} {it.meaning} {it.module}") for it in catalogue]
    counts = Counter(word for known in words for word in known)
    asked = _words(step)
    # Short words are in every other sentence, and distinguish none.
    wanted = [_known_words(word, counts) for word in {word for word in asked if len(word) > 2} or asked]

    def rate(sentence: Listed, known: set[str]) -> float:
        in_sentence = _words(sentence.example)
        found = [word for meant in wanted for word in meant & known]
        return sum(
            math.log(1 + len(words) / counts[word]) * (_IN_SENTENCE if word in in_sentence else 1) for word in found
        )

    rated = sorted(((rate(*pair), pair[0]) for pair in zip(catalogue, words, strict=True)), key=lambda it: -it[0])
    return [sentence for rate, sentence in rated[:_MOST] if rate and rate >= rated[0][0] * _GOOD]


def _words(text: str) -> set[str]:
    """The words of a text, without the endings of plurals and of verbs: sends and send are one word."""
    found = re.findall(r"[^\W_]+", text.lower())
    return {word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] not in "sui" else word for word in found}


def _known_words(word: str, known: Mapping[str, int]) -> set[str]:
    """The known words that a word may stand for: itself, else those it begins, else the nearest."""
    if word in known:
        return {word}
    begun = {longer for longer in known if len(word) > 2 and longer.startswith(word)}
    return begun or set(difflib.get_close_matches(word, sorted(known), 1, _NEARLY))


def most_alike(text: str, catalogue: Sequence[Listed], most: int = 3) -> list[Listed]:
    """The sentences that are written most like a text, whatever their words."""
    text = text.lower()

    def alike(sentence: Listed) -> float:
        return difflib.SequenceMatcher(None, sentence.example.lower(), text).ratio()

    return sorted(catalogue, key=alike, reverse=True)[:most]
