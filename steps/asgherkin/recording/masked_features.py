"""Feature files as messages, without the secrets that are written in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgherkin.gherkin.document import parse, read_text
from asgherkin.redaction.data import learn_table
from asgherkin.redaction.redactor import Redactor
from asgherkin.report.pickles import FeatureMessages, Ids, Parsed, feature_messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from asgherkin.gherkin.document import FeatureSource
    from asgherkin.gherkin.variants import Variants
    from asgherkin.report.pickles import Message


class FeatureReader:
    """Reads feature files for pytest, and keeps the last one for its messages: it needs to be parsed once only."""

    def __init__(self) -> None:
        self._last: tuple[str, str, Parsed] | None = None

    def read(self, path: Path, uri: str) -> FeatureSource:
        """Read a feature file. See `gherkin.document.read`."""
        self._last = None
        text = read_text(path, uri)
        ids = Ids(uri, text)
        source = parse(text, uri, ids)
        self._last = uri, text, Parsed(source, ids)
        return source

    def take(self, uri: str, text: str) -> Parsed | None:
        """The parsed file, if it is the last that was read; it is not kept after that."""
        last, self._last = self._last, None
        return last[2] if last is not None and last[:2] == (uri, text) else None


def read_feature(
    uri: str, path: Path, mistake: str, redact: Sequence[str], reader: FeatureReader, variants: Variants
) -> FeatureMessages:
    """The messages of a feature file; `redact` are the names that the project adds to the secret ones."""
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        mistake, text = mistake or f"{uri} cannot be read: {error.strerror}.", ""
    feature = feature_messages(uri, text, mistake, variants=variants, parsed=reader.take(uri, text))
    redactor = Redactor(redact)
    if redactor.may_name(text):
        for envelope in feature.envelopes:
            _learn(envelope.get("gherkinDocument"), redactor)
    sound = not (mistake or feature.broken)
    if sound and "<" not in text and not redactor.may_hide(text):
        return feature  # most have no secret; where no row's values are put in, no text is new
    masked = [
        _redacted(envelope, redactor) if redactor.may_hide(repr(envelope)) else envelope
        for envelope in feature.envelopes
    ]
    return feature._replace(envelopes=masked)


def _learn(document: Message | None, redactor: Redactor) -> None:
    """Know the secrets in tables and doc strings: by their column, by the cell before them, inside of documents."""
    for node in _nodes(document):
        if "tableHeader" in node:
            learn_table(_cells([node["tableHeader"], *node["tableBody"]]), redactor)
        elif "rows" in node:
            learn_table(_cells(node["rows"]), redactor)
        elif "delimiter" in node:
            redactor.learn_body(node["content"])


def _cells(rows: Sequence[Message]) -> list[list[str]]:
    return [[cell["value"] for cell in row["cells"]] for row in rows]


def _nodes(value: Any) -> Iterator[Message]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for child in value if isinstance(value, list) else ():
        yield from _nodes(child)


_PLAIN = ("id", "uri", "mediaType", "astNodeId", "astNodeIds", "type", "keyword", "keywordType", "language")


def _redacted(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, dict):
        return {name: inner if name in _PLAIN else _redacted(inner, redactor) for name, inner in value.items()}
    if isinstance(value, list):
        return [_redacted(item, redactor) for item in value]
    return redactor.redact(value) if isinstance(value, str) and value else value
