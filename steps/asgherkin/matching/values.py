"""JSON values: their types, and their display in messages."""

from __future__ import annotations

import json
import re
from typing import Final, TypeGuard, final

SHOWN: Final = 200
"""How many characters of a value a message shows."""


@final
class _Absent:
    """The type of `ABSENT`, which stands where there is no value (null is a value)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "absent"

    def __reduce__(self) -> str:
        # Copies and pickles stay the one ABSENT, which is compared by identity.
        return "ABSENT"


ABSENT: Final = _Absent()


class Nodes(list[object]):
    """The values at a JSONPath that may lead to any number of places."""

    __slots__ = ()


_NAMES: Final[dict[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    list: "array",
    tuple: "array",
    dict: "object",
    bytes: "bytes",
    _Absent: "absent",
}


def type_name(value: object) -> str:
    """Return JSON's name of a value's type; a boolean is never an integer."""
    name = _NAMES.get(type(value))
    return name or next((name for kind, name in _NAMES.items() if isinstance(value, kind)), type(value).__name__)


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether a value is a number, which a boolean is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


# Line breaks, control and direction characters would garble a message; half a surrogate pair cannot be printed.
_UNSHOWABLE: Final = r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


def to_json(value: object) -> str:
    """Return a value as JSON on one line; parts that JSON cannot hold are written as text."""
    return json.dumps(value, ensure_ascii=False, default=str)


def show(value: object, limit: int = SHOWN) -> str:
    """Return a value as JSON on one line of printable text, shortened to `limit` characters."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except TypeError:
        text = repr(value)
    except ValueError:
        text = f"{_article(type_name(value))} that JSON cannot hold"
    except RecursionError:
        text = f"{_article(type_name(value))} nested too deeply to show"
    if not text.isprintable():
        text = re.sub(_UNSHOWABLE, lambda found: f"\\u{ord(found[0]):04x}", text)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def typed(value: object) -> str:
    """Return a value with its type, as in `9 (integer)`; null and absent say theirs already."""
    if value is None or value is ABSENT:
        return show(value)
    return f"{show(value)} ({type_name(value)})"


def typed_pair(expected: object, actual: object) -> tuple[str, str]:
    """Return two differing values with their types; long texts are cut around the first difference."""
    pair = typed(expected), typed(actual)
    if not isinstance(expected, str) or not isinstance(actual, str) or min(map(len, pair)) <= SHOWN:
        return pair
    # One may be the start of the other, so the shorter one ends where they differ at the latest.
    both = enumerate(zip(expected, actual, strict=False))
    start = next((at for at, (a, b) in both if a != b), min(len(expected), len(actual))) - SHOWN // 4
    return (_excerpt(expected, start), _excerpt(actual, start)) if start > 0 else pair


def sentence_start(subject: str) -> str:
    """Return a subject such as `the response body` for the start of a sentence."""
    return subject[:1].upper() + subject[1:]


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


def _excerpt(text: str, start: int) -> str:
    part = text[start : start + SHOWN]
    end = "…" if start + SHOWN < len(text) else ""
    shown = show(part, limit=len(part) * 6 + 2)
    return f"…{shown}{end} (string of {len(text)} characters, from character {start + 1} on)"
