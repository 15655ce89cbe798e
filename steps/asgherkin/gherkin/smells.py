"""What a feature's readers suffer from, though it runs: rules on what was read, each with its code."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.gherkin.document import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asgherkin.gherkin.document import FeatureSource, Heading, ScenarioSource, StepSource

LONGEST_NAME = 100


class Smell(NamedTuple):
    """What a rule has found at a line of a file."""

    code: str
    line: int
    message: str


def smells(feature: FeatureSource) -> list[Smell]:
    """What is found in one feature, by line."""
    found = [*_of_names(feature), *_of_rules(feature)]
    for rows in scenarios_of(feature):
        found += [*_of_steps(rows[0]), *_of_columns(rows)]
    return sorted(found, key=lambda smell: (smell.line, smell.code))


def scenarios_of(feature: FeatureSource) -> list[list[ScenarioSource]]:
    """The scenarios of a feature, an outline with all its rows."""
    by_line: defaultdict[int, list[ScenarioSource]] = defaultdict(list)
    for scenario in feature.scenarios:
        by_line[scenario.line].append(scenario)
    return list(by_line.values())


def content_of(rows: Sequence[ScenarioSource]) -> object:
    """What a scenario does, backgrounds and examples included: equal for two that are the same to their readers."""
    steps = tuple(
        (step.kind, step.text, step.doc_string and step.doc_string[:2], step.table and step.table.rows)
        for step in rows[0].steps
    )
    return steps, tuple(tuple(row.values.items()) for row in rows if row.example)


def _of_steps(scenario: ScenarioSource) -> Iterator[Smell]:
    """AG101 and AG102: how a scenario's own steps follow each other."""
    if scenario.problem:
        return  # which says what is wrong
    own = _own_steps(scenario)
    for before, step in pairwise(own):
        if step.kind == "given" and before.kind == "then":
            yield Smell("AG102", step.line, "This Given follows a Then. Move it to the start, or split the scenario.")
    if not any(step.kind == "then" for step in own):
        yield Smell("AG101", scenario.line, "This scenario has no Then, so nothing says what it expects. Add one.")


def _own_steps(scenario: ScenarioSource) -> list[StepSource]:
    """The steps without those of backgrounds, which stand above the scenario."""
    return [step for step in scenario.steps if step.line > scenario.line]


def _of_columns(rows: Sequence[ScenarioSource]) -> Iterator[Smell]:
    """AG106 and AG109: the columns of an outline's examples, and the <names> in its steps."""
    first = rows[0]
    columns = {name: row.example.line for row in reversed(rows) if row.example for name in row.example.values}
    if not columns:
        return
    used = set(placeholders("\n".join([first.name, *map(_text_of, first.steps)])))
    for name in columns:
        if name in used:
            continue
        message = f'No step and no name uses the column "{name}". Write <{name}> where it belongs, or remove it.'
        yield Smell("AG106", columns[name], message)
    for step in _own_steps(first):
        for name in placeholders(step.text):
            if name not in columns:
                known = ", ".join(f"<{column}>" for column in columns)
                yield Smell("AG109", step.line, f"<{name}> is no column of the examples, which have: {known}.")


def _text_of(step: StepSource) -> str:
    """All of a step that examples are put into."""
    cells = [cell for row in step.table.rows for cell in row] if step.table else []
    return "\n".join([step.text, *(step.doc_string[:2] if step.doc_string else ()), *cells])


def _of_rules(feature: FeatureSource) -> Iterator[Smell]:
    """AG107: rules without a scenario."""
    with_scenarios = {scenario.rule.line for scenario in feature.scenarios if scenario.rule}
    for rule in feature.rules:
        if rule.line not in with_scenarios:
            yield Smell("AG107", rule.line, "This rule has no scenario that shows it. Add one, or remove the rule.")


def _of_names(feature: FeatureSource) -> Iterator[Smell]:
    """AG104, AG105 and AG108: names of features, rules and scenarios."""
    scenarios = [rows[0] for rows in scenarios_of(feature)]
    named: list[Heading | ScenarioSource] = [feature.heading, *feature.rules, *scenarios]
    for heading in named:
        length = len(heading.name)
        if not length:
            yield Smell("AG108", heading.line, f'This "{heading.keyword}:" has no name. Say what it is about.')
        elif length > LONGEST_NAME:
            message = f"This name has {length} characters, more than {LONGEST_NAME}. Move some into the steps."
            yield Smell("AG105", heading.line, message)
    first: dict[tuple[str, int], int] = {}
    for scenario in scenarios:
        scope = (scenario.name, scenario.rule.line if scenario.rule else 0)
        if scenario.name and first.setdefault(scope, scenario.line) != scenario.line:
            message = f"The scenario at line {first[scope]} has the same name. Say what is different here."
            yield Smell("AG104", scenario.line, message)
