"""What to say about a step that no definition fits: the nearest sentences, and a stub to paste."""

from __future__ import annotations

import difflib
import functools
import keyword
import re
from typing import TYPE_CHECKING

from pytest_bdd import parsers

from asgherkin.gherkin.rewording import reworded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asgherkin.gherkin.definitions import Definition, Index

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"(?<![\w.])\d+(?![\w.])"
_IMPORTED = ("given", "when", "then", "parsers")
_SLOT = r"\{[^}]*\}|\(\?P<[^)]*\)"


def undefined(kind: str, text: str, index: Index) -> str:
    """The whole message for a step without a definition."""
    right = instead(kind, text, index)
    parts = [f"No sentence fits this {kind.capitalize()} step.", *(right or _nearest(kind, text, index))]
    if not right:
        parts += ["To write it yourself, put this into conftest.py:", "", indented(stub(kind, text))]
    return "\n".join(parts)


def hints(kind: str, text: str, index: Index) -> list[str]:
    """What to write instead of a step without a definition: what is right but for little, or the nearest sentences."""
    return instead(kind, text, index) or _nearest(kind, text, index)


def _nearest(kind: str, text: str, index: Index) -> list[str]:
    near = nearest(text, index.definitions)
    lines = [f"  {(one.kind or kind).capitalize()} {one.example}" for one in near]
    return ["The nearest sentences:", *lines, *_plain_braces(text, near)] if lines else []


def _plain_braces(text: str, near: Iterable[Definition]) -> Iterator[str]:
    """What to say of sentences with slots that are no slots, since nothing parses them."""
    for one in near:
        if type(one.parser) is parsers.string and "{" in one.pattern and parsers.parse(one.pattern).is_matching(text):
            yield f"The {{…}} of {one.location} is plain text: write parsers.parse({_literal(one.pattern)}) for a slot."


def instead(kind: str, text: str, index: Index) -> list[str]:
    """What to say of a step that is a sentence but for its keyword, its quotes or the like; nothing where it is none.

    No stub is wanted for it.
    """
    elsewhere = of_another_kind(text, index)
    right = None if elsewhere else reworded(kind, text, index)
    if right is None:
        return elsewhere
    return [
        f"This fits: {kind.capitalize()} {right}",
        "Quotes, capital letters, spaces and the sign at its end count.",
    ]


def of_another_kind(text: str, index: Index) -> list[str]:
    """What to say of a step whose text is a sentence under another keyword; nothing where it is none."""
    kinds = sorted({one.kind.capitalize() for one in index.fitting(text) if one.kind})
    return [f"The same text is a {' and a '.join(kinds)} sentence: check the keyword."] if kinds else []


def nearest(text: str, definitions: Iterable[Definition], most: int = 3, least: float = 0.5) -> list[Definition]:
    """The definitions whose sentence reads most like `text`, nearest first; none less alike than `least`."""
    wanted = _shape(text)
    rated = ((_likeness(wanted, _shape(one.example), least), one) for one in definitions)
    close = sorted(((ratio, one) for ratio, one in rated if ratio > least), key=lambda pair: -pair[0])
    unique: dict[str, Definition] = {}
    for _, one in close:
        unique.setdefault(one.example, one)
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


def stub(kind: str, text: str, names: set[str] | None = None) -> str:
    """A step definition to paste, with a slot for each quoted text and each whole number.

    Its function's name is none of `names`, and is added to them.
    """
    parameters: list[str] = []

    def slot(name: str, annotation: str, written: str) -> str:
        count = sum(one.startswith(name) for one in parameters)
        unique = f"{name}_{count + 1}" if count else name
        parameters.append(f"{unique}: {annotation}")
        return written.replace("NAME", unique)

    pattern = text.replace("{", "{{").replace("}", "}}")
    # A slot never holds an empty text.
    pattern = re.sub(_QUOTED, lambda it: it[0] if it[0] == '""' else slot("text", "str", '"{NAME}"'), pattern)
    pattern = re.sub(_NUMBER, lambda _: slot("number", "int", "{NAME:d}"), pattern)
    name = _function_name(text, names if names is not None else set())
    literal = _literal(pattern if parameters else text)
    decorator = f"@{kind}(parsers.parse({literal}))" if parameters else f"@{kind}({literal})"
    imports = [f"from asgherkin import {kind}"] + (["from pytest_bdd import parsers"] if parameters else [])
    body = [decorator, f"def {name}({', '.join(parameters)}) -> None:", "    raise NotImplementedError"]
    return "\n".join([*imports, "", "", *body])


def stubs(steps: Iterable[tuple[str, str]]) -> str:
    """One block of code with a definition for each step, by its kind and its text."""
    imports: set[str] = set()
    names: set[str] = set()
    bodies: dict[str, str] = {}
    for kind, text in steps:
        alone = stub(kind, text).split("\n\n\n", 1)[1]
        if alone in bodies:  # "it is 1" and "it is 2": two of the same sentence would be ambiguous
            continue
        head, bodies[alone] = stub(kind, text, names).split("\n\n\n", 1)
        imports.update(head.splitlines())
    kinds = sorted(line.rsplit(" ", 1)[1] for line in imports if line.startswith("from asgherkin"))
    parsers = sorted(one for one in imports if "pytest_bdd" in one)
    heads = [f"from asgherkin import {', '.join(kinds)}", *parsers]
    return "\n\n\n".join(["\n".join(heads), *bodies.values()])


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
