"""The ten comparators, each with its sentence."""

from __future__ import annotations

import pytest

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.comparators import COMPARATORS, Comparison, verify
from asgherkin.matching.values import ABSENT, Nodes

LIVES = 'the response body at "$.lives"'


def test_the_comparators_are_those_of_the_vocabulary() -> None:
    """There are ten operators, and no more spellings."""
    assert COMPARATORS == (
        "is",
        "is not",
        "contains",
        "does not contain",
        "matches",
        "exists",
        "does not exist",
        "has items",
        "is at least",
        "is at most",
    )


@pytest.mark.parametrize(
    ("operator", "operand", "actual"),
    [
        ("is", 9, 9),
        ("is", 9, 9.0),
        ("is", None, None),
        ("is", {"a": "#integer"}, {"a": 1}),
        ("is", "#uuid", "123e4567-e89b-12d3-a456-426614174000"),
        ("is", "##string", ABSENT),
        ("is", "#ignore", ABSENT),
        ("is", "\\#5", "#5"),
        ("is", [], Nodes()),
        ("is not", 9, 8),
        ("is not", 1, True),
        ("is not", "9", 9),
        ("is not", "#integer", "9"),
        ("is not", "\\#5", "5"),
        ("is not", [1], [1, 2]),
        ("contains", "b", "abc"),
        ("contains", "#1", "order #1"),
        ("contains", "\\#1", "order #1"),
        ("contains", 2, [1, 2]),
        ("contains", "#integer", ["a", 1]),
        ("contains", {"id": 1}, [{"id": 1, "name": "a"}]),
        ("contains", [2, 1], [1, 2, 3]),
        ("contains", [1, 2], [[1, 2], [3]]),
        ("contains", {"a": 1}, {"a": 1, "b": 2}),
        ("does not contain", "x", "abc"),
        ("does not contain", 3, [1, 2]),
        ("does not contain", True, [1, 2]),
        ("does not contain", [1, 3], [1, 2]),
        ("does not contain", {"a": 2}, {"a": 1}),
        ("matches", "^a", "abc"),
        ("matches", "c", "abc"),
        ("exists", None, None),
        ("exists", None, []),
        ("exists", None, Nodes([1])),
        ("does not exist", None, ABSENT),
        ("does not exist", None, Nodes()),
        ("has items", 0, []),
        ("has items", 2, [1, 2]),
        ("has items", 1, Nodes([1])),
        ("is at least", 5, 5),
        ("is at least", 5, 5.5),
        ("is at most", 5.5, 5),
        ("is at most", 10**400, 10**399),
    ],
)
def test_a_value_is_as_it_is_said(operator: str, operand: object, actual: object) -> None:
    """Nothing is raised for a comparison that holds."""
    verify(LIVES, Comparison(operator, operand), actual)


@pytest.mark.parametrize(
    ("operator", "operand", "actual", "rest"),
    [
        ("is", 9, 8, "is 8 (integer), expected 9 (integer)."),
        ("is", 9, "9", 'is "9" (string), expected 9 (integer).'),
        ("is", 1, True, "is true (boolean), expected 1 (integer)."),
        ("is", None, ABSENT, "does not exist, expected null."),
        ("is", 9, ABSENT, "does not exist, expected 9 (integer)."),
        ("is", "#uuid", 3, "is 3 (integer), expected #uuid."),
        ("is", "#uuid", ABSENT, "does not exist, expected #uuid."),
        ("is", "\\#5", "5", 'is "5" (string), expected "#5" (string).'),
        ("is", [1], {"a": 1}, 'is {"a": 1} (object), expected [1] (array).'),
        (
            "is",
            {"id": 1, "name": "a"},
            {"id": 2},
            'is {"id": 2} (object), expected {"id": 1, "name": "a"} (object).\n'
            "  $.id: expected 1 (integer), got 2 (integer)\n"
            '  $.name: expected "a" (string), but it is absent',
        ),
        (
            "is",
            [1, 2],
            [1],
            "is [1] (array), expected [1, 2] (array).\n  $[1]: expected 2 (integer), but it is absent",
        ),
        (
            "is",
            "a" * 500 + "b",
            "a" * 500 + "c",
            'is …"' + "a" * 50 + 'c" (string of 501 characters, from character 451 on), '
            'expected …"' + "a" * 50 + 'b" (string of 501 characters, from character 451 on).',
        ),
        ("is not", 9, 9, "is 9 (integer), expected anything else."),
        ("is not", 9, ABSENT, "does not exist, expected anything but 9 (integer)."),
        ("is not", "#integer", 9, "is 9 (integer), expected anything but #integer."),
        ("is not", "#integer", ABSENT, "does not exist, expected anything but #integer."),
        ("contains", "x", "abc", 'is "abc" (string), expected it to contain "x" (string).'),
        ("contains", 3, [1, 2], "is [1, 2] (array), expected it to contain 3 (integer)."),
        ("contains", "#uuid", [1, 2], "is [1, 2] (array), expected it to contain #uuid."),
        (
            "contains",
            {"a": 1},
            {"a": 2},
            "does not contain what is expected, 1 difference:\n  $.a: expected 1 (integer), got 2 (integer)",
        ),
        ("contains", 5, "abc", 'is "abc" (string), which cannot contain 5 (integer).'),
        ("contains", "a", {"a": 1}, 'is {"a": 1} (object), which cannot contain "a" (string).'),
        ("contains", "a", None, 'is null, which cannot contain "a" (string).'),
        ("contains", "a", ABSENT, 'does not exist, expected it to contain "a" (string).'),
        ("does not contain", "b", "abc", 'is "abc" (string), expected it not to contain "b" (string).'),
        ("does not contain", 1, [1], "is [1] (array), expected it not to contain 1 (integer)."),
        ("does not contain", "a", 5, 'is 5 (integer), which cannot contain "a" (string).'),
        ("does not contain", "a", ABSENT, 'does not exist, expected it not to contain "a" (string).'),
        (
            "does not contain",
            {"a": 1},
            {"a": 1},
            'is {"a": 1} (object), expected it not to contain {"a": 1} (object).',
        ),
        ("matches", "^b", "abc", 'is "abc" (string), expected it to match the regular expression "^b".'),
        ("matches", "5", 5, 'is 5 (integer), expected a text that matches the regular expression "5".'),
        ("matches", "^a", ABSENT, 'does not exist, expected it to match the regular expression "^a".'),
        ("exists", None, ABSENT, "does not exist, expected it to exist."),
        ("exists", None, Nodes(), "does not exist, expected it to exist."),
        ("does not exist", None, 3, "is 3 (integer), expected it not to exist."),
        ("does not exist", None, None, "is null, expected it not to exist."),
        ("has items", 2, [1, 2, 3], "has 3 items, expected 2: [1, 2, 3]"),
        ("has items", 2, [1], "has 1 item, expected 2: [1]"),
        ("has items", 2, "abc", 'is "abc" (string), which has no items; expected 2.'),
        ("has items", 2, {"a": 1}, 'is {"a": 1} (object), which has no items; expected 2.'),
        ("has items", 1, ABSENT, "does not exist, expected 1 item."),
        ("has items", 2, ABSENT, "does not exist, expected 2 items."),
        ("is at least", 5, 3, "is 3 (integer), expected at least 5 (integer)."),
        ("is at least", 5, ABSENT, "does not exist, expected at least 5 (integer)."),
        ("is at least", 5, "7", 'is "7" (string), which is not a number; expected at least 5 (integer).'),
        ("is at least", 0, True, "is true (boolean), which is not a number; expected at least 0 (integer)."),
        ("is at least", 0, float("nan"), "is NaN (number), expected at least 0 (integer)."),
        ("is at most", 5, 5.5, "is 5.5 (number), expected at most 5 (integer)."),
        ("is at most", 5, None, "is null, which is not a number; expected at most 5 (integer)."),
    ],
)
def test_a_value_is_not_as_it_is_said(operator: str, operand: object, actual: object, rest: str) -> None:
    """One sentence says what the value is and what was expected, with both types."""
    with pytest.raises(Mismatch) as caught:
        verify(LIVES, Comparison(operator, operand), actual)

    assert str(caught.value) == f'The response body at "$.lives" {rest}'


@pytest.mark.parametrize(
    ("operator", "operand", "message"),
    [
        ("matches", 5, "A regular expression is a text in double quotes, not 5 (integer)."),
        (
            "matches",
            "(",
            '"(" is not a valid regular expression: missing ), unterminated subpattern at character 1.',
        ),
        ("has items", -1, "A number of items is a whole number from 0 on, not -1 (integer)."),
        ("has items", True, "A number of items is a whole number from 0 on, not true (boolean)."),
        ("has items", "2", 'A number of items is a whole number from 0 on, not "2" (string).'),
        ("is at least", "5", 'A value is at least a number, such as 5, not "5" (string).'),
        ("is at most", True, "A value is at most a number, such as 5, not true (boolean)."),
        (
            "is",
            "#5",
            "#5 is not a matcher. The nearest are #[] #string, #url and #[3]. "
            'A text that starts with # is written \\#5, in a JSON document "\\\\#5".',
        ),
    ],
)
def test_a_comparison_that_makes_no_sense_is_an_error(operator: str, operand: object, message: str) -> None:
    """A wrong operand is a mistake of the feature, and says what to write."""
    with pytest.raises(SentenceError) as caught:
        verify(LIVES, Comparison(operator, operand), "abc")

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("operator", "operand", "actual"),
    [
        ("is at least", 5, "5"),
        ("is at least", "5", "5.5"),
        ("is at most", 5, " -7 "),
        ("is at most", 5, 4),
    ],
)
def test_a_text_counts_as_its_number_on_request(operator: str, operand: object, actual: object) -> None:
    """A header's text is compared as the number it spells."""
    verify('the response header "Age"', Comparison(operator, operand), actual, numeric_text=True)


@pytest.mark.parametrize(
    ("actual", "rest"),
    [
        ("4", "is 4 (integer), expected at least 5 (integer)."),
        ("4 cm", 'is "4 cm" (string), which is not a number; expected at least 5 (integer).'),
        ("nan", 'is "nan" (string), which is not a number; expected at least 5 (integer).'),
        (ABSENT, "does not exist, expected at least 5 (integer)."),
    ],
)
def test_a_text_that_spells_no_number_is_not_compared(actual: object, rest: str) -> None:
    """A text that is no number, or too small a one, fails."""
    with pytest.raises(Mismatch) as caught:
        verify('the response header "Age"', Comparison("is at least", 5), actual, numeric_text=True)

    assert str(caught.value) == f'The response header "Age" {rest}'


def test_numbers_of_texts_are_for_limits_only() -> None:
    """With other comparators a text stays a text."""
    verify('the response header "Age"', Comparison("is", "5"), "5", numeric_text=True)
