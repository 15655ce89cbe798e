"""`{{name}}`: remembered values in a text or in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from asgherkin.matching.matchers import escape
from asgherkin.matching.values import to_json, type_name

Lookup: TypeAlias = Callable[[str], object]
"""Returns the value of a name; raises a SentenceError for a name that is not known."""

NAME: Final = re.compile(r"\{\{\s*([\w.\-]+)\s*\}\}")
# A string ends with its line at the latest, so that a missing quote does not swallow the rest.
_STRING_OR_NAME: Final = re.compile(rf'"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|{NAME.pattern}')
# Both with the backslashes doubled, as they are inside a JSON string: "#..." and "\\#...".
_LIKE_A_MATCHER: Final = r'"(?:\\\\)*#'
_JSON_TYPES: Final = frozenset({"boolean", "integer", "number", "null", "array", "object"})


def fill_text(text: str, lookup: Lookup) -> str:
    """Put values in place of their names: texts as they are, other values as JSON.

    Values are not searched for names again.
    """
    if "{{" not in text:
        return text
    return NAME.sub(lambda found: as_text(lookup(found[1])), text)


def fill_json(text: str, lookup: Lookup, *, expected: bool = False) -> str:
    r"""Put values in place of their names: as JSON, or as escaped text inside a string.

    Args:
        text: JSON; anything else is filled too, as far as it looks like JSON.
        lookup: finds a name's value.
        expected: the result may hold matchers. A value that starts with `#` is then inserted as `\#…`,
            as it never is a matcher.
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
    """Return a value as it stands inside a text."""
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
