"""Types, equality and the look of JSON values."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from enum import IntEnum

import pytest

from asgherkin.matching.differences import same
from asgherkin.matching.values import (
    ABSENT,
    Nodes,
    sentence_start,
    show,
    to_json,
    type_name,
    typed,
    typed_pair,
)


class Colour(IntEnum):
    """An enumeration whose members are integers."""

    RED = 1


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("a", "string"),
        (1, "integer"),
        (1.0, "number"),
        (True, "boolean"),
        (None, "null"),
        ([], "array"),
        ((), "array"),
        ({}, "object"),
        (b"", "bytes"),
        (ABSENT, "absent"),
        (Nodes([1]), "array"),
        (Colour.RED, "integer"),
        (Decimal(1), "Decimal"),
    ],
    ids=str,
)
def test_type_names_are_those_of_json(value: object, name: str) -> None:
    """Each value has JSON's name of its type, subclasses too."""
    assert type_name(value) == name


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, 1.0),
        (0.0, -0.0),
        ("é", "é"),
        (None, None),
        (True, True),
        ([1, [2]], [1.0, [2]]),
        ({"a": 1, "b": [None]}, {"b": [None], "a": 1}),
        (10**400, 10**400),
        (Colour.RED, 1),
        (b"a", b"a"),
        ([1], Nodes([1])),
        ("\ud800", "\ud800"),
    ],
    ids=str,
)
def test_same_values(expected: object, actual: object) -> None:
    """Numbers are compared by value, and objects without regard to order."""
    assert same(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, True),
        (0, False),
        (False, None),
        (1, "1"),
        ("", None),
        ([], {}),
        ([1], [1, 2]),
        ([True], [1]),
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"b": 1}),
        ({"a": None}, {}),
        (2**53 + 1, float(2**53)),
        ("é", "e\u0301"),
        (None, ABSENT),
    ],
    ids=str,
)
def test_different_values(expected: object, actual: object) -> None:
    """A boolean is no number, at any depth, and null is not absent."""
    assert not same(expected, actual)


def test_there_is_one_absent() -> None:
    """Copies and pickles of ABSENT are ABSENT."""
    copies = [copy.copy(ABSENT), copy.deepcopy(ABSENT), pickle.loads(pickle.dumps(ABSENT))]  # noqa: S301 - our own

    assert all(each is ABSENT for each in copies)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é", '"é"'),
        ([1, 2], "[1, 2]"),
        ({"a": None}, '{"a": null}'),
        (True, "true"),
        (ABSENT, "absent"),
        (b"a", "b'a'"),
        (Decimal("1.50"), "Decimal('1.50')"),
        ("\x1b[31m\n", '"\\u001b[31m\\n"'),
        ("\ud800\u2028\u202e\x9b", '"\\ud800\\u2028\\u202e\\u009b"'),
        ("a\u00a0b", '"a\u00a0b"'),
        ("x" * 300, '"' + "x" * 199 + "… (302 characters)"),
        (10**5000, "an integer that JSON cannot hold"),
    ],
    ids=lambda value: repr(value)[:20] if not isinstance(value, int) else "number",
)
def test_shown_values_are_one_printable_line(value: object, text: str) -> None:
    """A value is shown as short JSON that no terminal stumbles over."""
    assert show(value) == text


def test_a_deep_value_is_not_shown() -> None:
    """A value nested deeper than Python's stack is named, not shown."""
    deep: object = []
    for _ in range(100_000):
        deep = [deep]

    text = show(deep)

    assert text == "an array nested too deeply to show"


@pytest.mark.parametrize(
    ("value", "text"),
    [(9, "9 (integer)"), ("9", '"9" (string)'), (None, "null"), (ABSENT, "absent"), (True, "true (boolean)")],
    ids=str,
)
def test_typed_values(value: object, text: str) -> None:
    """The type is told unless the value tells it."""
    assert typed(value) == text


def test_json_holds_what_json_knows_not_as_text() -> None:
    """A value of another type becomes a text inside JSON."""
    assert to_json([Decimal("1.5"), "é"]) == '["1.5", "é"]'


@pytest.mark.parametrize(
    ("expected", "actual", "pair"),
    [
        (1, "1", ("1 (integer)", '"1" (string)')),
        ("a", "b" * 300, ('"a" (string)', '"' + "b" * 199 + "… (302 characters) (string)")),
        (
            "a" * 300,
            "b" * 300,
            (
                '"' + "a" * 199 + "… (302 characters) (string)",
                '"' + "b" * 199 + "… (302 characters) (string)",
            ),
        ),
        (
            "a" * 500 + "b",
            "a" * 500 + "c" * 300,
            (
                '…"' + "a" * 50 + 'b" (string of 501 characters, from character 451 on)',
                '…"' + "a" * 50 + "c" * 150 + '"… (string of 800 characters, from character 451 on)',
            ),
        ),
        (
            "a" * 500,
            "a" * 501,
            (
                '…"' + "a" * 50 + '" (string of 500 characters, from character 451 on)',
                '…"' + "a" * 51 + '" (string of 501 characters, from character 451 on)',
            ),
        ),
    ],
    ids=["types", "one is short", "differ at the start", "differ late", "one is longer"],
)
def test_the_difference_of_long_texts_is_seen(expected: object, actual: object, pair: tuple[str, str]) -> None:
    """Two long texts are cut to where they differ."""
    assert typed_pair(expected, actual) == pair


def test_a_subject_starts_its_sentence() -> None:
    """Only the first letter of a subject changes."""
    assert sentence_start('the response header "X-Id"') == 'The response header "X-Id"'
