"""JSONPath, RFC 9535."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonpath
import pytest

from asgherkin.errors import SentenceError
from asgherkin.matching.paths import find
from asgherkin.matching.values import ABSENT, Nodes

DOCUMENT: object = {
    "lives": 9,
    "nothing": None,
    "odd key": 1,
    "it's": 2,
    "ключ": 3,
    "": 4,
    "items": [{"name": "Tea", "price": 2}, {"name": "Milk", "price": 0}, {"name": "Cake"}],
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", DOCUMENT),
        ("$.lives", 9),
        ("$.nothing", None),
        ("$.nobody", ABSENT),
        ("$['odd key']", 1),
        ('$["odd key"]', 1),
        ("$['it\\'s']", 2),
        ("$.ключ", 3),
        ("$['ключ']", 3),
        ("$['']", 4),
        ("$.items[0].name", "Tea"),
        ("$.items[-1]['name']", "Cake"),
        ("$.items[3]", ABSENT),
        ("$.items[-4]", ABSENT),
        ("$.items.name", ABSENT),
        ("$.lives[0]", ABSENT),
        ("$.items[0].name[0]", ABSENT),
        ("$ .items [0] .name", "Tea"),
        ('$["nobody"]', ABSENT),
    ],
)
def test_a_path_to_one_place_gives_its_value(path: str, value: object) -> None:
    """A path that leads to one place gives the value there, or that it is absent."""
    assert find(path, DOCUMENT) == value


@pytest.mark.parametrize("path", ["$", "$.lives", "$.items[-1]['name']", "$.items[0]", "$['odd key']", "$.a_1['']"])
def test_simple_paths_mean_what_the_library_says(path: str) -> None:
    """Paths that are read without the library give what it would give."""
    nodes = jsonpath.compile(path, strict=True).findall(DOCUMENT)  # type: ignore[arg-type] # it is JSON

    assert find(path, DOCUMENT) == (nodes[0] if nodes else ABSENT)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("$.items[*].name", ["Tea", "Milk", "Cake"]),
        ("$..price", [2, 0]),
        ("$.items[0:2].price", [2, 0]),
        ("$.items[?@.price].name", ["Tea", "Milk"]),
        ("$.items[?@.price > 1].name", ["Tea"]),
        ("$.items[?search(@.name, '^M')].price", [0]),
        ("$.items[?match(@.name, '[')]", []),
        ("$.items[0, 1].name", ["Tea", "Milk"]),
        ("$.items[0].name[0:2]", []),
        ("$..nobody", []),
    ],
)
def test_other_paths_give_a_list(path: str, values: list[object]) -> None:
    """A path with any number of results gives them all, and may give none."""
    found = find(path, DOCUMENT)

    assert found == values
    assert isinstance(found, Nodes)


@pytest.mark.parametrize("document", ['{"a": 1}', "[1", 5, None, True], ids=repr)
def test_a_document_that_is_one_value(document: object) -> None:
    """A text is never parsed again, and nothing lies below it."""
    assert find("$", document) == document
    assert find("$.a", document) is ABSENT
    assert find('$["a"]', document) is ABSENT
    assert find("$..a", document) == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "it must start with $"),
        ("items", "it must start with $"),
        ("$.[x", "expected a name after the dot at character 3"),
        ("$.items.", "expected a name after the dot at the end"),
        ("$.items[", "something is missing at the end"),
        ("$[?@.a ==]", "something is missing at character 10"),
        ("$.a b", "unexpected token 'b' at character 5"),
        ("$.a | $.b", "unexpected token '|' at character 5"),
        ("$.a ", "unexpected trailing whitespace at character 4"),
        ("$[01]", "leading zero in index selector at character 3"),
        ("$[99999999999999999999]", "index out of range at character 3"),
        ("$[?foo(@.a)]", "function 'foo' is not defined at character 4"),
        ("$[?length(@)]", "result of length() must be compared at character 3"),
        ("$[1 2]", "unexpected token '2' at character 5"),
        ("$[?count(@.a == 1]", "unexpected token ']' at character 18"),
        ("$.a[?@['b'", "something is missing at the end"),
        ("$['\\x']", "unknown escape sequence at character 4"),
        ("$[?count(@.a, 1) == 1]", "count() requires 1 argument at character 4"),
    ],
)
def test_a_bad_path_says_why_and_where(path: str, reason: str) -> None:
    """An error gives the reason, the character counted from 1, and an example."""
    with pytest.raises(SentenceError) as caught:
        find(path, DOCUMENT)

    assert str(caught.value) == (
        f"{json.dumps(path)} is not a valid JSONPath (RFC 9535): {reason}. For example: $.items[0].name"
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("$[" + "9" * 5000 + "]", '"$[' + "9" * 197 + "… (5005 characters)"),
        ("$[?" + "(" * 2000 + "@.a" + ")" * 2000 + "]", '"$[?' + "(" * 196 + "… (4009 characters)"),
        ("$[?@.a == 1e9999]", '"$[?@.a == 1e9999]"'),
    ],
    ids=["number", "parentheses", "float"],
)
def test_a_hostile_path_is_a_bad_path(path: str, text: str) -> None:
    """Digits or parentheses without an end are an error like any other."""
    reason = "a number in it is too large" if "9" in path else "it is nested too deeply"

    with pytest.raises(SentenceError) as caught:
        find(path, DOCUMENT)

    assert str(caught.value) == (f"{text} is not a valid JSONPath (RFC 9535): {reason}. For example: $.items[0].name")


def test_a_document_too_deep_to_be_searched() -> None:
    """A search through all levels of a hostile document ends with an error."""
    document: object = 1
    for _ in range(5000):
        document = [document]

    with pytest.raises(SentenceError) as caught:
        find("$..a", document)

    assert str(caught.value) == '"$..a" cannot be looked up: the document is nested too deeply.'


def test_simple_paths_import_no_library() -> None:
    """The library is loaded for the first path that needs it."""
    code = (
        "import sys; from asgherkin.matching.paths import find; find('$.a[0]', {}); "
        "print('jsonpath' in sys.modules, 'jsonschema' in sys.modules)"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout == "False False\n"
