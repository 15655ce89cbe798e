"""JSONPath (RFC 9535): the value, or the values, at a path of a document."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from asgherkin.errors import SentenceError
from asgherkin.matching.values import ABSENT, Nodes, show

if TYPE_CHECKING:
    from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError

_Steps: TypeAlias = tuple[str | int, ...]

# The paths that most sentences use. They need no library, whose import takes 0.16 s: 8 % of a run of 400 scenarios.
_STEP: Final = r"""\.([A-Za-z_][A-Za-z0-9_]*)|\[(0|-?[1-9][0-9]{0,14})\]|\['([^'\\\x00-\x1f\ud800-\udfff]*)'\]"""
_SIMPLE: Final = rf"\$(?:{_STEP})*"


def find(path: str, document: object) -> object:
    """Find the value or the values at a path in a document.

    Returns:
        For a path to one place, such as `$.items[0].name`: the value there, or `ABSENT`.
        For any other, such as `$..name`: the values, which may be none, as `Nodes`.

    Raises:
        SentenceError: the path is not valid.
    """
    query = _compile(path)
    if isinstance(query, tuple):
        return _walk(query, document)
    from jsonpath import JSONPathError  # heavy, and needed by few scenarios

    try:
        # Nothing lies below a text or a number, and the library would parse a text as JSON.
        found = Nodes(query.findall(document) if isinstance(document, dict | list) else ())
    except (RecursionError, JSONPathError):
        raise SentenceError(f"{show(path)} cannot be looked up: the document is nested too deeply.") from None
    if query.singular_query():
        return found[0] if found else ABSENT
    return found


def _walk(steps: _Steps, value: object) -> object:
    for step in steps:
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return ABSENT
            value = value[step]
        else:
            if not isinstance(value, list) or not -len(value) <= step < len(value):
                return ABSENT
            value = value[step]
    return value


@lru_cache(maxsize=1024)
def _compile(path: str) -> _Steps | JSONPath:
    if re.fullmatch(_SIMPLE, path):
        return tuple(int(index) if index else name or quoted for name, index, quoted in re.findall(_STEP, path))
    from jsonpath import JSONPath, JSONPathError  # heavy, and needed by few scenarios

    try:
        compiled = _environment().compile(path)
    except RecursionError:
        reason = "it is nested too deeply"
    except JSONPathError as error:
        reason = _reason(error)
    except (ValueError, OverflowError):
        reason = "a number in it is too large"
    else:
        assert isinstance(compiled, JSONPath), "in strict mode paths cannot be combined"
        return compiled
    raise SentenceError(f"{show(path)} is not a valid JSONPath (RFC 9535): {reason}. For example: $.items[0].name")


@lru_cache(maxsize=1)
def _environment() -> JSONPathEnvironment:
    from jsonpath import JSONPathEnvironment  # heavy, and needed by few scenarios

    class Environment(JSONPathEnvironment):
        max_recursion_depth = 300

        def getitem(self, obj: object, key: object) -> object:
            # RFC 9535 slices arrays only; the library would slice texts too.
            return "" if isinstance(obj, str) else super().getitem(obj, key)

    return Environment(strict=True)


def _reason(error: JSONPathError) -> str:
    """Return the library's reason without its internal names, and the place in the path."""
    message = str(error.message).partition(" at index")[0]
    value, index = (error.token.value, error.token.index) if error.token else ("", -1)
    where = "at the end" if index < 0 else f"at character {index + 1}"
    if message.startswith("expected 'TOKEN_ROOT'"):
        return "it must start with $"
    if message == "expected a shorthand selector":
        return f"expected a name after the dot {where}"
    if message.startswith("unexpected end"):
        return f"something is missing {where}"
    if "TOKEN_" in message:
        return f"unexpected token {value!r} {where}"
    return f"{message} {where}"
