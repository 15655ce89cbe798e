"""The forms a text can have: a date, a UUID, an address."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from asgherkin.errors import SentenceError
from asgherkin.matching.patterns import check_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
_OFFSET: Final = r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
_DATETIME: Final = rf"{_DATE}[T ]{_TIME}{_OFFSET}?"
_UUID: Final = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_EMAIL: Final = (
    r"""(?!\.)(?![^@]*\.\.)[^\s@"(),:;<>\[\]\\]{1,64}(?<!\.)@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]"""
)
_URL: Final = r"(?i)(?:https?|wss?)://[^\s/?#]+[^\s]*"


def is_date(text: str) -> bool:
    """Tell whether a text is an ISO 8601 date, such as 2026-01-31."""
    return re.fullmatch(_DATE, text) is not None and _readable(date.fromisoformat, text)


def is_datetime(text: str) -> bool:
    """Tell whether a text is an ISO 8601 date and time; the offset from UTC may be missing."""
    upper = text.upper()
    return re.fullmatch(_DATETIME, upper) is not None and _readable(datetime.fromisoformat, upper)


def is_uuid(text: str) -> bool:
    """Tell whether a text is a UUID in its canonical form, with four hyphens."""
    return re.fullmatch(_UUID, text) is not None


def is_email(text: str) -> bool:
    """Tell whether a text looks like an email address at a domain with a dot."""
    return len(text) <= 254 and re.fullmatch(_EMAIL, text) is not None


def is_url(text: str) -> bool:
    """Tell whether a text is an absolute URL of http, https, ws or wss."""
    return re.fullmatch(_URL, text) is not None and _readable(_host_and_port, text)


def _readable(read: Callable[[str], object], text: str) -> bool:
    """Tell whether a text can be read; False stands for an unreadable one too."""
    try:
        return read(text) is not False
    except ValueError:
        return False


def _host_and_port(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and parts.port != 0


# The forms that JSON Schema 2020-12 names, where they are stricter or laxer than a matcher's.
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
    return re.fullmatch(_RFC3339_TIME, upper) is not None and _readable(time.fromisoformat, upper)


def _is_date_time(text: str) -> bool:
    return text[10:11] in ("T", "t") and is_date(text[:10]) and _is_time(text[11:])


def _is_uri_reference(text: str) -> bool:
    return re.fullmatch(_URI_CHARACTERS, text) is not None and _readable(urlsplit, text)


def _is_uri(text: str) -> bool:
    return re.match(_SCHEME, text) is not None and _is_uri_reference(text)


def _is_pattern(text: str) -> bool:
    try:
        check_pattern(text)
    except SentenceError:
        return False
    return True


SCHEMA_FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "date-time": _is_date_time,
    "date": is_date,
    "time": _is_time,
    "duration": lambda text: re.fullmatch(_DURATION, text) is not None,
    "email": lambda text: re.fullmatch(_MAILBOX, text) is not None,
    "idn-email": lambda text: re.fullmatch(_MAILBOX, text) is not None,
    "hostname": lambda text: re.fullmatch(_HOSTNAME, text) is not None,
    "uri": _is_uri,
    "uri-reference": _is_uri_reference,
    "uuid": is_uuid,
    "json-pointer": lambda text: re.fullmatch(_JSON_POINTER, text) is not None,
    "regex": _is_pattern,
}
"""The formats of a schema that are checked, beside ipv4 and ipv6."""
