"""Remembered values in texts and in JSON."""

from __future__ import annotations

import datetime

import pytest

from asgherkin.errors import SentenceError
from asgherkin.matching.documents import as_text, fill_json, fill_text

VALUES: dict[str, object] = {
    "id": 7,
    "name": "Ann",
    "price": 1.5,
    "paid": True,
    "nothing": None,
    "tags": ["a", "b"],
    "order": {"id": 7, "note": "#ignore"},
    "quote": 'say "hi"\\\n',
    "hash": "#ignore",
    "escaped": "\\#5",
    "nested": "{{id}}",
    "env.TOKEN": "s3cret",
    "user-id_2": "u",
    "day": datetime.date(2026, 1, 31),
    "half": "\ud800",
    "été": "summer",
}


def lookup(name: str) -> object:
    try:
        return VALUES[name]
    except KeyError:
        raise SentenceError(f"{name} is not known.") from None


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("/orders/{{id}}", "/orders/7"),
        ("{{ name }} and {{name}}", "Ann and Ann"),
        ("{{price}} {{paid}} {{nothing}}", "1.5 true null"),
        ("{{tags}}", '["a", "b"]'),
        ("{{quote}}", 'say "hi"\\\n'),
        ("{{nested}}", "{{id}}"),
        ("{{env.TOKEN}} {{user-id_2}} {{été}}", "s3cret u summer"),
        ("{{day}}", "2026-01-31"),
        ("{{half}}", "\ud800"),
        ("{{}} {{a b}} {id} }} {{", "{{}} {{a b}} {id} }} {{"),
        ("no names", "no names"),
    ],
    ids=lambda part: part[:20].encode("ascii", "replace").decode(),
)
def test_values_stand_in_a_text(text: str, filled: str) -> None:
    """Texts are inserted as they are, other values as JSON, and never filled again."""
    assert fill_text(text, lookup) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ('{"id": {{id}}, "text": "{{id}}"}', '{"id": 7, "text": "7"}'),
        ('{"name": {{name}}, "hi": "Hi {{ name }}!"}', '{"name": "Ann", "hi": "Hi Ann!"}'),
        ("[{{nothing}}, {{paid}}, {{tags}}]", '[null, true, ["a", "b"]]'),
        ('["{{tags}}"]', '["[\\"a\\", \\"b\\"]"]'),
        ('["{{quote}}", {{quote}}]', '["say \\"hi\\"\\\\\\n", "say \\"hi\\"\\\\\\n"]'),
        ('{"\\"{{name}}": 1}', '{"\\"Ann": 1}'),
        ('["{{nested}}", {{nested}}]', '["{{id}}", "{{id}}"]'),
        ("[{{day}}]", '["2026-01-31"]'),
        ('"{{hash}}" {{hash}}', '"#ignore" "#ignore"'),
        ("it's 5\" {{name}}\n{{name}}", 'it\'s 5" Ann\n"Ann"'),
        ("plain", "plain"),
        ('"a" "\\', '"a" "\\'),
        ('"a" {{id}} "b', '"a" 7 "b'),
    ],
)
def test_values_stand_in_json(text: str, filled: str) -> None:
    """A name outside a string becomes JSON of its type, and inside one escaped text."""
    assert fill_json(text, lookup) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ('["{{hash}}", {{hash}}]', '["\\\\#ignore", "\\\\#ignore"]'),
        ('["{{escaped}}", {{escaped}}]', '["\\\\\\\\#5", "\\\\\\\\#5"]'),
        ("{{order}}", '{"id": 7, "note": "\\\\#ignore"}'),
        ('["no {{hash}}", "{{name}}"]', '["no #ignore", "Ann"]'),
        ('["#regex {{name}}"]', '["#regex Ann"]'),
    ],
)
def test_a_remembered_value_is_never_a_matcher(text: str, filled: str) -> None:
    """In an expected document a value that starts with # is escaped, what the author wrote is not."""
    assert fill_json(text, lookup, expected=True) == filled


@pytest.mark.parametrize("fill", [fill_text, fill_json])
def test_an_unknown_name_is_the_lookups_error(fill: object) -> None:
    """What the lookup raises is not hidden."""
    assert callable(fill)

    with pytest.raises(SentenceError) as caught:
        fill('{"a": {{nobody}}}', lookup)

    assert str(caught.value) == "nobody is not known."


def test_a_value_that_is_no_json_stands_as_its_text() -> None:
    """A date is inserted as Python writes it."""
    assert as_text(datetime.date(2026, 1, 31)) == "2026-01-31"
