"""Take secrets out of whatever is shown.

Secret are the values of some headers, of fields and parameters with telling names, of every `{{env.NAME}}`,
and wherever a value once known as secret turns up again.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "[redacted]"
HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key")
FIELDS = ("password", "passwd", "secret", "token", "api_key", "api-key", "apikey", "credential")
# A shorter text would be found by chance in the middle of other texts, and mask what is no secret.
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class _Patterns:
    headers: frozenset[str]
    field: re.Pattern[str]
    header: re.Pattern[str]
    path: re.Pattern[str]


@functools.lru_cache
def _patterns(names: tuple[str, ...]) -> _Patterns:
    fields = "|".join(re.escape(name) for name in (*FIELDS, *names))
    headers = "|".join(re.escape(name) for name in (*HEADERS, *names))
    return _Patterns(
        frozenset((*HEADERS, *names)),
        # "password": "x" · password=x · password: x · 'password': 'x'; a longer name such as access_token too
        re.compile(
            rf"""(?P<name>["']?[\w-]*(?:{fields})[\w-]*["']?\s*[:=]\s*)"""
            r"""(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s&,;"'<>{}\[\]()]+)""",
            re.IGNORECASE,
        ),
        re.compile(rf"(?P<name>\b(?:{headers})\s*:\s*)(?P<value>[^\r\n]+)", re.IGNORECASE),
        # `$.token: expected …` and `at "$.token" is …`: the values follow in words, so the rest of the line goes
        re.compile(rf"""(?P<name>\$[^\s":]*(?:{fields})[^\s":]*(?:"|:)\s)(?P<value>[^\n]+)""", re.IGNORECASE),
    )


class Redactor:
    """Knows the secret names and, with time, the secret values of a scenario."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._patterns = _patterns(tuple(name.lower() for name in names))
        self._values: set[str] = set()

    def is_secret(self, name: str) -> bool:
        """Whether a header's or field's value is secret by its name."""
        return name.lower() in self._patterns.headers or bool(self._patterns.field.match(f"{name}=x"))

    def learn(self, value: str) -> None:
        """Know a value as secret from now on, wherever it turns up."""
        if len(value) >= _SHORTEST:
            self._values.add(value)

    def learn_header(self, name: str, value: str) -> None:
        """Know a header's value as secret if its name says so; of cookies and credentials, the bare values too."""
        if not self.is_secret(name):
            return
        self.learn(value)
        if name.lower() == "set-cookie":
            value = value.split(";", 1)[0]
        for part in value.split(";"):
            self.learn(part.split("=", 1)[-1].strip() if "=" in part else part.rsplit(" ", 1)[-1].strip())

    def learn_body(self, text: str) -> None:
        """Know the values of secret fields in a body as secret: of JSON at any depth, of a form."""
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = dict(parse_qsl(text))
        self._learn_fields(document, secret=False)

    def _learn_fields(self, value: object, *, secret: bool) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                self._learn_fields(inner, secret=secret or self.is_secret(str(name)))
        elif isinstance(value, list):
            for inner in value:
                self._learn_fields(inner, secret=secret)
        elif secret and isinstance(value, str):
            self.learn(value)

    def redact(self, text: str) -> str:
        """A text with every secret masked."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, MASK)
        text = self._patterns.path.sub(rf"\g<name>{MASK}", text)
        text = self._patterns.header.sub(rf"\g<name>{MASK}", text)
        return self._patterns.field.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    value = found["value"]
    if value in ("null", "true", "false") or MASK in value:
        return found[0]
    quote = value[0] if value[0] in "\"'" else ""
    return f"{found['name']}{quote}{MASK}{quote}"
