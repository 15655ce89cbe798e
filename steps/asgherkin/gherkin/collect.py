"""Feature files as pytest collects them: a module a file, an item a scenario or row of an outline."""

from __future__ import annotations

import types
from collections import Counter, OrderedDict
from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.errors import FeatureError
from asgherkin.gherkin.bdd import DataTable, Feature, Rule, Scenario, Step, template_of
from asgherkin.gherkin.document import FeatureSource, ScenarioSource, StepSource, fill, read
from asgherkin.gherkin.failure import describe
from asgherkin.gherkin.marks import apply_tags, tag_filter
from asgherkin.gherkin.run import run_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from asgherkin.gherkin.document import Heading, Table


class FeatureFile(pytest.Module):
    """A feature file. A pytest.Module, as doctest's text files are, so that module-scoped fixtures work."""

    obj = types.ModuleType("feature", "A feature file has no Python of its own.")

    @property
    def definitions_from(self) -> pytest.Collector:
        """Where step definitions are looked up from: a feature file can hold none, its folder can."""
        assert isinstance(self.parent, pytest.Collector)
        return self.parent

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each scenario and row; one failing item where the file cannot be read."""
        shown_as = self.path_from_root()
        try:
            source = read(self.path, shown_as)
        except FeatureError as error:
            yield BrokenFeature.from_parent(self, name="(the feature file)", error=error)
            return
        feature = _feature(source, self.path, shown_as)
        for name, scenario in zip(scenario_names(source.scenarios), source.scenarios, strict=True):
            yield ScenarioItem.from_parent(self, name=name, feature=feature, source=scenario)

    def path_from_root(self) -> str:
        """The file's path from the project's root, with / between its parts."""
        root = self.config.rootpath
        return (self.path.relative_to(root) if self.path.is_relative_to(root) else self.path).as_posix()


class FeatureItem(pytest.Function):
    """What scenarios and broken files have in common: how their place and their failure are shown."""

    line: int = 1

    def reportinfo(self) -> tuple[Path, int, str]:
        """The feature file, its line (from 0, as pytest counts) and the scenario's name."""
        return self.path, self.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:  # type: ignore[override] # as Function does
        """The failure as its reader needs it: what differed, where, the exchange, the user's own frames."""
        return describe(self, excinfo)


class ScenarioItem(FeatureItem):
    """A scenario, or one row of an outline."""

    def __init__(self, *, feature: Feature, source: ScenarioSource, parent: FeatureFile, **options: Any) -> None:
        function = apply_tags(source.tags, _run, parent.config) if source.tags else _run
        super().__init__(parent=parent, callobj=function, **options)
        self.feature = feature
        self.source = source
        self.line = source.selected_by

    def run(self, request: pytest.FixtureRequest) -> None:
        """Run the scenario."""
        __tracebackhide__ = True
        run_scenario(self.feature, _scenario(self.feature, self.source), request, problem=self.source.problem)


class BrokenFeature(FeatureItem):
    """Stands for a feature file that cannot be read, so that the rest of the run goes on and this one fails."""

    def __init__(self, *, error: FeatureError, **options: Any) -> None:
        super().__init__(callobj=_fails, **options)
        self.error = error


def _run(request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    request.node.run(request)


def _fails(request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    raise request.node.error


def scenario_names(scenarios: tuple[ScenarioSource, ...]) -> Iterator[str]:
    """Names for node ids: as written, rows with their values, equal ones numbered from the second on."""
    seen: Counter[str] = Counter()
    for scenario in scenarios:
        name = scenario.name.replace("::", ": :") or f"line {scenario.line}"
        if scenario.example:
            name = f"{name}[{'-'.join(scenario.example.values.values())}]".replace("::", ": :")
        seen[name] += 1
        count = seen[name]
        yield name if count == 1 else f"{name} #{count}"


def _feature(source: FeatureSource, path: Path, shown_as: str) -> Feature:
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
        description=heading.description,
    )


def _scenario(feature: Feature, source: ScenarioSource) -> Scenario:
    """The scenario as pytest-bdd's hooks know it, an example's values put in."""
    values: Mapping[str, str] = source.example.values if source.example else {}
    steps: list[Step] = []
    kind = ""
    for one in (*source.background, *source.steps):
        kind = one.kind or kind
        steps.append(_step(one, kind, values))
    return Scenario(
        feature=feature,
        keyword=source.keyword,
        name=fill(source.name, values),
        line_number=source.line,
        steps=steps,
        description=source.description,
        tags=set(source.tags),
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
    def row(cells: tuple[str, ...], line: int) -> dict[str, object]:
        place = {"line": line, "column": 1}
        return {
            "id": "",
            "location": place,
            "cells": [{"location": place, "value": fill(one, values)} for one in cells],
        }

    rows = [row(cells, line) for cells, line in zip(table.rows, table.lines, strict=True)]
    return DataTable.from_dict({"location": {"line": table.lines[0], "column": 1}, "rows": rows})


def _rule(heading: Heading) -> Rule:
    return Rule(heading.keyword, heading.name, heading.description, set(heading.tags))


def step_texts(item: pytest.Item) -> list[str]:
    """The texts of a scenario's steps, an example's values put in; none for another test."""
    if isinstance(item, ScenarioItem):
        source = item.source
        values: Mapping[str, str] = source.example.values if source.example else {}
        return [fill(step.text, values) for step in (*source.background, *source.steps)]
    template = template_of(item.function) if isinstance(item, pytest.Function) else None
    if template is None:
        return []
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return [step.name for step in template.render(parameters.get("_pytest_bdd_example", {})).steps]


def keep_by_tags(expression: str, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect scenarios whose tags do not fulfil the expression; "" keeps all, other tests are kept always."""
    if not expression:
        return
    fits = tag_filter(expression)
    deselected = [one for one in items if isinstance(one, ScenarioItem) and not fits(one.source.tags)]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        dropped = set(deselected)
        items[:] = [one for one in items if one not in dropped]
