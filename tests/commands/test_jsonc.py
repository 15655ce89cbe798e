"""Items are added to a JSON file with comments, and all else in it stays as it is."""

from __future__ import annotations

import json

import pytest

from asgherkin.commands.jsonc import with_items

BEFORE = """\
{
    // The editor.
    "editor.rulers": [120], /* wide */
    "cucumber.glue": [
        "conftest.py", // ours, "and" not theirs
        "steps/*.py",
    ],
    "nested": {"cucumber.features": ["no"]},
}
"""
AFTER = """\
{
    // The editor.
    "editor.rulers": [120], /* wide */
    "cucumber.glue": [
        "conftest.py", // ours, "and" not theirs
        "steps/*.py",
        "a.py",
        "b.py"
    ],
    "nested": {"cucumber.features": ["no"]},
    "cucumber.features": [
        "features/**/*.feature"
    ]
}
"""


def test_lists_get_what_they_lack() -> None:
    """Comments, commas at the end, order and other settings stay; what is nested is another setting."""
    text = with_items(BEFORE, "cucumber.glue", ["conftest.py", "a.py", "b.py"])

    text = with_items(text, "cucumber.features", ["features/**/*.feature"])

    assert text == AFTER


def test_what_is_there_already_changes_nothing() -> None:
    """A second time gives the same text."""
    once = with_items(AFTER, "cucumber.glue", ["a.py", "b.py"])

    assert once == AFTER


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{\n}\n",
        '{"a": 1}',
        '{"a": {"b": []}, "key": []}',
        '{"key": ["x"]}',
        '{"key": [\n  "x"\n]\n}',
        '{"a":[1,],}',
    ],
)
def test_the_result_is_json_with_the_items(text: str) -> None:
    """However the object was written."""
    result = with_items(text, "key", ["x", 'y "z"'])

    loaded = json.loads(result.replace("[1,]", "[1]"))
    assert loaded["key"] == ["x", 'y "z"']
    assert list(loaded)[: text.count('"a"')] == ["a"] * text.count('"a"')


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "this is no JSON object."),
        ("", "this is no JSON object."),
        ("{} {}", "this is no JSON object."),
        ('{"a": [1}', "a bracket is not closed."),
        ('{"key": [', "a bracket is not closed."),
        ('{\n"key": "open\n}', 'line 2 is no JSON: "open'),
        ('{"key": "x"}', "key is no list."),
    ],
    ids=["a list", "nothing", "two objects", "the wrong bracket", "an open bracket", "an open text", "no list"],
)
def test_what_is_no_such_file_is_refused(text: str, problem: str) -> None:
    """With what is wrong: nothing is guessed in a file of the user's."""
    with pytest.raises(ValueError, match=r"\.|JSON") as caught:
        with_items(text, "key", ["x"])

    assert str(caught.value) == problem
