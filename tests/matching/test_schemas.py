"""JSON Schema 2020-12."""

from __future__ import annotations

import pytest

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.schemas import verify_schema

BODY = "the response body"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        (True, 5),
        ({}, None),
        ({"$schema": DRAFT, "type": "object", "required": ["id"]}, {"id": 1}),
        ({"$schema": DRAFT + "#", "type": "integer"}, 1.0),
        ({"$defs": {"id": {"type": "integer"}}, "properties": {"id": {"$ref": "#/$defs/id"}}}, {"id": 1}),
        ({"$id": "https://example.com/a", "$defs": {"b": {"$id": "b"}}, "$ref": "https://example.com/b"}, 1),
        ({"$ref": DRAFT}, {"type": "string"}),
        ({"format": "date-time"}, "2026-01-31T10:30:00Z"),
        ({"format": "date-time"}, 5),
        ({"format": "nobody-knows"}, "x"),
        ({"pattern": "[[a]"}, "["),
        ({"const": {"$ref": "https://example.com"}}, {"$ref": "https://example.com"}),
        ({"properties": {"$ref": {"type": "string"}}}, {"$ref": "x"}),
        ({"properties": {"no": False}}, {}),
    ],
)
def test_a_document_is_as_the_schema_says(schema: object, document: object) -> None:
    """Nothing is raised for a document without a violation."""
    verify_schema(BODY, schema, document)


@pytest.mark.parametrize(
    ("schema", "document", "line"),
    [
        (
            {"properties": {"total": {"minimum": 0}}},
            {"total": -1},
            "  $.total: -1 is less than the minimum of 0",
        ),
        ({"type": "integer"}, "9", '  $: "9" is not of type "integer"'),
        ({"type": ["string", "null"]}, True, '  $: true is not of type "string", "null"'),
        ({"required": ["na me"]}, {}, '  $: "na me" is a required property'),
        (
            {"additionalProperties": False},
            {"a": 1},
            '  $: Additional properties are not allowed ("a" was unexpected)',
        ),
        ({"enum": ["a", None]}, True, '  $: true is not one of ["a", null]'),
        ({"const": None}, True, "  $: null was expected"),
        ({"items": {"pattern": "^a"}}, ["a", "it's"], '  $[1]: "it\'s" does not match "^a"'),
        ({"format": "date"}, "x", '  $: "x" is not a "date"'),
        ({"format": "ipv4"}, "1.2.3", '  $: "1.2.3" is not a "ipv4"'),
        (
            {"properties": {"a": {"properties": {"b": False}}}},
            {"a": {"b": 1}},
            "  $.a.b: nothing is allowed here, got 1 (integer)",
        ),
        (
            {"patternProperties": {"^x": False}},
            {"x y": 1},
            "  $['x y']: nothing is allowed here, got 1 (integer)",
        ),
        (False, None, "  $: nothing is allowed here, got null"),
        ({"not": {}}, 1, "  $: nothing is allowed here, got 1 (integer)"),
        (
            {"anyOf": [{"type": "string"}, {"properties": {"a": {"minimum": 4}}}]},
            {"a": 3},
            '  $: {"a": 3} is not valid under any of the given schemas\n'
            '    $: {"a": 3} is not of type "string"\n'
            "    $.a: 3 is less than the minimum of 4",
        ),
        (
            {"anyOf": [{"const": number} for number in range(6)]},
            9,
            "  $: 9 is not valid under any of the given schemas\n"
            + "".join(f"    $: {number} was expected\n" for number in range(5))
            + "    …",
        ),
        ({"maxLength": 3}, "x" * 500, '  $: "' + "x" * 199 + "… (502 characters) is too long"),
    ],
)
def test_a_violation_has_its_path(schema: object, document: object, line: str) -> None:
    """A violation is told with its path, and with values as JSON."""
    with pytest.raises(Mismatch) as caught:
        verify_schema(BODY, schema, document)

    assert str(caught.value) == f"The response body does not match the schema in 1 place:\n{line}"


def test_every_violation_is_listed() -> None:
    """All violations are told at once."""
    schema = {"required": ["id"], "properties": {"total": {"minimum": 0}, "name": {"type": "string"}}}

    with pytest.raises(Mismatch) as caught:
        verify_schema(BODY, schema, {"total": -1, "name": None})

    assert str(caught.value) == (
        "The response body does not match the schema in 3 places:\n"
        '  $: "id" is a required property\n'
        "  $.total: -1 is less than the minimum of 0\n"
        '  $.name: null is not of type "string"'
    )


def unknown(reference: str) -> str:
    return (
        f'The schema refers to "{reference}", which is not part of it. '
        'Other files and hosts are never fetched: put what is referred to under "$defs", '
        'and write "$ref": "#/$defs/<name>".'
    )


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (5, "A JSON Schema is an object, true or false, not 5 (integer)."),
        (
            {"$schema": "http://json-schema.org/draft-07/schema#"},
            'The schema has the "$schema" "http://json-schema.org/draft-07/schema#"; '
            f'write "{DRAFT}", or leave it out.',
        ),
        (
            {"required": "id", "properties": {"a": {"pattern": "["}}},
            "The schema is not valid:\n"
            '  $.properties.a.pattern: "[" is not a "regex"\n'
            '  $.required: "id" is not of type "array"',
        ),
        (
            {"properties": {"a": {"$ref": "https://example.com/a.json"}}},
            unknown("https://example.com/a.json"),
        ),
        ({"$ref": "other.json"}, unknown("other.json")),
        ({"$ref": "file:///etc/passwd"}, unknown("file:///etc/passwd")),
        ({"$dynamicRef": "#nobody"}, unknown("#nobody")),
        ({"$ref": "#/$defs/nobody"}, unknown("#/$defs/nobody")),
        ({"$ref": "#/odd/a", "odd": {"a": {"$ref": "#/nobody"}}}, unknown("#/nobody")),
        ({"$ref": "#"}, "The schema refers to itself without an end, or is nested too deeply."),
    ],
    ids=[
        "no schema",
        "other draft",
        "not valid",
        "remote",
        "other file",
        "file of the machine",
        "anchor",
        "pointer",
        "behind an unknown keyword",
        "itself",
    ],
)
def test_a_bad_schema_is_an_error(schema: object, message: str) -> None:
    """A schema that cannot be used is a mistake of the feature, and nothing is fetched."""
    with pytest.raises(SentenceError) as caught:
        verify_schema(BODY, schema, {"b": 1})

    assert str(caught.value) == message


def test_the_authors_schema_is_left_as_it_is() -> None:
    """What is done to a schema before its use is done to a copy."""
    schema = {"properties": {"no": False}}

    verify_schema(BODY, schema, {})

    assert schema == {"properties": {"no": False}}
