"""Regular expressions of a feature's author."""

from __future__ import annotations

import pytest

from asgherkin.errors import SentenceError
from asgherkin.matching.matchers import check_pattern


def test_a_pattern_is_compiled() -> None:
    """A valid expression comes back compiled."""
    assert check_pattern("^a+$").search("aa")


def test_warnings_of_python_are_not_the_authors_concern() -> None:
    """An expression that Python would warn of is compiled all the same."""
    assert check_pattern("[[a]").search("[")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a(", '"a(" is not a valid regular expression: missing ), unterminated subpattern at character 2.'),
        ("*", '"*" is not a valid regular expression: nothing to repeat at character 1.'),
        ("é[z-a]", '"é[z-a]" is not a valid regular expression: bad character range z-a at character 3.'),
        (
            "a{99999999999999999999}",
            '"a{99999999999999999999}" is not a valid regular expression: the repetition number is too large.',
        ),
        (
            "(" * 5000 + ")" * 5000,
            '"' + "(" * 199 + "… (10002 characters) is not a valid regular expression: it is nested too deeply.",
        ),
    ],
    ids=["unclosed", "nothing to repeat", "range", "huge count", "deep"],
)
def test_a_bad_pattern_says_where(pattern: str, text: str) -> None:
    """An error gives re's reason, and the character it is about, counted from 1."""
    with pytest.raises(SentenceError) as caught:
        check_pattern(pattern)

    assert str(caught.value) == text
