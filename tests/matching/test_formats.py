"""The forms a text can have."""

from __future__ import annotations

import pytest

from asgherkin.matching.matchers import is_date, is_datetime, is_email, is_url, is_uuid
from asgherkin.matching.schemas import SCHEMA_FORMATS

CHECKS = {"date": is_date, "datetime": is_datetime, "uuid": is_uuid, "email": is_email, "url": is_url}


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("date", "2026-01-31"),
        ("date", "2024-02-29"),
        ("datetime", "2026-01-31T10:30:00Z"),
        ("datetime", "2026-01-31t10:30:00z"),
        ("datetime", "2026-01-31 10:30"),
        ("datetime", "2026-01-31T10:30:00.123456789+05:30"),
        ("datetime", "2026-01-31T10:30:00,5-0800"),
        ("uuid", "123e4567-e89b-12d3-a456-426614174000"),
        ("uuid", "123E4567-E89B-12D3-A456-426614174000"),
        ("email", "ann@example.com"),
        ("email", "a.b+c@mail.example.co.uk"),
        ("email", "ünï@exämple.de"),
        ("url", "https://example.com"),
        ("url", "HTTP://localhost:8000/a?b=c#d"),
        ("url", "wss://[::1]:80/x"),
        ("url", "https://user:pw@example.com/ä"),
    ],
)
def test_texts_of_a_form(form: str, text: str) -> None:
    """A text that has the form is recognised."""
    assert CHECKS[form](text)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("date", "2026-02-29"),
        ("date", "20260131"),
        ("date", "2026-1-31"),
        ("date", "2026-01-31T10:30:00Z"),
        ("date", "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0663\u0661"),
        ("datetime", "2026-01-31"),
        ("datetime", "10:30:00"),
        ("datetime", "2026-13-31T10:30:00Z"),
        ("datetime", "2026-01-31T25:30:00Z"),
        ("datetime", "2026-01-31T10"),
        ("datetime", "2026-01-31T10:30:00Z\n"),
        ("uuid", "123e4567e89b12d3a456426614174000"),
        ("uuid", "{123e4567-e89b-12d3-a456-426614174000}"),
        ("uuid", "123e4567-e89b-12d3-a456-42661417400g"),
        ("email", "ann"),
        ("email", "ann@localhost"),
        ("email", "a b@example.com"),
        ("email", ".a@example.com"),
        ("email", "a..b@example.com"),
        ("email", "a@b@example.com"),
        ("email", "a@-example.com"),
        ("email", "a" * 250 + "@example.com"),
        ("url", "/orders/1"),
        ("url", "//example.com"),
        ("url", "ftp://example.com"),
        ("url", "http://"),
        ("url", "http://:80"),
        ("url", "http://example.com:99999"),
        ("url", "http://example.com/a b"),
        ("url", "http://[::1"),
        ("url", "http://example.com\n"),
        ("url", "javascript:alert(1)"),
    ],
)
def test_texts_not_of_a_form(form: str, text: str) -> None:
    """A text that has not quite the form is refused."""
    assert not CHECKS[form](text)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("date-time", "2026-01-31T10:30:00.5+01:00"),
        ("date", "2026-01-31"),
        ("time", "10:30:00Z"),
        ("duration", "P1Y2M3DT4H5M6S"),
        ("duration", "P2W"),
        ("duration", "PT1H"),
        ("email", "joe@localhost"),
        ("idn-email", "실례@실례.테스트"),
        ("hostname", "www.example.com"),
        ("hostname", "localhost"),
        ("uri", "urn:isbn:123"),
        ("uri", "http://example.com/%20"),
        ("uri-reference", "../a?b#c"),
        ("uri-reference", ""),
        ("uuid", "123e4567-e89b-12d3-a456-426614174000"),
        ("json-pointer", ""),
        ("json-pointer", "/a~1b/~0"),
        ("regex", "^a$"),
    ],
)
def test_texts_of_a_format_of_json_schema(form: str, text: str) -> None:
    """A text that has a schema's format is recognised."""
    assert SCHEMA_FORMATS[form](text)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("date-time", "2026-01-31T10:30:00"),
        ("date-time", "2026-01-31 10:30:00Z"),
        ("date-time", "2026-02-30T10:30:00Z"),
        ("time", "10:30"),
        ("time", "25:30:00Z"),
        ("duration", "P"),
        ("duration", "PT"),
        ("duration", "1D"),
        ("email", "joe"),
        ("idn-email", "@"),
        ("hostname", "-a.example"),
        ("hostname", "a..b"),
        ("hostname", "example."),
        ("hostname", ""),
        ("hostname", "a" * 64),
        ("uri", "/a"),
        ("uri", "http://exa mple"),
        ("uri", "http://[::1"),
        ("uri-reference", "a\\b"),
        ("uri-reference", "%zz"),
        ("uuid", "1"),
        ("json-pointer", "a"),
        ("json-pointer", "/a~2"),
        ("regex", "["),
    ],
)
def test_texts_not_of_a_format_of_json_schema(form: str, text: str) -> None:
    """A text that has not quite a schema's format is refused."""
    assert not SCHEMA_FORMATS[form](text)
