"""The ten comparators of the vocabulary, and the sentence with which each fails."""

from __future__ import annotations

import operator
import re
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.differences import contains, describe, differences, named, resolve, verify_contains
from asgherkin.matching.matchers import Matcher, check_pattern, unescape
from asgherkin.matching.values import ABSENT, Nodes, is_number, sentence_start, show, typed, typed_pair

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMERIC: Final = r"[ \t]*(?:([+-]?[0-9]{1,300})|[+-]?[0-9]{1,300}\.[0-9]{1,300})[ \t]*"


class Comparison(NamedTuple):
    """A comparator with its operand, as a sentence applies them to a value."""

    operator: str
    """One of `COMPARATORS`."""
    operand: object = None
    """The expected value; None for `exists` and `does not exist`, an int for `has items`."""


def verify(subject: str, comparison: Comparison, actual: object, *, numeric_text: bool = False) -> None:
    """Check that a value is as a comparison says.

    Args:
        subject: the value's name in a message, such as `the response body at "$.lives"`.
        comparison: the comparator and its operand.
        actual: the value, or `ABSENT`. An absent value fulfils only `does not exist`, and `is` with a matcher
            that allows it: a mistyped path or name must not pass.
        numeric_text: whether `is at least` and `is at most` read a number from a text.

    Raises:
        Mismatch: the value differs.
        SentenceError: the comparison makes no sense, for example a bad regular expression.
    """
    if numeric_text and comparison.operator in _LIMITS:
        comparison, actual = Comparison(comparison.operator, _number(comparison.operand)), _number(actual)
    _CHECKS[comparison.operator](subject, comparison.operand, actual)


def _mismatch(subject: str, actual: object, expected: str, seen: str = "", differences: str = "") -> Mismatch:
    is_there = "does not exist" if actual is ABSENT else f"is {seen or typed(actual)}"
    return Mismatch(f"{sentence_start(subject)} {is_there}, {expected}", differences)


def _check_is(subject: str, operand: object, actual: object) -> None:
    found = differences(operand, actual)
    if not found:
        return
    wanted = resolve(operand)
    if isinstance(wanted, Matcher):
        raise _mismatch(subject, actual, f"expected {wanted.name}.")
    expected, seen = typed_pair(wanted, actual)
    # The differences of two objects or two arrays say more; those of other values are this sentence.
    details = describe(found) if found[0].path != "$" else ""
    raise _mismatch(subject, actual, f"expected {expected}.", seen, details)


def _check_is_not(subject: str, operand: object, actual: object) -> None:
    if actual is ABSENT or not differences(operand, actual):
        names_value = actual is not ABSENT and not isinstance(resolve(operand), Matcher)
        raise _mismatch(subject, actual, f"expected anything {'else' if names_value else f'but {_operand(operand)}'}.")


def _check_contains(subject: str, operand: object, actual: object) -> None:
    if isinstance(actual, dict) and isinstance(operand, dict):
        verify_contains(subject, operand, actual)
    elif not _holds(subject, operand, actual):
        raise _mismatch(subject, actual, f"expected it to contain {_operand(operand)}.")


def _check_does_not_contain(subject: str, operand: object, actual: object) -> None:
    if actual is ABSENT or _holds(subject, operand, actual):
        raise _mismatch(subject, actual, f"expected it not to contain {_operand(operand)}.")


def _holds(subject: str, operand: object, actual: object) -> bool:
    if isinstance(actual, str) and isinstance(operand, str):
        return unescape(operand) in actual
    if isinstance(actual, list):
        # [1, 2] may be one item, or two as in `the response body contains:`.
        return any(contains(operand, item) for item in actual) or (
            isinstance(operand, list) and contains(operand, actual)
        )
    if isinstance(actual, dict) and isinstance(operand, dict):
        return contains(operand, actual)
    if actual is ABSENT:
        return False
    raise _mismatch(subject, actual, f"which cannot contain {_operand(operand)}.")


def _check_matches(subject: str, operand: object, actual: object) -> None:
    if not isinstance(operand, str):
        raise SentenceError(f"A regular expression is a text in double quotes, not {typed(operand)}.")
    pattern = check_pattern(operand)
    if not isinstance(actual, str) or not pattern.search(actual):
        can_match = isinstance(actual, str) or actual is ABSENT
        what = "it to match the" if can_match else "a text that matches the"
        raise _mismatch(subject, actual, f"expected {what} regular expression {show(operand)}.")


def _check_exists(subject: str, _: object, actual: object) -> None:
    if _is_missing(actual):
        raise _mismatch(subject, ABSENT, "expected it to exist.")


def _check_does_not_exist(subject: str, _: object, actual: object) -> None:
    if not _is_missing(actual):
        raise _mismatch(subject, actual, "expected it not to exist.")


def _is_missing(actual: object) -> bool:
    return actual is ABSENT or (isinstance(actual, Nodes) and not actual)


def _check_has_items(subject: str, operand: object, actual: object) -> None:
    if not isinstance(operand, int) or isinstance(operand, bool) or operand < 0:
        raise SentenceError(f"A number of items is a whole number from 0 on, not {typed(operand)}.")
    if actual is ABSENT:
        raise _mismatch(subject, actual, f"expected {_items(operand)}.")
    if not isinstance(actual, list):
        raise _mismatch(subject, actual, f"which has no items; expected {operand}.")
    if len(actual) != operand:
        count = _items(len(actual))
        raise Mismatch(f"{sentence_start(subject)} has {count}, expected {operand}: {show(actual)}")


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _check_limit(
    limit: str, holds: Callable[[float, float], bool], subject: str, operand: object, actual: object
) -> None:
    if not is_number(operand):
        raise SentenceError(f"A value is {limit} a number, such as 5, not {typed(operand)}.")
    if is_number(actual) and holds(actual, operand):
        return
    hint = "" if actual is ABSENT or is_number(actual) else "which is not a number; "
    raise _mismatch(subject, actual, f"{hint}expected {limit} {typed(operand)}.")


def _number(value: object) -> object:
    if isinstance(value, str) and (found := re.fullmatch(_NUMERIC, value)):
        return int(value) if found[1] else float(value)
    return value


def _operand(operand: object) -> str:
    return named(resolve(operand))


_CHECKS: Final[dict[str, Callable[[str, object, object], None]]] = {
    "is": _check_is,
    "is not": _check_is_not,
    "contains": _check_contains,
    "does not contain": _check_does_not_contain,
    "matches": _check_matches,
    "exists": _check_exists,
    "does not exist": _check_does_not_exist,
    "has items": _check_has_items,
    "is at least": partial(_check_limit, "at least", operator.ge),
    "is at most": partial(_check_limit, "at most", operator.le),
}
_LIMITS: Final = frozenset({"is at least", "is at most"})

COMPARATORS: Final = tuple(_CHECKS)
"""The operators of a `Comparison`."""
