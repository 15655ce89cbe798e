"""Records as pytest-bdd's classes, which its hooks and step definitions know: an example's values put in."""

from __future__ import annotations

import textwrap
from collections import OrderedDict
from typing import TYPE_CHECKING

from asgherkin.gherkin.bdd import Cell, DataTable, Feature, Location, Row, Rule, Scenario, Step
from asgherkin.gherkin.document import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from asgherkin.gherkin.document import FeatureSource, Heading, ScenarioSource, StepSource, Table


def render_feature(source: FeatureSource, path: Path, shown_as: str) -> Feature:
    """What stands above the scenarios of a file."""
    heading = source.heading
    return Feature(
        scenarios=OrderedDict(),
        filename=str(path),
        rel_filename=shown_as,
        language=source.language,
        keyword=heading.keyword,
        name=heading.name,
        tags=set(heading.tags),
        background=None,
        line_number=heading.line,
        description=textwrap.dedent(heading.description),
    )


def render_scenario(feature: Feature, source: ScenarioSource) -> Scenario:
    """The scenario as pytest-bdd's hooks know it, an example's values put in."""
    values: Mapping[str, str] = source.example.values if source.example else {}
    steps: list[Step] = []
    kind = ""
    for one in source.steps:
        kind = one.kind or kind
        steps.append(_step(one, kind, values))
    return Scenario(
        feature=feature,
        keyword=source.keyword,
        name=fill(source.name, values),
        line_number=source.line,
        steps=steps,
        description=textwrap.dedent(source.description),
        tags=set(source.own_tags),
        rule=_rule(source.rule) if source.rule else None,
    )


class DocStringText(str):
    """A doc string's content, which a step function gets as text, and its media type ("" where none is given)."""

    __slots__ = ("media_type",)
    media_type: str


def _step(source: StepSource, kind: str, values: Mapping[str, str]) -> Step:
    step = Step(fill(source.text, values), kind, 0, source.line, source.keyword)
    if source.doc_string is not None:
        text = step.docstring = DocStringText(fill(source.doc_string.content, values))
        text.media_type = fill(source.doc_string.media_type, values)
    if source.table is not None:
        step.datatable = _data_table(source.table, values)
    return step


def _data_table(table: Table, values: Mapping[str, str]) -> DataTable:
    def row(cells: tuple[str, ...], line: int) -> Row:
        place = Location(column=1, line=line)
        return Row("", place, [Cell(place, fill(one, values)) for one in cells])

    rows = [row(cells, line) for cells, line in zip(table.rows, table.lines, strict=True)]
    return DataTable(rows[0].location, rows)


def _rule(heading: Heading) -> Rule:
    return Rule(heading.keyword, heading.name, heading.description, set(heading.tags))


def texts_of(source: ScenarioSource) -> Iterator[str]:
    """The texts of a scenario's steps, an example's values put in."""
    values: Mapping[str, str] = source.example.values if source.example else {}
    return (fill(text, values) for _, _, text, *_ in source.packed)
