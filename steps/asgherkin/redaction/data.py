"""The secret parts of data: learned in the tables of a feature, learned and masked in records as JSON data.

A tree has dicts, lists, texts, numbers, booleans and None, and the classes below for values that the app or its client
has chosen. The masked tree is plain JSON data. Keys of a plain dict are this toolkit's own; bytes in it are masked to a
text in hex below the key `hex`.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asgherkin.matching.documents import parse_cell
from asgherkin.redaction.secret_names import MASK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from asgherkin.redaction.redactor import Redactor


_COMPACT = (",", ":")


class Marked:
    """A value that the app or its client has chosen. Its class knows where secrets are in it."""

    __slots__ = ()

    @abstractmethod
    def learn(self, redactor: Redactor) -> None:
        """Learn the secrets in it."""

    @abstractmethod
    def masked(self, redactor: Redactor) -> object:
        """The value as JSON data, without secrets."""


class Fields(dict[str, object], Marked):
    """Names and values: the value of a secret name is masked, at any depth."""

    def learn(self, redactor: Redactor) -> None:
        """Learn the values of secret names."""
        redactor.learn_document(self)

    def masked(self, redactor: Redactor) -> object:
        """A dict."""
        return _masked_leaves(redactor.masked(dict(self)), redactor)


class Headers(tuple[tuple[str, str], ...], Marked):
    """Headers of a request or a response."""

    __slots__ = ()

    def learn(self, redactor: Redactor) -> None:
        """Learn the values of secret headers."""
        redactor.learn_headers(self)

    def masked(self, redactor: Redactor) -> list[list[str]]:
        """Lists of a name and a value."""
        if redactor.are_open(self):
            return [[name, value] for name, value in self]
        return [[name, MASK if redactor.is_secret(name) else redactor.redact(value)] for name, value in self]


class Target(str, Marked):
    """A path with its query."""

    __slots__ = ()

    def learn(self, redactor: Redactor) -> None:
        """Learn the values of secret parameters."""
        redactor.learn_body(self.partition("?")[2])

    def masked(self, redactor: Redactor) -> str:
        """A text."""
        return redactor.redact(self)


class Content(str, Marked):
    """A text that was sent: JSON or a form may have secrets in it."""

    __slots__ = ()

    def learn(self, redactor: Redactor) -> None:
        """Learn the values of secret fields."""
        redactor.learn_body(self)

    def masked(self, redactor: Redactor) -> str:
        """A text."""
        return _masked_text(self, redactor)


@dataclass(frozen=True, slots=True)
class Body(Marked):
    """A body, of which `content` may be the beginning."""

    content: bytes
    size: int

    def learn(self, redactor: Redactor) -> None:
        """Learn the values of secret fields."""
        redactor.learn_body(self.content.decode(errors="replace"))

    def masked(self, redactor: Redactor) -> str | None:
        """A text; None where it is none. A character that the cut went through is left out."""
        try:
            text = self.content.decode()
        except UnicodeDecodeError as error:
            if self.size == len(self.content) or error.start < len(self.content) - 3:
                return None  # else a character was cut in two
            text = self.content[: error.start].decode()
        return _masked_text(text, redactor)


@dataclass(frozen=True, slots=True)
class Cell(Marked):
    """A value of a table, below a name. `show` makes a text of it."""

    name: str
    value: object
    show: Callable[[object], str] = str

    def learn(self, redactor: Redactor) -> None:
        """Learn the value, if its name is secret, and what is secret inside of it."""
        redactor.learn_document({self.name: self.value})

    def masked(self, redactor: Redactor) -> str:
        """A text."""
        if redactor.is_secret(self.name) and self.value is not None and not isinstance(self.value, bool):
            return MASK
        return redactor.redact(self.show(redactor.masked(self.value)))


def learn_data(tree: object, redactor: Redactor) -> None:
    """Learn the secrets in a tree."""
    if isinstance(tree, Marked):
        tree.learn(redactor)
    elif isinstance(tree, dict):
        for inner in tree.values():
            learn_data(inner, redactor)
    elif isinstance(tree, list | tuple):
        for inner in tree:
            learn_data(inner, redactor)
    elif isinstance(tree, bytes):
        redactor.learn_body(tree.decode(errors="replace"))


def learn_argument(doc_string: str | None, rows: Sequence[Sequence[object]] | None, redactor: Redactor) -> None:
    """Learn the secrets in a step's doc string or table."""
    if doc_string is not None:
        redactor.learn_body(doc_string)
    if rows is not None:
        learn_table([[str(cell) for cell in row] for row in rows], redactor)


def learn_table(rows: Sequence[Sequence[str]], redactor: Redactor) -> None:
    """Learn the cells below a secret name, and those beside one in the first column."""
    secret = [(at, name) for at, name in enumerate(rows[0]) if redactor.is_secret(name)]
    for row in rows[1:]:
        for at, name in secret:
            value = parse_cell(row[at])
            redactor.learn_field(name, row[at])
            redactor.learn_field(name, value if isinstance(value, str) else "")  # a text without its quotes
    for row in rows:
        if len(row) > 1:
            redactor.learn_header(row[0], row[1])


def masked_data(tree: object, redactor: Redactor) -> object:
    """A tree as JSON data, with every secret masked."""
    if isinstance(tree, Marked):
        return tree.masked(redactor)
    if isinstance(tree, str):
        return redactor.redact(tree)
    if isinstance(tree, dict):
        items = (item for name, value in tree.items() for item in _masked_items(name, value, redactor))
        return dict(items)
    if isinstance(tree, list | tuple):
        return [masked_data(inner, redactor) for inner in tree]
    return tree


def _masked_items(name: str, value: object, redactor: Redactor) -> Iterator[tuple[str, object]]:
    if not isinstance(value, bytes):
        yield name, masked_data(value, redactor)
        return
    # Bytes are shown in hex, and as a text where something in it is masked.
    text = value.decode(errors="replace")
    masked = _masked_text(text, redactor)
    if masked == text:
        yield "hex", value.hex(" ")
    else:
        yield from (("text", masked), ("bytes", True))


def _masked_text(text: str, redactor: Redactor) -> str:
    """A text without secrets. JSON is written anew only where something in it is masked."""
    if text[:1] not in ("{", "[") or not (redactor.learned or redactor.may_name(text)):
        return redactor.redact(text)
    try:
        document = json.loads(text)
        masked = _masked_leaves(redactor.masked(document), redactor)
        if masked != document:
            compact = '": ' not in text and ", " not in text
            text = json.dumps(masked, ensure_ascii=False, separators=_COMPACT if compact else None)
    except (ValueError, RecursionError):
        pass
    return redactor.redact(text)


def _masked_leaves(document: object, redactor: Redactor) -> object:
    """A document with its texts redacted, and each number that is known as secret."""
    if isinstance(document, dict):
        return {redactor.redact(name): _masked_leaves(value, redactor) for name, value in document.items()}
    if isinstance(document, list | tuple):
        return [_masked_leaves(inner, redactor) for inner in document]
    if isinstance(document, str):
        return redactor.redact(document)
    if isinstance(document, int | float) and not isinstance(document, bool):
        text = json.dumps(document)
        return document if redactor.redact(text) == text else MASK
    return document
