"""Examples of sentences: steps that use them, with their doc string or data table."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from asgherkin.gherkin.collect import ScenarioItem
from asgherkin.gherkin.definitions import Definition, definitions_key
from asgherkin.gherkin.document import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

    from asgherkin.gherkin.document import ScenarioSource, StepSource

# A definition's kind, its pattern and its function's place.
Key: TypeAlias = tuple[str | None, str, str]


def key_of(definition: Definition) -> Key:
    """What a definition is known by."""
    return (definition.kind, definition.pattern, definition.location)


def of_the_project(session: pytest.Session) -> Mapping[Key, str]:
    """The first use of each definition in the feature files that were collected, by the definition's key."""
    found: dict[Key, str] = {}
    for item in session.items:
        if isinstance(item, ScenarioItem):
            index = session.config.stash[definitions_key].seen_by(item)
            values = item.source.example.values if item.source.example else {}
            for kind, step in steps_of(item.source):
                definitions = index.find(kind, fill(step.text, values))
                if len(definitions) == 1:
                    found.setdefault(key_of(definitions[0]), written(kind, step, values))
    return found


def steps_of(scenario: ScenarioSource) -> Iterator[tuple[str, StepSource]]:
    """The steps of a scenario, each with its kind; And, But and * have the kind of the step before."""
    kind = ""
    for step in scenario.steps:
        kind = step.kind or kind
        if kind:
            yield kind, step


def written(kind: str, step: StepSource, values: Mapping[str, str]) -> str:
    """A step as a feature has it, with English keywords and an outline's values put in."""
    lines = [f"{kind.capitalize()} {fill(step.text, values)}"]
    if step.doc_string is not None:
        quotes = "```" if '"""' in step.doc_string.content else '"""'
        content = fill(step.doc_string.content, values).split("\n")
        lines += [f"  {line}".rstrip() for line in (quotes + step.doc_string.media_type, *content, quotes)]
    if step.table is not None:
        rows = [[_cell(fill(cell, values)) for cell in row] for row in step.table.rows]
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            lines.append("  | " + " | ".join(map(str.ljust, row, widths)) + " |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")
