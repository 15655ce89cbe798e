"""The redactor of a scenario: it learns secrets, and masks them in texts and JSON documents.

Secrets are the values of some headers, of fields and parameters with telling names, of every `{{env.NAME}}`, and of
what the project adds by name or JSONPath. A value that was learned is masked wherever it turns up again.
"""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, quote_plus

from asgherkin.errors import ConfigurationError, SentenceError
from asgherkin.matching.paths import find
from asgherkin.redaction.secret_names import MASK, Pieces, secret_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asgherkin.redaction.secret_names import SecretNames

# A shorter text would be found by chance in the middle of other texts, and mask what is no secret.
_SHORTEST = 4
# A field of a multipart form: its name, its other headers, its value.
_PART = r'(?s)name="([^"\r\n]*)"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--'


class Redactor:
    """Knows the secret names and, with time, the secret values of a scenario.

    `added` are names of headers and fields, and JSONPaths into bodies. Raises ConfigurationError for a bad path.
    """

    def __init__(self, added: Iterable[str] = ()) -> None:
        self._added = tuple(added)
        self._paths = [path for path in self._added if path.startswith("$")]
        self._values: set[str] = set()
        self._words: set[str] = set()
        self._ready: tuple[list[str], Pieces] | None = None
        for path in self._paths:
            try:
                find(path, None)
            except SentenceError as error:
                raise ConfigurationError(f"asgi_redact: {error}") from None

    @functools.cached_property
    def _names(self) -> SecretNames:
        return secret_names(tuple(name for name in self._added if not name.startswith("$")))

    def is_secret(self, name: str) -> bool:
        """Whether a header's or field's value is secret by its name."""
        return self._names.contain(name)

    def may_name(self, text: str) -> bool:
        """Whether a document or form may have a secret name or path: a quick look before it is parsed."""
        return bool(self._paths) or "\\" in text or "%" in text or self._names.may_be_in(text)

    def learn(self, value: str) -> None:
        """Learn a credential: it is masked wherever it turns up, a short one only as a word of its own."""
        if 0 < len(value) < _SHORTEST:
            self._words.add(value)
        self._learn(value)

    def _learn(self, value: str) -> None:
        if len(value) >= _SHORTEST and value not in self._values:
            self._values.update(spelling for spelling in _spellings(value) if len(spelling) >= _SHORTEST)
            self._ready = None

    def learn_field(self, name: str, value: str) -> None:
        """Learn the value of a field or parameter with a secret name."""
        if self.is_secret(name):
            self._learn(value)

    def learn_header(self, name: str, value: str) -> None:
        """Learn the value of a secret header; of cookies and credentials, the bare values too."""
        if not self.is_secret(name):
            return
        self._learn(value)
        if name.lower() == "set-cookie":
            value = value.split(";", 1)[0]
        for part in value.split(";"):
            self._learn(part.split("=", 1)[-1].strip() if "=" in part else part.rsplit(" ", 1)[-1].strip())

    def learn_headers(self, headers: Iterable[tuple[str, str]]) -> None:
        """Learn the secrets in the headers of a request or a response."""
        headers = tuple(headers)
        if not self._names.are_open(headers):
            for name, value in headers:
                self.learn_header(name, value)

    def learn_body(self, text: str) -> None:
        """Learn the values of secret fields in a body or query: of JSON at any depth, of a form."""
        if not self.may_name(text):
            return
        try:
            self.learn_document(json.loads(text))
        except (ValueError, RecursionError, SentenceError):  # no JSON, or nested too deeply
            for name, value in [*parse_qsl(text), *re.findall(_PART, text)]:
                self.learn_field(name, value)

    def learn_document(self, document: object) -> None:
        """Learn the values of secret fields in a JSON document."""
        for leaf in self._secret_leaves(document):
            self._learn(leaf)
        for path in self._paths:
            for leaf in self._secret_leaves(find(path, document), inside=True):
                self.learn(leaf)

    def _secret_leaves(self, value: object, *, inside: bool = False) -> Iterator[str]:
        """The texts and numbers of secret fields, as texts; of all fields `inside` a secret one."""
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from self._secret_leaves(inner, inside=inside or self.is_secret(name))
        elif isinstance(value, list):
            for inner in value:
                yield from self._secret_leaves(inner, inside=inside)
        elif inside and isinstance(value, str):
            yield value
        elif inside and isinstance(value, int | float) and not isinstance(value, bool):
            yield json.dumps(value)

    def masked(self, document: object, *, inside: bool = False) -> object:
        """A JSON document in which the values of secret fields are masked; `inside` such a field, all of it."""
        if isinstance(document, dict):
            return {name: self.masked(value, inside=inside or self.is_secret(name)) for name, value in document.items()}
        if isinstance(document, list):
            return [self.masked(item, inside=inside) for item in document]
        return MASK if inside and document is not None and not isinstance(document, bool) else document

    @property
    def learned(self) -> bool:
        """Whether any value is known as secret."""
        return bool(self._values or self._words)

    def are_open(self, headers: tuple[tuple[str, str], ...]) -> bool:
        """Whether headers are to be shown as they are."""
        return not self.learned and self._names.are_open(headers)

    def may_hide(self, text: str) -> bool:
        """Whether anything in a text may be masked: a quick look at many texts in one."""
        return self.learned or self._names.may_be_in(text)

    def redact(self, text: str) -> str:
        """A text with every secret masked."""
        if self.learned:
            text = self._without_values(text)
        return self._names.mask(text)

    def _without_values(self, text: str) -> str:
        if self._ready is None:
            self._ready = sorted(self._values, key=len, reverse=True), Pieces(self._values)
        values, pieces = self._ready
        for value in values:
            text = text.replace(value, MASK)
        for word in self._words:
            text = re.sub(rf"(?<![\w'-]){re.escape(word)}(?![\w'-])", lambda _: MASK, text)
        return pieces.mask(text)


def _spellings(value: str) -> Iterator[str]:
    """A secret as it may be written elsewhere: in JSON, in JSON inside JSON, in an address, line by line."""
    yield value
    for ascii_only in (False, True):
        inside = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield inside
        yield json.dumps(inside, ensure_ascii=ascii_only)[1:-1]
    yield quote(value, errors="replace")
    yield quote(value, safe="", errors="replace")
    yield quote_plus(value, errors="replace")
    yield repr(value)[1:-1]
    if "\n" in value:
        yield from (line.strip() for line in value.splitlines())
