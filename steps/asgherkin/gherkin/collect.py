"""Feature files as pytest collects them: a module a file, an item a scenario or row of an outline."""

from __future__ import annotations

import functools
import gc
import re
import textwrap
import types
from collections import Counter, OrderedDict
from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.errors import FeatureError
from asgherkin.gherkin.bdd import (
    Cell,
    DataTable,
    Feature,
    Location,
    Row,
    Rule,
    Scenario,
    Step,
    fixture_info,
    settle_id,
    template_of,
)
from asgherkin.gherkin.document import FeatureSource, ScenarioSource, StepSource, fill, read
from asgherkin.gherkin.failure import describe
from asgherkin.gherkin.marks import apply_tags, tag_filter
from asgherkin.gherkin.mistakes import shown_path
from asgherkin.gherkin.run import run_scenario
from asgherkin.gherkin.variants import put_down, variants_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from asgherkin.gherkin.document import Heading, Table, TreeOf

# pytest splits a node id at "::", and prints it in one line.
_COLONS = re.compile(":(?=:)")
_CONTROLS = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}


tree_key: pytest.StashKey[TreeOf] = pytest.StashKey()
"""What parses a feature file's text, shown as so and so, where somebody wants to have the tree too."""


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
        shown_as = shown_path(self.path, self.config.rootpath)
        try:
            source = read(self.path, shown_as, self.config.stash.get(tree_key, None))
        except FeatureError as error:
            yield BrokenFeature.from_parent(self, name="(the feature file)", error=error)
            return
        feature = _feature(source, self.path, shown_as)
        variants = self.config.stash[variants_key]
        shared: object = None
        for name, scenario in zip(scenario_names(source.scenarios), source.scenarios, strict=True):
            for variant in variants.of(scenario.tags, texts_of(scenario)):
                # Without tags, and so without marks, all scenarios of a file need the same fixtures.
                known = None if scenario.tags else shared
                item = ScenarioItem.from_parent(
                    self, name=name + variant.label, feature=feature, source=scenario, fixtureinfo=known
                )
                if shared is None and not scenario.tags:
                    shared = fixture_info(item)
                put_down(item, variant)
                yield item


class FeatureItem(pytest.Function):
    """What scenarios and broken files have in common: how their place and their failure are shown."""

    line: int = 1

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        settle_id(self)

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
        name = scenario.name or f"line {scenario.line}"
        if scenario.example:
            name = f"{name}[{'-'.join(scenario.example.values.values())}]"
        name = unique = _shown(name)
        while unique in seen:  # a scenario may be named "Pay #2" too
            seen[name] += 1
            unique = f"{name} #{seen[name]}"
        seen[unique] = 1
        yield unique


def _shown(name: str) -> str:
    name = _COLONS.sub(": ", name) if "::" in name else name
    return name if name.isprintable() else name.translate(_CONTROLS)


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
        description=textwrap.dedent(heading.description),
    )


def _scenario(feature: Feature, source: ScenarioSource) -> Scenario:
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


def step_texts(item: pytest.Item) -> list[str]:
    """The texts of a scenario's steps, an example's values put in; none for another test."""
    if isinstance(item, ScenarioItem):
        return list(texts_of(item.source))
    template = template_of(item.function) if isinstance(item, pytest.Function) else None
    if template is None:
        return []
    return [step.name for step in template.render(example_of(item)).steps]


def scenario_of(item: pytest.Item) -> Scenario | None:
    """The scenario that an item stands for, an example's values put in; None for another test."""
    if isinstance(item, ScenarioItem):
        return _scenario(item.feature, item.source)
    template = template_of(item.function) if isinstance(item, pytest.Function) else None
    return None if template is None else template.render(example_of(item))


def example_of(item: pytest.Item) -> Mapping[str, str]:
    """The row of an outline that a bound scenario stands for."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    values: Mapping[str, str] = parameters.get("_pytest_bdd_example", {})
    return values


def keep_by_tags(expression: str, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect scenarios whose tags do not fulfil the expression; "" keeps all, other tests are kept always."""
    if not expression:
        return
    fits = tag_filter(expression)
    tags = ((one, tags_of(one)) for one in items)
    deselected = [one for one, its_tags in tags if its_tags is not None and not fits(its_tags)]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        dropped = set(deselected)
        items[:] = [one for one in items if one not in dropped]


def spare_collector(items: Iterable[pytest.Item]) -> None:
    """Let the garbage collector pass over what the collected scenarios hold, since it stays to the end of the run.

    It would look through all of it time and again, and pytest has it do so five times more at the end: a fifth of
    the time of a run of short scenarios. What the run itself leaves behind is found as ever.
    """
    if any(isinstance(one, ScenarioItem) for one in items):
        _freeze()


@functools.cache
def _freeze() -> None:
    # Once a process: what ends with a run inside a run, as in a plugin's own tests, must not stay for good.
    gc.freeze()


def tags_of(item: pytest.Item) -> Iterable[str] | None:
    """The tags of a scenario; None for another test."""
    if isinstance(item, ScenarioItem):
        return item.source.tags
    template = template_of(item.function) if isinstance(item, pytest.Function) else None
    if template is None:
        return None
    rule = template.rule.tags if template.rule else set()
    rows = {mark.name for mark in item.iter_markers()}  # the only place that tells which examples a row is from
    return rows | template.tags | template.feature.tags | rule
