"""Where JSON breaks a rule that Python's parser has no position for."""

from __future__ import annotations

import json
import math
import re
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST: Final = 100
"""How many arrays and objects may stand in one another: more than any feature needs, fewer than would exhaust
Python's stack while two documents are compared."""

_NUMBER: Final = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_PART: Final = rf'(?s)"[^"\\]*(?:\\.[^"\\]*)*"|[][{{}}:,]|NaN|-?Infinity|{_NUMBER}|[a-z]+|\S'


class Flaw(ValueError):  # noqa: N818 - a finding, which documents.py turns into an error
    """What is wrong with a text that should be JSON, and at which of its characters."""

    def __init__(self, reason: str, position: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


def depth(text: str) -> int:
    """Return how deep arrays and objects are nested in JSON, or a number not over `DEEPEST`."""
    deepest = text.count("[") + text.count("{")
    if deepest <= DEEPEST:
        return deepest
    deepest = level = 0
    for part, _ in _parts(text):
        level += (part in "[{") - (part in "]}")
        deepest = max(deepest, level)
    return deepest


def find_flaw(text: str) -> Flaw:
    """Find the first key that is twice in an object, or value that is no JSON, in a text which has one."""
    keys: list[set[str]] = []
    last = ("", 0)
    for part, position in _parts(text):
        if part in "{[":
            keys.append(set())
        elif part in "}]":
            keys.pop()
        elif part == ":":
            key = json.loads(last[0], strict=False)
            if key in keys[-1]:
                return Flaw(f"the key {last[0]} is there twice", last[1])
            keys[-1].add(key)
        elif reason := _wrong_value(part):
            return Flaw(reason, position)
        last = (part, position)
    return Flaw("a value in it cannot be read")


def _parts(text: str) -> Iterator[tuple[str, int]]:
    return ((found[0], found.start()) for found in re.finditer(_PART, text))


def _wrong_value(part: str) -> str | None:
    if part in ("NaN", "Infinity", "-Infinity"):
        return f"{part} is not JSON"
    if not re.fullmatch(_NUMBER, part):
        return None
    digits = part.lstrip("-")
    if digits.isdigit() and 0 < sys.get_int_max_str_digits() < len(digits):
        return f"a number of {len(digits)} digits is too long"
    return "the number is too large" if not digits.isdigit() and math.isinf(float(part)) else None
