"""What to say of a step that no definition fits, or several: corrections, the nearest sentences, a stub to paste."""

from __future__ import annotations

import difflib
import functools
import itertools
import keyword
import re
from typing import TYPE_CHECKING

from pytest_bdd import parsers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asgherkin.gherkin.definitions import Definition, Index

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"(?<![\w.])\d+(?![\w.])"
_IMPORTED = ("given", "when", "then", "parsers")
_SLOT = r"\{[^}]*\}|\(\?P<[^)]*\)"
# Straight single quotes around words, curly double ones (201c to 201f), curly single ones, angles, backquotes.
_OTHER_QUOTES = re.compile(
    r"""(?<!\w)'([^'"]*)'(?!\w)|[\u201c-\u201f]([^"\u201c-\u201f]*)[\u201c-\u201f]"""
    r"""|\u2018([^"\u2018\u2019]*)\u2019|«([^«»"]*)»|`([^`"]*)`"""
)
_SPACES = re.compile(rf"({_QUOTED})|\s+")
_PARTS = re.compile(rf"{_QUOTED}|\S+")
_SIGNS = ".,;:!"
_MOST_PARTS = 16


@functools.lru_cache(maxsize=256)  # a step that is missing is often missing in many scenarios
def undefined(kind: str, text: str, index: Index) -> tuple[str, str]:
    """The message for a step without a definition, and the definition to start from; "" where none is needed."""
    corrected = corrections(kind, text, index)
    parts = [f"No sentence fits this {kind.capitalize()} step.", *(corrected or _nearest_sentences(kind, text, index))]
    stub = f"To write it yourself, put this into conftest.py:\n\n{indented(stubs([(kind, text)]))}"
    return "\n".join(parts), "" if corrected else stub


def ambiguous(fitting: Sequence[Definition]) -> str:
    """The whole message for a step that several definitions fit."""
    lines = [f"{len(fitting)} step definitions fit this step equally well:"]
    lines += sorted(f"  {found.location}: {found.kind or 'step'} {found.pattern}" for found in fitting)
    lines.append("Change the text of one, or move one nearer to the feature: the nearest conftest.py wins.")
    return "\n".join(lines)


def hints(kind: str, text: str, index: Index) -> list[str]:
    """What to write in place of a step without a definition: corrections, or else the nearest sentences."""
    return corrections(kind, text, index) or _nearest_sentences(kind, text, index)


def corrections(kind: str, text: str, index: Index) -> list[str]:
    """What to say of a step that is a sentence but for its keyword, its quotes or the like; nothing where it is none.

    Such a step needs no stub.
    """
    elsewhere = of_another_kind(text, index)
    if elsewhere:
        return elsewhere
    for reworded in _rewordings(text):
        if reworded != text and _fits(kind, reworded, index):
            fits = f"This fits: {kind.capitalize()} {reworded}"
            return [fits, "Quotes, capital letters, spaces and the sign at its end count."]
    return []


def of_another_kind(text: str, index: Index) -> list[str]:
    """What to say of a step whose text is a sentence under another keyword; nothing where it is none."""
    kinds = sorted({definition.kind.capitalize() for definition in index.fitting(text) if definition.kind})
    return [f"The same text is a {' and a '.join(kinds)} sentence: check the keyword."] if kinds else []


# The nearest sentences


def _nearest_sentences(kind: str, text: str, index: Index) -> list[str]:
    near = nearest(text, index.definitions)
    if not near:
        return []
    # Nothing parses the slots of a sentence that is given as plain text.
    plain = [
        f"The {{…}} of {found.location} is plain text: write parsers.parse({_literal(found.pattern)}) for a slot."
        for found in near
        if type(found.parser) is parsers.string and "{" in found.pattern
        if parsers.parse(found.pattern).is_matching(text)
    ]
    shown = [f"  {(found.kind or kind).capitalize()} {found.example}" for found in near]
    return ["The nearest sentences:", *shown, *plain]


def nearest(text: str, definitions: Iterable[Definition], most: int = 3, least: float = 0.5) -> list[Definition]:
    """The definitions whose sentence reads most like `text`, nearest first; none less alike than `least`."""
    wanted = _shape(text)
    rated = [(_likeness(wanted, _shape(definition.example), least), definition) for definition in definitions]
    unique: dict[str, Definition] = {}
    for ratio, definition in sorted(rated, key=lambda pair: -pair[0]):
        if ratio > least:
            unique.setdefault(definition.example, definition)
    return list(unique.values())[:most]


def _likeness(wanted: str, other: str, least: float) -> float:
    """How alike two texts are, from 0 to 1; 0 where a quick look shows that it is `least` at most."""
    compared = difflib.SequenceMatcher(None, wanted, other)
    if compared.real_quick_ratio() <= least or compared.quick_ratio() <= least:
        return 0
    return compared.ratio()


@functools.lru_cache(maxsize=4096)
def _shape(text: str) -> str:
    return re.sub(_SLOT, "…", re.sub(_NUMBER, "…", re.sub(_QUOTED, '"…"', text))).lower()


# A step that is a sentence but for its quotes, capital letters, spaces or the sign at its end


def _fits(kind: str, text: str, index: Index) -> bool:
    try:
        return any(definition.kind in (None, kind) for definition in index.fitting(text))
    except Exception:  # noqa: BLE001 - a project's own parser or converter, which was not asked about this text
        return False


def _rewordings(text: str) -> Iterator[str]:
    """Texts that the author may have meant, the likeliest first."""
    in_double_quotes = _OTHER_QUOTES.sub(lambda found: f'"{found[found.lastindex or 0]}"', text)
    tidy = _SPACES.sub(lambda found: found[1] or " ", in_double_quotes).strip()
    plain = tidy.rstrip(_SIGNS)
    ends = dict.fromkeys([tidy, plain, f"{plain}:"])
    yield from ends
    for end in ends:
        parts = _PARTS.findall(end)
        if len(parts) <= _MOST_PARTS:
            yield from _with_words_changed(parts)


def _with_words_changed(parts: list[str]) -> Iterator[str]:
    """One word in quotes or with other capitals, then two in quotes, then several as one text in quotes."""
    words = [position for position, part in enumerate(parts) if '"' not in part]
    for at in words:
        word = parts[at]
        for changed in (f'"{word}"', word.upper(), word[:1].lower() + word[1:], word[:1].upper() + word[1:]):
            yield _joined(parts, {at: changed})
    for first, second in itertools.combinations(words, 2):
        yield _joined(parts, {first: f'"{parts[first]}"', second: f'"{parts[second]}"'})
    for first, last in itertools.combinations(words, 2):
        if not any('"' in part for part in parts[first:last]):
            yield " ".join([*parts[:first], f'"{" ".join(parts[first : last + 1])}"', *parts[last + 1 :]])


def _joined(parts: Iterable[str], changed: dict[int, str]) -> str:
    return " ".join(changed.get(position, part) for position, part in enumerate(parts))


# Stubs to paste


def stubs(steps: Iterable[tuple[str, str]]) -> str:
    """One block of code with a definition for each step, by its kind and its text.

    Each quoted text and each whole number becomes a slot. No two functions have the same name.
    """
    names: set[str] = set()
    functions: dict[tuple[str, str], str] = {}
    for kind, text in steps:
        pattern, parameters = _pattern_of(text)
        if (kind, pattern) in functions:  # "it is 1" and "it is 2": two of the same sentence would be ambiguous
            continue
        matcher = f"parsers.parse({_literal(pattern)})" if parameters else _literal(text)
        name = _function_name(text, names)
        signature = f"def {name}({', '.join(parameters)}) -> None:"
        functions[kind, pattern] = f"@{kind}({matcher})\n{signature}\n    raise NotImplementedError"
    imports = f"from asgherkin import {', '.join(sorted({kind for kind, _ in functions}))}"
    if any("(parsers.parse(" in function for function in functions.values()):
        imports += "\nfrom pytest_bdd import parsers"
    return "\n\n\n".join([imports, *functions.values()])


def _pattern_of(text: str) -> tuple[str, list[str]]:
    """A step's text as a pattern of `parsers.parse`, and the parameters for its slots."""
    parameters: list[str] = []

    def slot(name: str, annotation: str, written: str) -> str:
        count = sum(parameter.startswith(name) for parameter in parameters)
        unique = f"{name}_{count + 1}" if count else name
        parameters.append(f"{unique}: {annotation}")
        return written.replace("NAME", unique)

    pattern = text.replace("{", "{{").replace("}", "}}")
    # A slot never holds an empty text.
    pattern = re.sub(_QUOTED, lambda it: it[0] if it[0] == '""' else slot("text", "str", '"{NAME}"'), pattern)
    pattern = re.sub(_NUMBER, lambda _: slot("number", "int", "{NAME:d}"), pattern)
    return pattern, parameters


def _literal(text: str) -> str:
    plain = "'" not in text and "\\" not in text
    return f"'{text}'" if plain and '"' in text else f'"{text}"' if plain else repr(text)


def _function_name(text: str, taken: set[str]) -> str:
    words = re.findall(r"[^\W\d_]+", re.sub(_QUOTED, "", text).lower())
    name = "_".join(words) or "step"
    while name in taken or name in _IMPORTED or keyword.iskeyword(name):
        name += "_"
    taken.add(name)
    return name


def indented(text: str) -> str:
    """Each line of a text four spaces further in."""
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))
