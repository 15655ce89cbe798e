"""JSON Schema 2020-12: formats are checked, references are never fetched."""

from __future__ import annotations

import json
import re
from datetime import time
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.differences import Difference, describe, path_of
from asgherkin.matching.matchers import check_pattern, is_date, is_readable, is_uuid
from asgherkin.matching.values import ABSENT, sentence_start, show, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jsonschema import FormatChecker
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator
    from referencing import Resource
    from referencing._core import Resolver

_Schema: TypeAlias = "bool | Mapping[str, object]"

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_ALTERNATIVES: Final = 5
_QUOTED: Final = r"'([^'\"\\]*)'"


def verify_schema(subject: str, schema: object, document: object) -> None:
    """Check that a document is valid by a JSON Schema.

    Args:
        subject: the document's name in a message, such as `the response body`.
        schema: the schema, read from JSON.
        document: the document to check.

    Raises:
        Mismatch: it is not valid; the text lists every violation with its path.
        SentenceError: the schema is not valid, or has a reference to something outside of it.
    """
    from referencing.exceptions import Unresolvable  # heavy, and needed by few scenarios

    try:
        validator = _validator(json.dumps(schema))
        errors = validator.iter_errors(document)  # type: ignore[arg-type] # an app may send anything
        found = [_violation(error) for error in errors]
    except Unresolvable as error:
        # The library leaves out the # of a pointer.
        raise _unknown_reference(f"#{error.ref}" if error.ref.startswith("/") else error.ref) from None
    except RecursionError:
        raise SentenceError("The schema refers to itself without an end, or is nested too deeply.") from None
    if found:
        places = "1 place" if len(found) == 1 else f"{len(found)} places"
        raise Mismatch(f"{sentence_start(subject)} does not match the schema in {places}:", describe(found))


@lru_cache(maxsize=128)
def _validator(text: str) -> Validator:
    from jsonschema import Draft202012Validator  # heavy, and needed by few scenarios
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped] # it has no types
    from referencing.jsonschema import DRAFT202012

    schema = json.loads(text)
    _check_draft(schema)
    formats = _format_checker()
    meta = Draft202012Validator(Draft202012Validator.META_SCHEMA, registry=REGISTRY, format_checker=formats)
    if wrong := [_violation(error) for error in meta.iter_errors(schema)]:
        raise SentenceError(f"The schema is not valid:\n{describe(wrong)}")
    resource = DRAFT202012.create_resource(schema)
    _prepare(resource, REGISTRY.resolver_with_root(resource))
    # This registry knows the drafts and retrieves nothing, unlike the library's default.
    return Draft202012Validator(schema, registry=REGISTRY, format_checker=formats)


def _check_draft(schema: object) -> None:
    if not isinstance(schema, dict | bool):
        raise SentenceError(f"A JSON Schema is an object, true or false, not {typed(schema)}.")
    draft = schema.get("$schema", _DRAFT) if isinstance(schema, dict) else _DRAFT
    if str(draft).rstrip("#") != _DRAFT:
        raise SentenceError(f'The schema has the "$schema" {show(draft)}; write "{_DRAFT}", or leave it out.')


def _prepare(resource: Resource[_Schema], resolver: Resolver[_Schema]) -> None:
    """Look up every reference now, also in branches not taken, and spell `false` as `{"not": {}}`.

    The library's message for a plain `false` does not name the property.
    """
    contents = resource.contents if isinstance(resource.contents, dict) else {}
    for keyword in ("$ref", "$dynamicRef"):
        if isinstance(reference := contents.get(keyword), str):
            _look_up(reference, resolver)
    for keyword in ("properties", "patternProperties"):
        parts = contents.get(keyword, {})
        parts.update({name: {"not": {}} for name, part in parts.items() if part is False})
    for part in resource.subresources():
        _prepare(part, resolver.in_subresource(part))


def _look_up(reference: str, resolver: Resolver[_Schema]) -> None:
    from referencing.exceptions import Unresolvable

    try:
        resolver.lookup(reference)
    except Unresolvable:
        raise _unknown_reference(reference) from None


def _unknown_reference(reference: str) -> SentenceError:
    return SentenceError(
        f"The schema refers to {show(reference)}, which is not part of it. Other files and hosts "
        'are never fetched: put what is referred to under "$defs", and write "$ref": "#/$defs/<name>".'
    )


@lru_cache(maxsize=1)
def _format_checker() -> FormatChecker:
    from jsonschema import FormatChecker

    checker = FormatChecker(["ipv4", "ipv6"])
    for name, fits in SCHEMA_FORMATS.items():
        checker.checks(name)(lambda value, fits=fits: not isinstance(value, str) or fits(value))
    return checker


def _violation(error: ValidationError) -> Difference:
    context = error.context or []
    alternatives = [f"\n    {path_of(part.absolute_path)}: {_message(part)}" for part in context[:_ALTERNATIVES]]
    if len(context) > _ALTERNATIVES:
        alternatives.append("\n    …")
    note = _message(error) + "".join(alternatives)
    return Difference(path_of(error.absolute_path), ABSENT, error.instance, note)


def _message(error: ValidationError) -> str:
    """Return the library's message with JSON in place of Python literals."""
    if error.validator is None or (error.validator == "not" and error.validator_value == {}):
        return f"nothing is allowed here, got {typed(error.instance)}"
    message = error.message.replace(repr(error.instance), "\0", 1)
    message = message.replace(repr(error.validator_value), "\1", 1)
    message = re.sub(_QUOTED, r'"\1"', message)
    return message.replace("\0", show(error.instance)).replace("\1", show(error.validator_value))


# The formats of JSON Schema 2020-12, where they are stricter or laxer than a matcher's

_RFC3339_TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
_DURATION: Final = (
    r"P(?=.)(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)"
)
_HOSTNAME: Final = r"(?i)(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.(?=.)|\Z))+"
_URI_CHARACTERS: Final = r"(?ai)(?:[\w.~:/?#\[\]@!$&'()*+,;=-]|%[0-9a-f]{2})*"
_SCHEME: Final = r"(?i)[a-z][a-z0-9+.-]*:"
_JSON_POINTER: Final = r"(?s)(?:/(?:[^~/]|~[01])*)*"
_MAILBOX: Final = r"[^\s@]+@[^\s@]+"


def _is_time(text: str) -> bool:
    upper = text.upper()
    return re.fullmatch(_RFC3339_TIME, upper) is not None and is_readable(time.fromisoformat, upper)


def _is_uri_reference(text: str) -> bool:
    return re.fullmatch(_URI_CHARACTERS, text) is not None and is_readable(urlsplit, text)


def _is_pattern(text: str) -> bool:
    try:
        check_pattern(text)
    except SentenceError:
        return False
    return True


SCHEMA_FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "date-time": lambda text: text[10:11] in ("T", "t") and is_date(text[:10]) and _is_time(text[11:]),
    "date": is_date,
    "time": _is_time,
    "duration": lambda text: re.fullmatch(_DURATION, text) is not None,
    "email": lambda text: re.fullmatch(_MAILBOX, text) is not None,
    "idn-email": lambda text: re.fullmatch(_MAILBOX, text) is not None,
    "hostname": lambda text: re.fullmatch(_HOSTNAME, text) is not None,
    "uri": lambda text: re.match(_SCHEME, text) is not None and _is_uri_reference(text),
    "uri-reference": _is_uri_reference,
    "uuid": is_uuid,
    "json-pointer": lambda text: re.fullmatch(_JSON_POINTER, text) is not None,
    "regex": _is_pattern,
}
"""The formats that are checked, beside the library's ipv4 and ipv6."""
