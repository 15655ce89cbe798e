"""JSON as it is written in a feature."""

from __future__ import annotations

import pytest

from asgherkin.errors import SentenceError
from asgherkin.matching.documents import depth, find_flaw, parse_cell, parse_document, parse_literal

VALUES: dict[str, object] = {"id": 7, "name": "Ann", "tags": ["a", 1], "hash": "#ignore", "nothing": None}
NESTED = "[" * 100 + "]" * 100


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            '{"a": [1, 1.5, -2e3, true, false, null, "é\\u0041"]}',
            {"a": [1, 1.5, -2000.0, True, False, None, "éA"]},
        ),
        (" \n 5 \n", 5),
        ('{"id": {{id}}, "text": "{{id}}", "tags": {{tags}}}', {"id": 7, "text": "7", "tags": ["a", 1]}),
        ('["{{hash}}"]', ["#ignore"]),
        ('{"a": {"b": {}}}', {"a": {"b": {}}}),
        ('"\\ud800"', "\ud800"),
    ],
    ids=["every type", "spaces", "names", "hash", "braces", "half a surrogate pair"],
)
def test_a_document_is_read(text: str, value: object) -> None:
    """JSON is read with the values of its names."""
    assert parse_document(text, VALUES.__getitem__) == value


def test_names_are_not_looked_for_without_a_lookup() -> None:
    """Without a lookup a name in a string stays as it is."""
    assert parse_document('["{{id}}"]') == ["{{id}}"]


def test_an_expected_document_takes_remembered_values_literally() -> None:
    """What is remembered never becomes a matcher of an expected document."""
    document = parse_document('["{{hash}}", {{hash}}, "#ignore"]', VALUES.__getitem__, expected=True)

    assert document == ["\\#ignore", "\\#ignore", "#ignore"]


def test_a_hundred_levels_are_read() -> None:
    """A document is read up to a depth that no feature needs."""
    assert str(parse_document(NESTED)) == NESTED


def test_brackets_in_texts_are_no_depth() -> None:
    """Only arrays and objects count as levels."""
    text = '["' + "[{" * 200 + '"]'

    document = parse_document(text)

    assert document == ["[{" * 200]


def test_many_siblings_are_no_depth() -> None:
    """Only what stands in one another counts, not what stands side by side."""
    assert depth("[" + "{}," * 200 + "[]]") == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'The JSON is empty. Write a value, for example {"name": "Ann"}.'),
        (" \n", 'The JSON is empty. Write a value, for example {"name": "Ann"}.'),
        (
            "{\n  name: 1\n}",
            "The JSON is not valid at line 2, column 3: expecting property name enclosed in double quotes.\n"
            "    name: 1\n"
            "    ^",
        ),
        (
            '{"a": }',
            'The JSON is not valid at line 1, column 7: expecting value.\n  {"a": }\n        ^',
        ),
        (
            "[1 2]",
            "The JSON is not valid at line 1, column 4: expecting ',' delimiter.\n  [1 2]\n     ^",
        ),
        (
            "[1]\n[2]",
            "The JSON is not valid at line 2, column 1: nothing may follow the value.\n  [2]\n  ^",
        ),
        (
            '["abc',
            'The JSON is not valid at line 1, column 2: unterminated string.\n  ["abc\n   ^',
        ),
        (
            '["a\tb"]',
            'The JSON is not valid at line 1, column 4: invalid control character.\n  ["a b"]\n     ^',
        ),
        (
            '["\\x"]',
            'The JSON is not valid at line 1, column 3: invalid \\escape.\n  ["\\x"]\n    ^',
        ),
        (
            '{"a": 1,\n "b": {"a": 2, "\\u0061": 3}}',
            'The JSON is not valid at line 2, column 16: the key "\\u0061" is there twice.\n'
            '   "b": {"a": 2, "\\u0061": 3}}\n'
            "                 ^",
        ),
        (
            '{"a": [true, "x"], "b": NaN}',
            "The JSON is not valid at line 1, column 25: NaN is not JSON.\n"
            '  {"a": [true, "x"], "b": NaN}\n'
            "                          ^",
        ),
        (
            "[-Infinity]",
            "The JSON is not valid at line 1, column 2: -Infinity is not JSON.\n  [-Infinity]\n   ^",
        ),
        (
            "[1, 1.5, 1e999]",
            "The JSON is not valid at line 1, column 10: the number is too large.\n  [1, 1.5, 1e999]\n           ^",
        ),
        (
            "[-" + "9" * 5000 + "]",
            "The JSON is not valid at line 1, column 2: a number of 5000 digits is too long.\n"
            "  [-" + "9" * 118 + "\n"
            "   ^",
        ),
        (
            '{"long": "' + "x" * 200 + '", oops}',
            "The JSON is not valid at line 1, column 214: "
            "expecting property name enclosed in double quotes.\n"
            "  …" + "x" * 57 + '", oops}\n' + " " * 63 + "^",
        ),
        ("[" * 101 + "]" * 101, "The JSON is not valid: more than 100 arrays and objects in one another."),
        ("[" * 100_000, "The JSON is not valid: more than 100 arrays and objects in one another."),
        ('{"a":' * 100_000, "The JSON is not valid: more than 100 arrays and objects in one another."),
    ],
    ids=[
        "empty",
        "blank",
        "no quotes",
        "no value",
        "no comma",
        "two values",
        "open string",
        "tab",
        "escape",
        "key twice",
        "NaN",
        "infinity",
        "huge number",
        "long number",
        "long line",
        "101 levels",
        "open arrays",
        "open objects",
    ],
)
def test_what_is_not_json_is_shown_with_its_place(text: str, message: str) -> None:
    """An error names line and column, and shows the line with a caret under the place."""
    with pytest.raises(SentenceError) as caught:
        parse_document(text)

    assert str(caught.value) == message


def test_no_flaw_is_found_in_json() -> None:
    """The search for a flaw ends where there is none."""
    assert str(find_flaw('{"a": [1, -1.5, "x", null]}')) == "a value in it cannot be read"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9", 9),
        ('"9"', "9"),
        ("true", True),
        ("null", None),
        ("[1, 2]", [1, 2]),
        ('{"a": 1}', {"a": 1}),
        ("{{id}}", 7),
        ('"{{id}}"', "7"),
        ("{{name}}", "Ann"),
        ('"#uuid"', "#uuid"),
        ("#uuid", "#uuid"),
        ("#[] #string", "#[] #string"),
        ('"\\\\#5"', "\\#5"),
    ],
)
def test_a_literal_is_read(text: str, value: object) -> None:
    """A literal in a sentence is a JSON value, or a matcher without quotes."""
    literal = parse_literal(text, VALUES.__getitem__)

    assert literal == value
    assert type(literal) is type(value)


def test_an_expected_literal_takes_remembered_values_literally() -> None:
    """What is remembered never becomes a matcher of an expected literal."""
    assert parse_literal("{{hash}}", VALUES.__getitem__, expected=True) == "\\#ignore"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "abc",
            'abc is not a JSON value. Write "abc" for a text, or a number, true, false, null, [..] or {..}.',
        ),
        (
            "'abc'",
            "'abc' is not a JSON value. Write \"abc\" for a text, or a number, true, false, null, [..] or {..}.",
        ),
        (
            "01",
            '01 is not a JSON value. Write "01" for a text, or a number, true, false, null, [..] or {..}.',
        ),
        (
            "a\tb",
            '"a\\tb" is not a JSON value. Write "a\\tb" for a text, or a number, true, false, null, [..] or {..}.',
        ),
        (
            "",
            'The value is missing. Write "" for an empty text, or a number, true, false, null, [..] or {..}.',
        ),
        ("True", 'True is not a JSON value. Write true, or "True" for a text.'),
        ("None", 'None is not a JSON value. Write null, or "None" for a text.'),
        ('{"a": b}', '{"a": b} is not a JSON value: expecting value at column 7.'),
        ('"a', '"a is not a JSON value: unterminated string at column 1.'),
        ("[NaN]", "[NaN] is not a JSON value: NaN is not JSON at column 2."),
        (
            "[" * 300,
            '"' + "[" * 79 + "… (302 characters) is not a JSON value: more than 100 arrays and objects in one another.",
        ),
        (
            "#uid",
            "#uid is not a matcher. The nearest are #uuid, #url and #null. "
            'A text that starts with # is written \\#uid, in a JSON document "\\\\#uid".',
        ),
    ],
    ids=[
        "word",
        "single quotes",
        "leading zero",
        "tab",
        "empty",
        "True",
        "None",
        "object",
        "string",
        "NaN",
        "deep",
        "matcher",
    ],
)
def test_what_is_no_literal_says_what_to_write(text: str, message: str) -> None:
    """An error shows how a text is written, or what is wrong inside the brackets."""
    with pytest.raises(SentenceError) as caught:
        parse_literal(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("milk", "milk"),
        ("tea", "tea"),
        ("9", 9),
        ('"9"', "9"),
        ("-1.5", -1.5),
        ("007", "007"),
        ("+49", "+49"),
        ("true", True),
        ("null", None),
        ('{"a": 1}', {"a": 1}),
        ("{a}", "{a}"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
        ("[" * 5000, "[" * 5000),
        ("#uuid", "#uuid"),
        ("{{id}}", 7),
        ("{{ name }}", "Ann"),
        ("{{nothing}}", None),
        ('"{{id}}"', "7"),
        ("[{{id}}, {{name}}]", [7, "Ann"]),
        ("Dear {{name}}", "Dear Ann"),
        ("{{name}} {{id}}", "Ann 7"),
        ("{{hash}}", "#ignore"),
    ],
    ids=lambda part: repr(part)[:20],
)
def test_a_cell_is_json_where_it_can_be(text: str, value: object) -> None:
    """A cell is a JSON value where it is one, the value of its one name, and a text otherwise."""
    cell = parse_cell(text, VALUES.__getitem__)

    assert cell == value
    assert type(cell) is type(value)


def test_a_cell_without_a_lookup() -> None:
    """Without a lookup a name stays as it is."""
    assert parse_cell("{{id}}") == "{{id}}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{hash}}", "\\#ignore"),
        ("{{hash}} it", "\\#ignore it"),
        ("do {{hash}}", "do #ignore"),
        ("#regex {{name}}", "#regex Ann"),
        ("{{id}}", 7),
    ],
)
def test_an_expected_cell_takes_remembered_values_literally(text: str, value: object) -> None:
    """What is remembered never becomes a matcher of an expected cell."""
    assert parse_cell(text, VALUES.__getitem__, expected=True) == value
