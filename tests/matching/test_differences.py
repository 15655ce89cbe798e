"""Every difference between two documents."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.differences import (
    Difference,
    describe,
    differences,
    missing_parts,
    verify_contains,
    verify_document,
    verify_does_not_contain,
)
from asgherkin.matching.values import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable

DIGEST = "123e4567-e89b-12d3-a456-426614174000"


def deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, 1.0),
        ({"a": 1, "b": [True, None]}, {"b": [True, None], "a": 1}),
        ({"id": "#uuid", "n": "#integer"}, {"id": DIGEST, "n": 3}),
        ({"a": "##string", "b": "##string", "c": "#ignore"}, {"a": "x", "b": None}),
        (["#present", "##string"], [None]),
        ("#object", {"a": 1}),
        (["\\#5", "\\\\#5", "\\x"], ["#5", "\\#5", "\\x"]),
        ({"#key": 1}, {"#key": 1}),
        ({"tags": "#[] #string"}, {"tags": ["a"]}),
        ("", ""),
    ],
)
def test_documents_without_a_difference(expected: object, actual: object) -> None:
    """Equal documents, and those whose matchers match, do not differ."""
    assert differences(expected, actual) == []


@pytest.mark.parametrize(
    ("expected", "actual", "text"),
    [
        ("Ann", "Bob", '  $: expected "Ann" (string), got "Bob" (string)'),
        ({"age": 3}, {}, "  $.age: expected 3 (integer), but it is absent"),
        ({}, {"extra": 5}, "  $.extra: not expected, got 5 (integer)"),
        ({"id": "#uuid"}, {"id": 5}, "  $.id: expected #uuid, got 5 (integer)"),
        ({"id": "#present"}, {}, "  $.id: expected #present, but it is absent"),
        ({"id": "\\#5"}, {"id": "5"}, '  $.id: expected "#5" (string), got "5" (string)'),
        ({"a": None}, {}, "  $.a: expected null, but it is absent"),
        ({"a": None}, {"a": False}, "  $.a: expected null, got false (boolean)"),
        ([1], [True], "  $[0]: expected 1 (integer), got true (boolean)"),
        (
            [1, 2, 3],
            [1],
            "  $[1]: expected 2 (integer), but it is absent\n  $[2]: expected 3 (integer), but it is absent",
        ),
        ([], [1, "a"], '  $[0]: not expected, got 1 (integer)\n  $[1]: not expected, got "a" (string)'),
        ({"a": [1]}, {"a": {"b": 1}}, '  $.a: expected [1] (array), got {"b": 1} (object)'),
        (
            {"odd key": {"it's": {"": {"\n": {"ключ": {'a\\"': 1}}}}}},
            {"odd key": {"it's": {"": {"\n": {"ключ": {'a\\"': 2}}}}}},
            "  $['odd key']['it\\'s']['']['\\n'].ключ['a\\\\\"']: expected 1 (integer), got 2 (integer)",
        ),
        (
            {"a": 1, "b": 2, "c": 3},
            {"d": 4, "b": "2", "a": 1},
            '  $.b: expected 2 (integer), got "2" (string)\n'
            "  $.c: expected 3 (integer), but it is absent\n"
            "  $.d: not expected, got 4 (integer)",
        ),
    ],
    ids=[
        "value",
        "absent",
        "extra",
        "matcher",
        "present",
        "escape",
        "null and absent",
        "null and false",
        "one and true",
        "too few items",
        "too many items",
        "kinds",
        "odd keys",
        "several",
    ],
)
def test_differences_are_described(expected: object, actual: object, text: str) -> None:
    """Each difference has its path, what was expected, and what came."""
    assert describe(differences(expected, actual)) == text


def test_a_difference_is_a_record() -> None:
    """A difference can be compared, and its parts read."""
    assert differences({"a": [1]}, {"a": []}) == [Difference("$.a[0]", 1, ABSENT)]


@pytest.mark.parametrize(
    ("count", "last"),
    [
        (20, "  $[19]: expected 0 (integer), got 1 (integer)"),
        (21, "  … and 1 more difference"),
        (50, "  … and 30 more differences"),
    ],
)
def test_twenty_differences_are_described(count: int, last: str) -> None:
    """Of many differences twenty are shown, and the rest counted."""
    lines = describe(differences([0] * count, [1] * count)).splitlines()

    assert len(lines) == min(count, 21)
    assert lines[-1] == last


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}, "d": 3}),
        ([], [1]),
        ([2, 1], [1, 2, 3]),
        ([{"a": 1}, {"a": 1, "b": 2}], [{"a": 1, "b": 2}, {"a": 1, "b": 3}]),
        (["#integer", 1], [1, 2]),
        (["##string", "a"], ["a"]),
        (["#ignore", "##integer", 1, "a"], ["a", 1]),
        ([["a"], ["a", "b"]], [["b", "a"], ["a", "c"]]),
        ({"a": "##string"}, {}),
        ("#object", {"a": 1}),
    ],
)
def test_documents_that_contain_the_expected_one(expected: object, actual: object) -> None:
    """Other keys and items, and the order of items, make no difference."""
    assert missing_parts(expected, actual) == []


@pytest.mark.parametrize(
    ("expected", "actual", "text"),
    [
        ({"a": 1}, {"b": 1}, "  $.a: expected 1 (integer), but it is absent"),
        ({"a": 1}, [1], '  $: expected {"a": 1} (object), got [1] (array)'),
        ([1, 1], [1, 2], "  $: expected an item 1 (integer), got [1, 2] (array)"),
        (["#uuid"], [], "  $: expected an item #uuid, got [] (array)"),
        (["\\#5"], ["5"], '  $: expected an item "#5" (string), got ["5"] (array)'),
        ([{"a": 1}], [5], '  $: expected an item {"a": 1} (object), got [5] (array)'),
        (
            {"items": [{"name": "Tea", "price": 2, "size": "S"}]},
            {"items": [{"name": "Milk", "price": 1}, {"name": "Tea", "price": 3, "size": "S"}, {}]},
            "  $.items[1].price: expected 2 (integer), got 3 (integer)",
        ),
        (
            [{"id": 1}, {"id": 2, "tags": ["x"]}],
            [{"id": 2, "tags": ["y"]}, {"id": 1}],
            '  $[0].tags: expected an item "x" (string), got ["y"] (array)',
        ),
        ([[1, 2]], [[1, 3]], "  $[0]: expected an item 2 (integer), got [1, 3] (array)"),
        (
            [{"a": 1}, {"a": 1}],
            [{"a": 1}],
            '  $: expected an item {"a": 1} (object), got [{"a": 1}] (array)',
        ),
        (["##integer", "x"], [1], '  $: expected an item "x" (string), got [1] (array)'),
    ],
    ids=[
        "key",
        "kinds",
        "one item for two",
        "matcher",
        "escape",
        "no object",
        "the nearest",
        "deep",
        "array of arrays",
        "none left",
        "beside one that may be absent",
    ],
)
def test_missing_parts_are_described(expected: object, actual: object, text: str) -> None:
    """What is missing is shown at its place, or where the nearest item is."""
    assert describe(missing_parts(expected, actual)) == text


@pytest.mark.parametrize("compare", [differences, missing_parts])
def test_a_wrong_matcher_in_a_document_is_an_error(compare: object) -> None:
    """A typo in a matcher is no difference but a mistake of the feature."""
    assert callable(compare)

    with pytest.raises(SentenceError) as caught:
        compare({"id": ["#uid"]}, {"id": ["x"]})

    assert str(caught.value) == (
        "#uid is not a matcher. The nearest are #uuid, #url and #null. "
        'A text that starts with # is written \\#uid, in a JSON document "\\\\#uid".'
    )


@pytest.mark.parametrize("compare", [differences, missing_parts])
def test_documents_nested_too_deeply_are_an_error(compare: object) -> None:
    """Remembered values deeper than Python's stack do not crash the comparison."""
    assert callable(compare)

    with pytest.raises(SentenceError) as caught:
        compare(deep(10_000), deep(10_000))

    assert str(caught.value) == "The documents are nested too deeply to be compared."


def test_a_deep_answer_to_a_shallow_expectation_is_a_difference() -> None:
    """What the app sends may be as deep as it likes."""
    with pytest.raises(Mismatch) as caught:
        verify_document("the response body", {"a": 1}, {"a": deep(100_000)})

    assert str(caught.value) == (
        "The response body differs in 1 place:\n"
        "  $.a: expected 1 (integer), got an array nested too deeply to show (array)"
    )


def test_arrays_within_arrays_take_no_exponential_time() -> None:
    """Twenty levels of arrays that fit nowhere are compared at once."""
    expected: object = "x"
    actual: object = "y"
    for _ in range(20):
        expected, actual = [expected], [actual]

    text = describe(missing_parts(expected, actual))

    assert text == "  $" + "[0]" * 19 + ': expected an item "x" (string), got ["y"] (array)'


def test_hundreds_of_items_in_reverse_order_are_found() -> None:
    """A long array is searched for each item, whatever the order."""
    items: list[object] = [{"id": number} for number in range(300)]

    assert missing_parts(items, items[::-1]) == []


@pytest.mark.parametrize(
    ("check", "expected", "text"),
    [
        (verify_document, {"a": 2, "b": 3}, None),
        (
            verify_document,
            {"a": 1, "b": 3},
            "The response body differs in 1 place:\n  $.a: expected 1 (integer), got 2 (integer)",
        ),
        (
            verify_document,
            {"a": 1, "b": 3, "c": "x"},
            "The response body differs in 2 places:\n"
            "  $.a: expected 1 (integer), got 2 (integer)\n"
            '  $.c: expected "x" (string), but it is absent',
        ),
        (verify_contains, {"a": 2}, None),
        (
            verify_contains,
            {"a": 1},
            "The response body does not contain what is expected, 1 difference:\n"
            "  $.a: expected 1 (integer), got 2 (integer)",
        ),
        (
            verify_contains,
            {"a": 1, "c": 1},
            "The response body does not contain what is expected, 2 differences:\n"
            "  $.a: expected 1 (integer), got 2 (integer)\n"
            "  $.c: expected 1 (integer), but it is absent",
        ),
        (verify_does_not_contain, {"a": 2, "b": 4}, None),
        (
            verify_does_not_contain,
            {"a": "#integer"},
            'The response body contains what it should not: {"a": "#integer"}',
        ),
    ],
    ids=["equal", "one place", "two places", "contained", "one part", "two parts", "not contained", "all of it"],
)
def test_a_document_is_verified(
    check: Callable[[str, object, object], None], expected: object, text: str | None
) -> None:
    """Nothing is raised where it is as expected; else the whole text says what differs."""
    with pytest.raises(Mismatch) if text else nullcontext() as caught:
        check("the response body", expected, {"a": 2, "b": 3})

    assert text == (caught and str(caught.value))
