"""The search of the catalogue, on a small one of its own: a new sentence of the toolkit changes nothing here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pytest_bdd import parsers

from asgherkin.gherkin.catalogue import Listed, most_alike, search


def sentence(pattern: str, example: str, meaning: str = "") -> Listed:
    """A sentence as the catalogue has it."""
    definition: Any = SimpleNamespace(parser=parsers.parse(pattern))
    return Listed(definition, "any", pattern, example, meaning, "conftest.py", 1, "conftest", "")


FILE = sentence('the file "{path}" is attached', 'the file "cat.png" is attached', "Sends a file in a form.")
HEADER = sentence('the request header "{name}" is "{value}"', 'the request header "X-Tenant" is "acme"', "Send it.")
SUBPROTOCOL = sentence('the subprotocol is "{name}"', 'the subprotocol is "chat.v1"')
STATUS = sentence("the response status is {status:d}", "the response status is 201", "The status code.")
CATS = sentence("there are {number:d} cats", "there are 3 cats", "So many cats live here.")
CATALOGUE = [FILE, HEADER, SUBPROTOCOL, STATUS, CATS]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Then the response status is 404", STATUS),
        ("And there are 7 cats", CATS),
        ("send a file", FILE),
        ("files", FILE),
        ("headres", HEADER),
        ("subproto", SUBPROTOCOL),
        ("live", CATS),
    ],
    ids=["a step", "another keyword", "words", "a plural", "nearly so", "a beginning", "of the meaning"],
)
def test_words_find_sentences(text: str, found: Listed) -> None:
    """By a whole step, by words, by their beginnings, and by words that are nearly so; the best is first."""
    assert search(text, CATALOGUE)[:1] == [found]


@pytest.mark.parametrize("text", ["zzyzx qqq", ""], ids=["no word of any", "nothing"])
def test_other_words_find_none(text: str) -> None:
    """What is written most like them is another question."""
    assert search(text, CATALOGUE) == []
    assert most_alike("the response statuses", CATALOGUE, 1) == [STATUS]


def test_ten_are_found_at_most() -> None:
    """More than that is no answer."""
    many = [sentence(f"the cat number {number} purrs", f"the cat number {number} purrs") for number in range(12)]

    assert len(search("purrs", many)) == 10
    assert search("a", many) == []
