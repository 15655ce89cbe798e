"""JSON as it is written in a feature: documents, literals in a sentence, table cells, and the `{{names}}` in them."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NoReturn, TypeAlias

from asgherkin.errors import SentenceError
from asgherkin.matching.matchers import escape, parse_matcher
from asgherkin.matching.values import show, to_json, type_name

Lookup: TypeAlias = Callable[[str], object]
"""Returns the value of a name; raises a SentenceError for a name that is not known."""

NAME: Final = re.compile(r"\{\{\s*([\w.\-]+)\s*\}\}")
# A string ends with its line at the latest, so that a missing quote does not swallow the rest.
_STRING_OR_NAME: Final = re.compile(rf'"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|{NAME.pattern}')
# A text like "#…" or "\\#…", with the backslashes doubled as inside a JSON string.
_LIKE_A_MATCHER: Final = r'"(?:\\\\)*#'
_JSON_TYPES: Final = frozenset({"boolean", "integer", "number", "null", "array", "object"})

_OTHER_SPELLINGS: Final = {
    "True": "true",
    "False": "false",
    "None": "null",
    "nil": "null",
    "NULL": "null",
    "TRUE": "true",
    "FALSE": "false",
    "undefined": "null",
}
_FIRST_OF_JSON: Final = frozenset('"[{-0123456789tfn')


# Remembered values in a text or in JSON


def fill_text(text: str, lookup: Lookup) -> str:
    """Put values in place of their names: texts as they are, other values as JSON.

    Values are not searched for names again.
    """
    return NAME.sub(lambda found: as_text(lookup(found[1])), text)


def fill_json(text: str, lookup: Lookup, *, expected: bool = False) -> str:
    r"""Put values in place of their names: as JSON, or as escaped text inside a string.

    Args:
        text: JSON, or any text; names in a text that is no JSON are filled as if it were.
        lookup: finds a name's value.
        expected: the result may hold matchers. A value that starts with `#` is then inserted as `\#…`,
            since a remembered value is never a matcher.
    """
    if "{{" not in text:
        return text

    def fill(found: re.Match[str]) -> str:
        if found[1] is None:
            return _fill_string(found[0], lookup, expected=expected)
        value = lookup(found[1])
        return to_json(escape(value) if expected else value)

    return _STRING_OR_NAME.sub(fill, text)


def as_text(value: object) -> str:
    """Return a value as it is written inside a text."""
    if isinstance(value, str):
        return value
    return to_json(value) if type_name(value) in _JSON_TYPES else str(value)


def _fill_string(string: str, lookup: Lookup, *, expected: bool) -> str:
    if "{{" not in string:
        return string
    filled = NAME.sub(lambda found: json.dumps(as_text(lookup(found[1])), ensure_ascii=False)[1:-1], string)
    if expected and NAME.match(string, 1) and re.match(_LIKE_A_MATCHER, filled):
        return f'"\\\\{filled[1:]}'
    return filled


# Reading


def parse_document(text: str, lookup: Lookup | None = None, *, expected: bool = False) -> object:
    """Read a JSON document, with the values of its `{{names}}`.

    Args:
        text: the document; a repeated key in an object, NaN and Infinity are errors.
        lookup: finds the value of a name; without it, names are left alone.
        expected: the document may hold matchers; see `fill_json`.

    Raises:
        SentenceError: it is not JSON; the text shows the line and the place in it.
    """
    filled = text if lookup is None else fill_json(text, lookup, expected=expected)
    try:
        return _decode(filled)
    except _Flaw as flaw:
        raise SentenceError(_not_valid(filled, flaw)) from None


def parse_literal(text: str, lookup: Lookup | None = None, *, expected: bool = False) -> object:
    """Read a JSON value written in a sentence, such as `9` or `"9"`; a matcher needs no quotes there.

    Args and errors are those of `parse_document`.
    """
    filled = text if lookup is None else fill_json(text, lookup, expected=expected)
    try:
        return _decode(filled)
    except _Flaw as flaw:
        if parse_matcher(filled) is not None:
            return filled
        raise SentenceError(_no_literal(filled.strip(), flaw)) from None


def parse_cell(text: str, lookup: Lookup | None = None, *, expected: bool = False) -> object:
    """Read a table's cell: as JSON where it is valid JSON, else as a text.

    A cell that is a `{{name}}` and nothing else is that name's value, of its own type.
    """
    if lookup is not None and (name := NAME.fullmatch(text)):
        value = lookup(name[1])
        return escape(value) if expected else value
    filled = text if lookup is None else fill_json(text, lookup, expected=expected)
    if filled[:1] in _FIRST_OF_JSON:
        with suppress(_Flaw):
            return _decode(filled)
    filled = text if lookup is None else fill_text(text, lookup)
    # A text that begins with the value of a name is never a matcher.
    return escape(filled) if expected and NAME.match(text) else filled


def _decode(text: str) -> object:
    if depth(text) > _DEEPEST:
        raise _Flaw(f"more than {_DEEPEST} arrays and objects in one another")
    try:
        value: object = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise _Flaw(_reason(error.msg), error.pos) from None
    except ValueError:
        raise find_flaw(text) from None
    return value


def _object_without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key twice")
    return result


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError("too large")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_decoder: Final = json.JSONDecoder(
    object_pairs_hook=_object_without_doubles, parse_float=_finite, parse_constant=_refuse
)


def _reason(message: str) -> str:
    if message == "Extra data":
        return "nothing may follow the value"
    message = message.removesuffix(" at").removesuffix(" starting").rstrip(": ")
    return message[0].lower() + message[1:]


def _not_valid(text: str, flaw: _Flaw) -> str:
    if not text.strip():
        return 'The JSON is empty. Write a value, for example {"name": "Ann"}.'
    if flaw.position is None:
        return f"The JSON is not valid: {flaw.reason}."
    line = text.count("\n", 0, flaw.position) + 1
    start = text.rfind("\n", 0, flaw.position) + 1
    column = flaw.position - start
    shown, caret = _around(text[start:].partition("\n")[0], column)
    return f"The JSON is not valid at line {line}, column {column + 1}: {flaw.reason}.\n{shown}\n{' ' * caret}^"


def _around(line: str, column: int) -> tuple[str, int]:
    """Return the part of a line around a column, and where in the part that column is."""
    start = max(0, column - 60) if len(line) > 120 else 0
    part = "".join(character if character.isprintable() else " " for character in line[start : start + 120])
    return f"  {'…' if start else ''}{part}", column - start + (3 if start else 2)


def _no_literal(text: str, flaw: _Flaw) -> str:
    others = "a number, true, false, null, [..] or {..}"
    if not text:
        return f'The value is missing. Write "" for an empty text, or {others}.'
    shown = text if len(text) <= 80 and text.isprintable() else show(text, limit=80)
    if text in _OTHER_SPELLINGS:
        return f'{shown} is not a JSON value. Write {_OTHER_SPELLINGS[text]}, or "{text}" for a text.'
    if text[0] in '"[{':
        where = "" if flaw.position is None else f" at column {flaw.position + 1}"
        return f"{shown} is not a JSON value: {flaw.reason}{where}."
    quoted = show(text.strip("'"), limit=80)
    return f"{shown} is not a JSON value. Write {quoted} for a text, or {others}."


# Errors that Python's parser reports without a position

_DEEPEST: Final = 100
"""How many arrays and objects may stand in one another: more than any feature needs, fewer than would exhaust
Python's stack while two documents are compared."""

_NUMBER: Final = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_PART: Final = rf'(?s)"[^"\\]*(?:\\.[^"\\]*)*"|[][{{}}:,]|NaN|-?Infinity|{_NUMBER}|[a-z]+|\S'


class _Flaw(ValueError):  # noqa: N818 - a finding, from which a SentenceError is made
    """Why a text is not JSON, and at which of its characters."""

    def __init__(self, reason: str, position: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


def depth(text: str) -> int:
    """Return how deep arrays and objects are nested in JSON, or any number up to `_DEEPEST`."""
    # Nearly every document has fewer brackets than that in all.
    deepest = text.count("[") + text.count("{")
    if deepest <= _DEEPEST:
        return deepest
    deepest = level = 0
    for part in re.finditer(_PART, text):
        level += (part[0] in "[{") - (part[0] in "]}")
        deepest = max(deepest, level)
    return deepest


def find_flaw(text: str) -> _Flaw:
    """Find the first repeated key or invalid value in a text that has one."""
    keys: list[set[str]] = []
    last = ("", 0)
    for found in re.finditer(_PART, text):
        part = found[0]
        if part in "{[":
            keys.append(set())
        elif part in "}]":
            keys.pop()
        elif part == ":":
            key = json.loads(last[0], strict=False)
            if key in keys[-1]:
                return _Flaw(f"the key {last[0]} is there twice", last[1])
            keys[-1].add(key)
        elif reason := _wrong_value(part):
            return _Flaw(reason, found.start())
        last = (part, found.start())
    return _Flaw("a value in it cannot be read")


def _wrong_value(part: str) -> str | None:
    if part in ("NaN", "Infinity", "-Infinity"):
        return f"{part} is not JSON"
    if not re.fullmatch(_NUMBER, part):
        return None
    digits = part.lstrip("-")
    if digits.isdigit() and 0 < sys.get_int_max_str_digits() < len(digits):
        return f"a number of {len(digits)} digits is too long"
    return "the number is too large" if not digits.isdigit() and math.isinf(float(part)) else None
