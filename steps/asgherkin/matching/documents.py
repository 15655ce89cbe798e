"""JSON as it is written in a feature: documents, literals in a sentence, table cells."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final, NoReturn

from asgherkin.errors import SentenceError
from asgherkin.matching.flaws import DEEPEST, Flaw, depth, find_flaw
from asgherkin.matching.matchers import escape, parse_matcher
from asgherkin.matching.text import NAME, fill_json, fill_text
from asgherkin.matching.values import show

if TYPE_CHECKING:
    from asgherkin.matching.text import Lookup

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


def parse_document(text: str, lookup: Lookup | None = None, *, expected: bool = False) -> object:
    """Read a JSON document, with the values of its `{{names}}`.

    Args:
        text: the document; a key twice in one object, NaN and Infinity are errors.
        lookup: finds the value of a name; without it names are not looked for.
        expected: the document may hold matchers; see `fill_json`.

    Raises:
        SentenceError: it is not JSON; the text shows the line and the place in it.
    """
    filled = text if lookup is None else fill_json(text, lookup, expected=expected)
    try:
        return _decode(filled)
    except Flaw as flaw:
        raise SentenceError(_not_valid(filled, flaw)) from None


def parse_literal(text: str, lookup: Lookup | None = None, *, expected: bool = False) -> object:
    """Read a JSON value written in a sentence, such as `9` or `"9"`; a matcher needs no quotes there.

    Args and errors are those of `parse_document`.
    """
    filled = text if lookup is None else fill_json(text, lookup, expected=expected)
    try:
        return _decode(filled)
    except Flaw as flaw:
        if parse_matcher(filled) is not None:
            return filled
        raise SentenceError(_no_literal(filled.strip(), flaw)) from None


def parse_cell(text: str, lookup: Lookup | None = None, *, expected: bool = False) -> object:
    """Read a table's cell: a JSON value where it is one, and a text where it is not.

    A cell that is one `{{name}}` and no more is that name's value, of its own type.
    """
    if lookup is not None and "{{" in text:
        if name := NAME.fullmatch(text):
            value = lookup(name[1])
            return escape(value) if expected else value
        filled = fill_json(text, lookup, expected=expected)
    else:
        filled = text
    if filled[:1] in _FIRST_OF_JSON:
        try:
            return _decode(filled)
        except Flaw:
            pass
    return text if lookup is None else _fill_cell(text, lookup, expected=expected)


def _fill_cell(text: str, lookup: Lookup, *, expected: bool) -> str:
    filled = fill_text(text, lookup)
    return str(escape(filled)) if expected and NAME.match(text) else filled


def _decode(text: str) -> object:
    if depth(text) > DEEPEST:
        raise Flaw(f"more than {DEEPEST} arrays and objects in one another")
    try:
        value: object = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise Flaw(_reason(error.msg), error.pos) from None
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


def _not_valid(text: str, flaw: Flaw) -> str:
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


def _no_literal(text: str, flaw: Flaw) -> str:
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
