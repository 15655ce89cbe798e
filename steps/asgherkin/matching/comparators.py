"""The ten comparators of the vocabulary, each with its one sentence of what differs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.differences import contains, describe, differences, named, resolve, verify_contains
from asgherkin.matching.matchers import Matcher, check_pattern, unescape
from asgherkin.matching.values import ABSENT, Nodes, is_number, sentence_start, show, typed, typed_pair

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMERIC: Final = r"[ \t]*(?:([+-]?[0-9]{1,300})|[+-]?[0-9]{1,300}\.[0-9]{1,300})[ \t]*"


class Comparison(NamedTuple):
    """What a sentence says about a value: a comparator, and what it compares with."""

    operator: str
    """One of `COMPARATORS`."""
    operand: object = None
    """The expected value; None for `exists` and `does not exist`, an int for `has items`."""


class _Sentence(NamedTuple):
    """What a failure's sentence is about: `The response body at "$.lives"`, and the value there."""

    subject: str
    actual: object

    def mismatch(self, expected: str, actual: str | None = None, differences: str = "") -> Mismatch:
        seen = "does not exist" if self.actual is ABSENT else f"is {actual or typed(self.actual)}"
        return Mismatch(f"{sentence_start(self.subject)} {seen}, {expected}", differences)


def verify(subject: str, comparison: Comparison, actual: object, *, numeric_text: bool = False) -> None:
    """Check that a value is as a comparison says.

    Args:
        subject: what the value is, as in `the response body at "$.lives"`.
        comparison: what is said about it.
        actual: the value, or `ABSENT`. What is absent fulfils only `does not exist`, and `is` with a matcher
            that allows it, so that a mistyped path or name never passes unseen.
        numeric_text: whether `is at least` and `is at most` take a text for the number it spells.

    Raises:
        Mismatch: it is not so.
        SentenceError: the comparison makes no sense, for example a bad regular expression.
    """
    if numeric_text and comparison.operator in _LIMITS:
        comparison, actual = Comparison(comparison.operator, _number(comparison.operand)), _number(actual)
    _CHECKS[comparison.operator](_Sentence(subject, actual), comparison.operand, actual)


def _check_is(sentence: _Sentence, operand: object, actual: object) -> None:
    wanted = resolve(operand)
    if isinstance(wanted, Matcher):
        if not wanted.matches(actual):
            raise sentence.mismatch(f"expected {wanted.name}.")
        return
    found = differences(operand, actual)
    if not found:
        return
    expected, seen = typed_pair(wanted, actual)
    # The differences of two objects or two arrays say more; those of other values are this sentence.
    details = describe(found) if found[0].path != "$" else ""
    raise sentence.mismatch(f"expected {expected}.", seen, details)


def _check_is_not(sentence: _Sentence, operand: object, actual: object) -> None:
    wanted = resolve(operand)
    if isinstance(wanted, Matcher):
        as_said = actual is not ABSENT and not wanted.matches(actual)
    else:
        as_said = actual is not ABSENT and bool(differences(operand, actual))
    if not as_said:
        plain = actual is not ABSENT and not isinstance(wanted, Matcher)
        raise sentence.mismatch(f"expected anything {'else' if plain else f'but {_operand(operand)}'}.")


def _check_contains(sentence: _Sentence, operand: object, actual: object) -> None:
    if isinstance(actual, dict) and isinstance(operand, dict):
        verify_contains(sentence.subject, operand, actual)
    elif not _holds(sentence, operand, actual):
        raise sentence.mismatch(f"expected it to contain {_operand(operand)}.")


def _check_does_not_contain(sentence: _Sentence, operand: object, actual: object) -> None:
    if actual is ABSENT or _holds(sentence, operand, actual):
        raise sentence.mismatch(f"expected it not to contain {_operand(operand)}.")


def _holds(sentence: _Sentence, operand: object, actual: object) -> bool:
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
    raise sentence.mismatch(f"which cannot contain {_operand(operand)}.")


def _check_matches(sentence: _Sentence, operand: object, actual: object) -> None:
    if not isinstance(operand, str):
        raise SentenceError(f"A regular expression is a text in double quotes, not {typed(operand)}.")
    pattern = check_pattern(operand)
    if not isinstance(actual, str) or not pattern.search(actual):
        can_match = isinstance(actual, str) or actual is ABSENT
        what = "it to match the" if can_match else "a text that matches the"
        raise sentence.mismatch(f"expected {what} regular expression {show(operand)}.")


def _check_exists(sentence: _Sentence, _: object, actual: object) -> None:
    if not _exists(actual):
        raise Mismatch(f"{sentence_start(sentence.subject)} does not exist, expected it to exist.")


def _check_does_not_exist(sentence: _Sentence, _: object, actual: object) -> None:
    if _exists(actual):
        raise sentence.mismatch("expected it not to exist.")


def _exists(actual: object) -> bool:
    return actual is not ABSENT and not (isinstance(actual, Nodes) and not actual)


def _check_has_items(sentence: _Sentence, operand: object, actual: object) -> None:
    if not isinstance(operand, int) or isinstance(operand, bool) or operand < 0:
        raise SentenceError(f"A number of items is a whole number from 0 on, not {typed(operand)}.")
    if actual is ABSENT:
        raise sentence.mismatch(f"expected {_items(operand)}.")
    if not isinstance(actual, list):
        raise sentence.mismatch(f"which has no items; expected {operand}.")
    if len(actual) != operand:
        count = _items(len(actual))
        raise Mismatch(f"{sentence_start(sentence.subject)} has {count}, expected {operand}: {show(actual)}")


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _check_at_least(sentence: _Sentence, operand: object, actual: object) -> None:
    _check_limit(sentence, "at least", operand, actual)


def _check_at_most(sentence: _Sentence, operand: object, actual: object) -> None:
    _check_limit(sentence, "at most", operand, actual)


def _check_limit(sentence: _Sentence, limit: str, operand: object, actual: object) -> None:
    if not isinstance(operand, int | float) or not is_number(operand):
        raise SentenceError(f"A value is {limit} a number, such as 5, not {typed(operand)}.")
    if actual is not ABSENT and not is_number(actual):
        raise sentence.mismatch(f"which is not a number; expected {limit} {typed(operand)}.")
    if isinstance(actual, int | float) and (actual >= operand if limit == "at least" else actual <= operand):
        return
    raise sentence.mismatch(f"expected {limit} {typed(operand)}.")


def _number(value: object) -> object:
    if isinstance(value, str) and (found := re.fullmatch(_NUMERIC, value)):
        return int(value) if found[1] else float(value)
    return value


def _operand(operand: object) -> str:
    return named(resolve(operand))


_CHECKS: Final[dict[str, Callable[[_Sentence, object, object], None]]] = {
    "is": _check_is,
    "is not": _check_is_not,
    "contains": _check_contains,
    "does not contain": _check_does_not_contain,
    "matches": _check_matches,
    "exists": _check_exists,
    "does not exist": _check_does_not_exist,
    "has items": _check_has_items,
    "is at least": _check_at_least,
    "is at most": _check_at_most,
}
_LIMITS: Final = frozenset({"is at least", "is at most"})

COMPARATORS: Final = tuple(_CHECKS)
"""The operators of a `Comparison`."""
