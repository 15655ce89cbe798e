"""A feature file as messages: its source, its syntax tree, and a pickle for each scenario and row.

The official pickle compiler takes the names of an outline's columns for regular expressions; here values are put in
literally, in a single pass. Ids are made of the file's path and content: the same on every machine.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from gherkin.errors import CompositeParserException
from gherkin.stream.id_generator import IdGenerator

from asgherkin.gherkin.document import fill
from asgherkin.gherkin.parsing import parse_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gherkin import parser_types as ast
    from gherkin.errors import ParserException

Message = dict[str, Any]
MEDIA_TYPE = "text/x.cucumber.gherkin+plain"


class PickledStep(NamedTuple):
    """What results need to know of a pickle's step: its id, its line, its kind and its text."""

    id: str
    line: int
    kind: str
    text: str


class Pickled(NamedTuple):
    """What results need to know of a pickle. `row` is the line of the example's row, `number` its number, from 0 on.

    `variant` is "" where the run has one only.
    """

    id: str
    line: int
    row: int | None
    number: int | None
    steps: tuple[PickledStep, ...]
    variant: str = ""


class FeatureMessages(NamedTuple):
    """The envelopes of a feature file, and its pickles."""

    envelopes: list[Message]
    pickles: list[Pickled]
    broken: bool = False


class Tree(NamedTuple):
    """The syntax tree of a feature file, and where its ids come from."""

    document: ast.GherkinDocument
    ids: Ids


def tree_of(uri: str, text: str) -> Tree:
    """Parse a feature file. Raises CompositeParserException for one that is broken."""
    ids = Ids(uri, text)
    return Tree(parse_tree(text, ids), ids)


def feature_messages(uri: str, text: str, mistake: str = "", tree: Tree | None = None) -> FeatureMessages:
    """The messages of a feature file, of its `tree` if it was parsed already: each tree serves once.

    `mistake` says why it is refused, where the official parser would take it.
    """
    source = {"source": {"uri": uri, "data": text, "mediaType": MEDIA_TYPE}}
    try:
        parsed, ids = tree or tree_of(uri, text)
    except CompositeParserException as error:
        return FeatureMessages([source, *(_parse_error(uri, one) for one in error.errors)], [], broken=True)
    if mistake:
        told = {"source": {"uri": uri, "location": {"line": 1}}, "message": mistake}
        return FeatureMessages([source, {"parseError": told}], [], broken=True)
    document: Message = {**parsed, "uri": uri}
    compiler = _Compiler(uri, document.get("feature"), ids)
    pickles = list(compiler.pickles())
    envelopes = [source, {"gherkinDocument": document}, *({"pickle": one} for one in pickles)]
    return FeatureMessages(envelopes, compiler.known)


class Ids(IdGenerator):
    """Numbers behind a hash of the file's path and content."""

    def __init__(self, uri: str, text: str) -> None:
        super().__init__()
        self._hash = hashlib.sha256(f"{uri}\0{text}".encode(errors="replace")).hexdigest()[:12]
        self._number = 0

    def get_next_id(self) -> str:
        """The next one."""
        self._number += 1
        return f"{self._hash}-{self._number}"


def _parse_error(uri: str, error: ParserException) -> Message:
    location = {key: value for key, value in error.location.items() if value}
    return {"parseError": {"source": {"uri": uri, "location": location}, "message": str(error)}}


class _Compiler:
    """Makes pickles of a syntax tree. An outline without rows has one too: what is specified does not vanish."""

    def __init__(self, uri: str, feature: Message | None, ids: Ids) -> None:
        self.known: list[Pickled] = []
        self._uri = uri
        self._feature = feature
        self._ids = ids

    def pickles(self) -> Iterator[Message]:
        """All of them, in the order of the file."""
        if self._feature is not None:
            yield from self._children(self._feature, (), ())

    def _children(self, node: Message, background: Sequence[Message], tags: Sequence[Message]) -> Iterator[Message]:
        tags = (*tags, *node["tags"])
        for child in node["children"]:
            if "background" in child:
                background = (*background, *child["background"]["steps"])
            elif "rule" in child:
                yield from self._children(child["rule"], background, tags)
            else:
                yield from self._scenario(child["scenario"], background, tags)

    def _scenario(self, scenario: Message, background: Sequence[Message], tags: Sequence[Message]) -> Iterator[Message]:
        tags = (*tags, *scenario["tags"])
        steps = (*background, *scenario["steps"]) if scenario["steps"] else ()
        index = 0
        for examples in scenario["examples"]:
            names = [cell["value"] for cell in examples.get("tableHeader", {}).get("cells", ())]
            for row in examples["tableBody"]:
                values = dict(zip(names, (cell["value"] for cell in row["cells"]), strict=True))
                yield self._pickle(scenario, steps, (*tags, *examples["tags"]), values, row, index)
                index += 1
        if not index:
            yield self._pickle(scenario, steps, tags, {}, None, None)

    def _pickle(
        self,
        scenario: Message,
        steps: Sequence[Message],
        tags: Sequence[Message],
        values: Mapping[str, str],
        row: Message | None,
        index: int | None,
    ) -> Message:
        place = row or scenario
        nodes = [scenario["id"], *([row["id"]] if row else [])]
        pickled = list(self._steps(steps, values, nodes[1:]))
        pickle = {
            "id": self._ids.get_next_id(),
            "uri": self._uri,
            "location": place["location"],
            "astNodeIds": nodes,
            "name": fill(scenario["name"], values),
            "language": self._feature["language"] if self._feature else "en",
            "steps": pickled,
            "tags": [{"name": tag["name"], "astNodeId": tag["id"]} for tag in tags],
        }
        lines = [step["location"]["line"] for step in steps]
        known = tuple(
            PickledStep(one["id"], line, one["type"], one["text"]) for one, line in zip(pickled, lines, strict=True)
        )
        row_line = row["location"]["line"] if row else None
        self.known.append(Pickled(str(pickle["id"]), scenario["location"]["line"], row_line, index, known))
        return pickle

    def _steps(self, steps: Sequence[Message], values: Mapping[str, str], row: list[str]) -> Iterator[Message]:
        kind = "Unknown"
        for step in steps:
            kind = kind if step["keywordType"] == "Conjunction" else step["keywordType"]
            pickled: Message = {
                "id": self._ids.get_next_id(),
                "astNodeIds": [step["id"], *row],
                "type": kind,
                "text": fill(step["text"], values),
            }
            argument = _argument(step, values)
            if argument:
                pickled["argument"] = argument
            yield pickled


def _argument(step: Message, values: Mapping[str, str]) -> Message | None:
    if "dataTable" in step:
        rows = [{"cells": [{"value": fill(cell["value"], values)} for cell in row["cells"]]} for row in _rows(step)]
        return {"dataTable": {"rows": rows}}
    if "docString" in step:
        doc_string = step["docString"]
        content = {"content": fill(doc_string["content"], values)}
        if doc_string.get("mediaType"):
            content["mediaType"] = fill(doc_string["mediaType"], values)
        return {"docString": content}
    return None


def _rows(step: Message) -> list[Message]:
    rows: list[Message] = step["dataTable"]["rows"]
    return rows
