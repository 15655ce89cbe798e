"""Matchers, which a document may hold in place of values, such as `#uuid` or `#[] #string`."""

from __future__ import annotations

import difflib
import re
import warnings
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from asgherkin.errors import SentenceError
from asgherkin.matching.values import ABSENT, is_number, show, type_name

if TYPE_CHECKING:
    from collections.abc import Callable

# The forms that a text can have

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
    return re.fullmatch(_DATE, text) is not None and is_readable(date.fromisoformat, text)


def is_datetime(text: str) -> bool:
    """Tell whether a text is an ISO 8601 date and time; the offset from UTC may be missing."""
    upper = text.upper()
    return re.fullmatch(_DATETIME, upper) is not None and is_readable(datetime.fromisoformat, upper)


def is_uuid(text: str) -> bool:
    """Tell whether a text is a UUID in its canonical form, with four hyphens."""
    return re.fullmatch(_UUID, text) is not None


def is_email(text: str) -> bool:
    """Tell whether a text looks like an email address at a domain with a dot."""
    return len(text) <= 254 and re.fullmatch(_EMAIL, text) is not None


def is_url(text: str) -> bool:
    """Tell whether a text is an absolute URL of http, https, ws or wss."""
    return re.fullmatch(_URL, text) is not None and is_readable(_host_and_port, text)


def is_readable(read: Callable[[str], object], text: str) -> bool:
    """Tell whether a function can read a text: it raises no ValueError, and does not return False."""
    try:
        return read(text) is not False
    except ValueError:
        return False


def _host_and_port(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and parts.port != 0


@lru_cache(maxsize=512)
def check_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a regular expression. Raises SentenceError for an invalid one, with the reason and the place in it."""
    try:
        # Python warns of patterns whose meaning may change some day, which is no concern of a feature's author.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except re.error as error:
        where = "" if error.pos is None else f" at character {error.pos + 1}"
        reason = f"{error.msg}{where}"
    except (OverflowError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    raise SentenceError(f"{show(pattern)} is not a valid regular expression: {reason}.")


# Matchers


@dataclass(slots=True, eq=False)
class Matcher:
    """A word or a pattern that stands for many values."""

    name: str
    """The matcher as it is written in the feature."""
    accepts: Callable[[object], bool]
    """Whether a value that is there fits."""
    allows_absent: bool
    """Whether an absent value fits too."""

    def matches(self, value: object) -> bool:
        """Tell whether a value, or `ABSENT`, fits."""
        return self.allows_absent if value is ABSENT else self.accepts(value)


def _text_that(fits: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and fits(value)


def _type(name: str) -> Callable[[object], bool]:
    return lambda value: type_name(value) == name


_PLAIN: Final[dict[str, Callable[[object], bool]]] = {
    **{name: _type(name) for name in ("string", "integer", "boolean", "null", "array", "object")},
    "number": is_number,
    "uuid": _text_that(is_uuid),
    "datetime": _text_that(is_datetime),
    "date": _text_that(is_date),
    "email": _text_that(is_email),
    "url": _text_that(is_url),
    "present": lambda _: True,
    "ignore": lambda _: True,
}
_SHOWN: Final = {f"#{name}": f"#{name}" for name in _PLAIN} | {
    "#regex": "#regex <pattern>",
    "#[3]": "#[3]",
    "#[]": "#[] #string",
}
_ARRAY: Final = r"(?s)\[([0-9]{0,9})\](?:[ \t]+(#.*))?"
_DEEPEST: Final = 16
_TOO_DEEP: Final = rf"(?:##?\[[0-9]*\][ \t]+){{{_DEEPEST}}}##?\["
_REGEX: Final = r"(?s)regex[ \t]+(\S.*)"
_ESCAPED: Final = r"\\+#"


def parse_matcher(text: str) -> Matcher | None:
    r"""Return the matcher a text is, or None where it is an ordinary text.

    Raises:
        SentenceError: the text starts with `#` and is no matcher. Such a text is written `\#…`.
    """
    return _parse(text) if text.startswith("#") else None


def unescape(text: str) -> str:
    r"""Return the text that an author means: `\#5` stands for `#5`, and `\\#5` for `\#5`."""
    return text[1:] if text.startswith("\\") and re.match(_ESCAPED, text) else text


def escape(value: object) -> object:
    r"""Return a value with an escape before each text that would be read as a matcher: the opposite of `unescape`.

    A remembered `#ignore` came from the app: it is compared, and must not accept every value.
    """
    if isinstance(value, str):
        return f"\\{value}" if value.startswith("#") or re.match(_ESCAPED, value) else value
    if isinstance(value, list | tuple):
        return [escape(item) for item in value]
    if isinstance(value, dict):
        return {key: escape(item) for key, item in value.items()}
    return value


@lru_cache(maxsize=2048)
def _parse(text: str) -> Matcher:
    optional = text.startswith("##")
    if re.match(_TOO_DEEP, text):
        raise SentenceError(f"The matcher {_named(text)} has more than {_DEEPEST} arrays in one another.")
    accepts = _accepts(text[2:] if optional else text[1:])
    if accepts is None:
        raise SentenceError(_no_matcher(text))
    if optional:
        return Matcher(text, lambda value: value is None or accepts(value), allows_absent=True)
    return Matcher(text, accepts, allows_absent=text == "#ignore")


def _accepts(name: str) -> Callable[[object], bool] | None:
    if name in _PLAIN:
        return _PLAIN[name]
    if array := re.fullmatch(_ARRAY, name):
        return _array(int(array[1]) if array[1] else None, _parse(array[2]) if array[2] else None)
    if regex := re.fullmatch(_REGEX, name):
        pattern = check_pattern(regex[1])
        return _text_that(lambda text: pattern.search(text) is not None)
    return None


def _array(length: int | None, item: Matcher | None) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, list | tuple)
        and length in (None, len(value))
        and (item is None or all(map(item.matches, value)))
    )


def _no_matcher(text: str) -> str:
    plain = text.lstrip("#").strip()
    if plain == "regex":
        return f"{text.strip()} needs a pattern, for example #regex ^[a-z]+$. {_how_to_write(text)}"
    word = f"#{plain[:40].lower()}".split()[0]
    nearest = [_SHOWN[name] for name in difflib.get_close_matches(word, _SHOWN, n=3, cutoff=0)]
    return (
        f"{_named(text)} is not a matcher. The nearest are {nearest[0]}, {nearest[1]} and {nearest[2]}. "
        f"{_how_to_write(text)}"
    )


def _how_to_write(text: str) -> str:
    short = text if _is_short(text) else "#…"
    return f'A text that starts with # is written \\{short}, in a JSON document "\\\\{short}".'


def _named(text: str) -> str:
    return text if _is_short(text) else show(text, limit=80)


def _is_short(text: str) -> bool:
    return len(text) <= 40 and text.isprintable() and '"' not in text and "\\" not in text
