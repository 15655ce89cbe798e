"""Matchers: what a document may hold in place of a value."""

from __future__ import annotations

import pytest

from asgherkin.errors import SentenceError
from asgherkin.matching.matchers import Matcher, escape, parse_matcher, unescape
from asgherkin.matching.values import ABSENT

UUID = "123e4567-e89b-12d3-a456-426614174000"


def matcher(text: str) -> Matcher:
    parsed = parse_matcher(text)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("#string", ""),
        ("#number", 1),
        ("#number", 1.5),
        ("#integer", 10**400),
        ("#boolean", False),
        ("#null", None),
        ("#array", []),
        ("#object", {}),
        ("#uuid", UUID),
        ("#datetime", "2026-01-31T10:30:00Z"),
        ("#date", "2026-01-31"),
        ("#email", "ann@example.com"),
        ("#url", "https://example.com"),
        ("#present", None),
        ("#present", 0),
        ("#ignore", ABSENT),
        ("#ignore", [1]),
        ("#regex ^a.c$", "abc"),
        ("#regex  b", "abc"),
        ("#regex (?s)a.b", "a\nb"),
        ("#[3]", [1, 2, 3]),
        ("#[0]", []),
        ("#[]", []),
        ("#[]", [1]),
        ("#[] #string", ["a", "b"]),
        ("#[] #string", []),
        ("#[2] #integer", [1, 2]),
        ("#[] ##string", ["a", None]),
        ("#[] #[2] #regex ^x", [["x", "xy"]]),
        ("##string", "a"),
        ("##string", None),
        ("##string", ABSENT),
        ("##[] #string", ABSENT),
        ("##[] #string", ["a"]),
        ("##regex ^a", "a"),
        ("##regex ^a", None),
        ("##present", ABSENT),
    ],
    ids=lambda part: part if isinstance(part, str) and part.startswith("#") else "",
)
def test_a_matcher_matches(text: str, value: object) -> None:
    """A value that a matcher stands for is accepted."""
    assert matcher(text).matches(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("#string", None),
        ("#string", ABSENT),
        ("#string", b"a"),
        ("#number", True),
        ("#number", "1"),
        ("#integer", 1.0),
        ("#integer", True),
        ("#boolean", 0),
        ("#null", ABSENT),
        ("#null", 0),
        ("#array", {}),
        ("#object", []),
        ("#uuid", UUID.replace("-", "")),
        ("#uuid", 5),
        ("#datetime", "2026-01-31"),
        ("#date", "31.01.2026"),
        ("#email", "ann"),
        ("#url", "/a"),
        ("#present", ABSENT),
        ("#regex ^a$", "b"),
        ("#regex 1", 1),
        ("#[3]", [1]),
        ("#[]", {}),
        ("#[]", None),
        ("#[] #string", ["a", 1]),
        ("#[2] #integer", [1]),
        ("#[2] #integer", [1, "a"]),
        ("##string", 1),
        ("##[] #string", [1]),
        ("##regex ^a", "b"),
    ],
    ids=lambda part: part if isinstance(part, str) and part.startswith("#") else "",
)
def test_a_matcher_does_not_match(text: str, value: object) -> None:
    """A value that a matcher does not stand for is refused."""
    assert not matcher(text).matches(value)


def test_a_matcher_is_named_as_it_is_written() -> None:
    """Messages show a matcher as the author wrote it."""
    assert matcher("##[2] #string").name == "##[2] #string"


@pytest.mark.parametrize(
    ("text", "allowed"), [("#string", False), ("#present", False), ("##string", True), ("#ignore", True)]
)
def test_what_may_be_absent(text: str, allowed: bool) -> None:
    """Only ## and #ignore allow that nothing is there."""
    assert matcher(text).allows_absent is allowed


@pytest.mark.parametrize("text", ["", "a#string", " #string", "\\#string", "\\"])
def test_an_ordinary_text_is_no_matcher(text: str) -> None:
    """Only a text that starts with # is a matcher."""
    assert parse_matcher(text) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "#uid",
            "#uid is not a matcher. The nearest are #uuid, #url and #null. "
            'A text that starts with # is written \\#uid, in a JSON document "\\\\#uid".',
        ),
        (
            "#String",
            "#String is not a matcher. The nearest are #string, #integer and #regex <pattern>. "
            'A text that starts with # is written \\#String, in a JSON document "\\\\#String".',
        ),
        (
            "##strnig",
            "##strnig is not a matcher. The nearest are #string, #regex <pattern> and #ignore. "
            'A text that starts with # is written \\##strnig, in a JSON document "\\\\##strnig".',
        ),
        (
            "#",
            "# is not a matcher. The nearest are #[] #string, #url and #[3]. "
            'A text that starts with # is written \\#, in a JSON document "\\\\#".',
        ),
        (
            "#[x]",
            "#[x] is not a matcher. The nearest are #[] #string, #[3] and #regex <pattern>. "
            'A text that starts with # is written \\#[x], in a JSON document "\\\\#[x]".',
        ),
        (
            '#a "b"',
            '"#a \\"b\\"" is not a matcher. The nearest are #date, #email and #array. '
            'A text that starts with # is written \\#…, in a JSON document "\\\\#…".',
        ),
        (
            "#" + "é" * 200,
            '"#' + "é" * 78 + "… (203 characters) is not a matcher. The nearest are #[] #string, #url and #[3]. "
            'A text that starts with # is written \\#…, in a JSON document "\\\\#…".',
        ),
        (
            "#regex ",
            "#regex needs a pattern, for example #regex ^[a-z]+$. "
            'A text that starts with # is written \\#regex , in a JSON document "\\\\#regex ".',
        ),
        (
            "#[] #strin",
            "#strin is not a matcher. The nearest are #string, #ignore and #present. "
            'A text that starts with # is written \\#strin, in a JSON document "\\\\#strin".',
        ),
        (
            "#regex a(",
            '"a(" is not a valid regular expression: missing ), unterminated subpattern at character 2.',
        ),
        (
            "#[] " * 5000 + "#string",
            'The matcher "' + ("#[] " * 20)[:79] + "… (20009 characters) has more than 16 arrays in one another.",
        ),
    ],
    ids=[
        "typo",
        "case",
        "optional",
        "only a hash",
        "length",
        "quotes",
        "long",
        "no pattern",
        "item",
        "regex",
        "deep",
    ],
)
def test_a_wrong_matcher_is_an_error(text: str, message: str) -> None:
    """A text that starts with # and is no matcher names the nearest, and how to write it literally."""
    with pytest.raises(SentenceError) as caught:
        parse_matcher(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("written", "meant"),
    [("\\#5", "#5"), ("\\\\#5", "\\#5"), ("\\a", "\\a"), ("#5", "#5"), ("a\\#5", "a\\#5"), ("", "")],
)
def test_a_backslash_makes_a_text_literal(written: str, meant: str) -> None:
    """One backslash in front of # is taken away, and no other."""
    assert unescape(written) == meant


@pytest.mark.parametrize("text", ["#5", "\\#5", "\\\\#", "\\a", "a", ""])
def test_an_escaped_text_means_itself(text: str) -> None:
    """Escape is the opposite of unescape, and makes no matcher."""
    written = escape(text)

    assert isinstance(written, str)
    assert parse_matcher(written) is None
    assert unescape(written) == text


def test_escape_goes_deep() -> None:
    """Texts in arrays and objects are escaped, keys and other values are not."""
    assert escape({"#k": ["#ignore", 1, ("#a",)], "n": None}) == {"#k": ["\\#ignore", 1, ["\\#a"]], "n": None}
