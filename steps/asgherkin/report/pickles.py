"""A feature file as messages: its source, its syntax tree, and a pickle for each scenario, row and client.

The pickles are made of the same records as pytest's items, and not by a second walk over the syntax tree. Ids are made
of the file's path and content: the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from gherkin.errors import CompositeParserException
from gherkin.stream.id_generator import IdGenerator

from asgherkin.gherkin.document import fill, records_of
from asgherkin.gherkin.syntax_tree import parse_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asgherkin.gherkin.document import FeatureSource, ScenarioSource, StepSource
    from asgherkin.gherkin.variants import Variant, Variants

Message = dict[str, Any]
_MEDIA_TYPE = "text/x.cucumber.gherkin+plain"


class _PickledStep(NamedTuple):
    """A step of a pickle, and its line in the feature file."""

    id: str
    line: int


class Pickled(NamedTuple):
    """A pickle, as results are matched with it. `row` is the line of the example's row, `number` its number, from 0 on.

    `variant` is "" where the run has one only.
    """

    id: str
    line: int
    row: int | None
    number: int | None
    steps: tuple[_PickledStep, ...]
    variant: str = ""


class FeatureMessages(NamedTuple):
    """The envelopes of a feature file, and its pickles."""

    envelopes: list[Message]
    pickles: list[Pickled]
    broken: bool = False


class Parsed(NamedTuple):
    """A feature file as it was read, and where the ids of its nodes come from."""

    source: FeatureSource
    ids: Ids


def feature_messages(
    uri: str, text: str, mistake: str = "", *, variants: Variants | None = None, parsed: Parsed | None = None
) -> FeatureMessages:
    """The messages of a feature file; of what was `parsed`, if it was read already: that serves once.

    `mistake` says why it is refused, where the official parser would take it. A run on one client names none. Its
    pickles' ids do, so that merged with a run on another they stay two.
    """
    source = {"source": {"uri": uri, "data": text, "mediaType": _MEDIA_TYPE}}
    ids = parsed.ids if parsed else Ids(uri, text)
    try:
        tree = parsed.source.tree if parsed else parse_tree(text, ids)
    except CompositeParserException as error:
        errors = [_parse_error(uri, problem.location, str(problem)) for problem in error.errors]
        return FeatureMessages([source, *errors], [], broken=True)
    if mistake:
        return FeatureMessages([source, _parse_error(uri, {"line": 1}, mistake)], [], broken=True)
    document = {"gherkinDocument": {**tree, "uri": uri}}
    if "feature" not in tree:
        return FeatureMessages([source, document], [])
    feature = parsed.source if parsed else records_of(tree)
    pairs = list(_pickles(uri, feature, ids, variants))
    envelopes = [{"pickle": pickle} for pickle, _ in pairs]
    return FeatureMessages([source, document, *envelopes], [known for _, known in pairs])


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


def _parse_error(uri: str, location: Mapping[str, Any], message: str) -> Message:
    known = {key: value for key, value in location.items() if value}
    return {"parseError": {"source": {"uri": uri, "location": known}, "message": message}}


def _pickles(
    uri: str, feature: FeatureSource, ids: Ids, variants: Variants | None
) -> Iterator[tuple[Message, Pickled]]:
    """All pickles in the order of the file, as messages and as they are matched with results.

    An outline without rows has one too: what is specified does not vanish.
    """
    rows: Counter[str] = Counter()
    for scenario in feature.scenarios:
        number = rows[scenario.id] if scenario.example else None
        rows[scenario.id] += 1
        pickle = _pickle(uri, feature.language, scenario, ids)
        if variants is None:
            yield pickle, _pickled(pickle, scenario, number, "")
            continue
        for variant in variants.of(scenario.tag_names, scenario.texts):
            varied = _of_variant(pickle, variant)
            yield varied, _pickled(varied, scenario, number, variant.name if variant.several else "")


def _pickle(uri: str, language: str, scenario: ScenarioSource, ids: Ids) -> Message:
    row = scenario.example
    row_id = [row.id] if row else []
    steps = list(_steps(scenario, row_id, ids))  # their ids come before the pickle's
    place = row or scenario
    return {
        "id": ids.get_next_id(),
        "uri": uri,
        "location": {"line": place.line, "column": place.column},
        "astNodeIds": [scenario.id, *row_id],
        "name": fill(scenario.name, scenario.values),
        "language": language,
        "steps": steps,
        "tags": [{"name": f"@{tag.name}", "astNodeId": tag.id} for tag in scenario.tags],
    }


def _steps(scenario: ScenarioSource, row_id: list[str], ids: Ids) -> Iterator[Message]:
    keyword_type, values = "Unknown", scenario.values
    for step in scenario.steps:
        keyword_type = keyword_type if step.keyword_type == "Conjunction" else step.keyword_type
        yield {
            "id": ids.get_next_id(),
            "astNodeIds": [step.id, *row_id],
            "type": keyword_type,
            "text": fill(step.text, values),
            **_argument(step, values),
        }


def _argument(step: StepSource, values: Mapping[str, str]) -> Message:
    if step.table is not None:
        rows = [{"cells": [{"value": fill(cell, values)} for cell in row]} for row in step.table.rows]
        return {"argument": {"dataTable": {"rows": rows}}}
    if step.doc_string is not None:
        doc_string = {"content": fill(step.doc_string.content, values)}
        if step.doc_string.media_type:
            doc_string["mediaType"] = fill(step.doc_string.media_type, values)
        return {"argument": {"docString": doc_string}}
    return {}


def _of_variant(pickle: Message, variant: Variant) -> Message:
    """A pickle with the variant in its ids; in its name where the run has others."""
    return {
        **pickle,
        "id": f"{pickle['id']}-{variant.name}",
        "name": f"{pickle['name']} {variant.label}" if variant.label else pickle["name"],
        "steps": [{**step, "id": f"{step['id']}-{variant.name}"} for step in pickle["steps"]],
    }


def _pickled(pickle: Message, scenario: ScenarioSource, number: int | None, variant: str) -> Pickled:
    pairs = zip(pickle["steps"], scenario.steps, strict=True)
    steps = tuple(_PickledStep(pickle_step["id"], step.line) for pickle_step, step in pairs)
    row = scenario.example.line if scenario.example else None
    return Pickled(pickle["id"], scenario.line, row, number, steps, variant)


def told_apart(pickles: list[Message]) -> list[Message]:
    """The pickles of merged runs: of those of one scenario that share a name, each with its variant."""
    variants: dict[tuple[str, ...], set[str]] = {}
    for pickle in pickles:
        variants.setdefault(_scenario(pickle), set()).add(pickle["id"])
    return [
        {**pickle, "name": f"{pickle['name']} [{pickle['id'].rpartition('-')[2]}]"}
        if len(variants[_scenario(pickle)]) > 1
        else pickle
        for pickle in pickles
    ]


def _scenario(pickle: Message) -> tuple[str, ...]:
    return (pickle["uri"], pickle["name"], *pickle.get("astNodeIds", ()))
