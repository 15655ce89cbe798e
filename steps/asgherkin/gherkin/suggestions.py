"""What to say about a step that no definition fits: the nearest sentences, and a stub to paste."""

from __future__ import annotations

import difflib
import keyword
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asgherkin.gherkin.definitions import Definition, Index

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"(?<![\w.])\d+(?![\w.])"
_IMPORTED = ("given", "when", "then", "parsers")
_SLOT = r"\{[^}]*\}|\(\?P<[^)]*\)"


def undefined(kind: str, text: str, index: Index) -> str:
    """The whole message for a step without a definition."""
    parts = [f"No sentence fits this {kind.capitalize()} step."]
    elsewhere = _of_another_kind(text, index)
    if elsewhere:
        return "\n".join([*parts, *elsewhere])
    near = nearest(text, index.definitions)
    if near:
        parts.append("The nearest sentences:")
        parts += [f"  {(one.kind or kind).capitalize()} {one.example}" for one in near]
    parts += ["To write it yourself, put this into conftest.py:", "", indented(stub(kind, text))]
    return "\n".join(parts)


def _of_another_kind(text: str, index: Index) -> list[str]:
    kinds = sorted({one.kind.capitalize() for one in index.fitting(text) if one.kind})
    return [f"The same text is a {' and a '.join(kinds)} sentence: check the keyword."] if kinds else []


def nearest(text: str, definitions: Iterable[Definition], most: int = 3, least: float = 0.5) -> list[Definition]:
    """The definitions whose sentence reads most like `text`, nearest first; none less alike than `least`."""
    wanted = _shape(text)
    rated = ((difflib.SequenceMatcher(None, wanted, _shape(one.example)).ratio(), one) for one in definitions)
    close = sorted(((ratio, one) for ratio, one in rated if ratio > least), key=lambda pair: -pair[0])
    unique: dict[str, Definition] = {}
    for _, one in close:
        unique.setdefault(one.example, one)
    return list(unique.values())[:most]


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
