"""The private names of pytest-bdd and pytest that this toolkit needs, and why; records as pytest-bdd's classes.

Step definitions are pytest-bdd's: its decorators keep them as pytest fixtures, and there is no public way to
list those, to ask which are visible to a test, or to give a fixture a value from a step (`target_fixture`).
`scenarios()` runs a scenario by a module-level function of pytest-bdd; ours takes its place, so that it too
awaits `async def` steps and describes failures in the same way. tests/gherkin/test_bdd.py holds all of this
against the lowest and the newest version.
"""

from __future__ import annotations

import inspect
import itertools
import textwrap
from collections import OrderedDict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest
from pytest_bdd.compat import getfixturedefs
from pytest_bdd.gherkin_parser import Cell, DataTable, Location, Row
from pytest_bdd.parser import Feature, Rule, Scenario, ScenarioTemplate, Step
from pytest_bdd.steps import StepNamePrefix, step_function_context_registry

from asgherkin.gherkin.document import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pytest_bdd.steps import StepFunctionContext

    from asgherkin.gherkin.document import FeatureSource, ScenarioSource, StepSource, Table

# By its name: pytest_bdd.scenario is a function too, which hides the module.
_scenario: Any = import_module("pytest_bdd.scenario")


# Records as pytest-bdd's classes, which its hooks and step definitions know


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
        tags={tag.name for tag in heading.tags},
        background=None,
        line_number=heading.line,
        description=textwrap.dedent(heading.description),
    )


def render_scenario(feature: Feature, source: ScenarioSource) -> Scenario:
    """The scenario as pytest-bdd's hooks know it, an example's values put in."""
    values, rule = source.values, source.rule
    return Scenario(
        feature=feature,
        keyword=source.keyword,
        name=fill(source.name, values),
        line_number=source.line,
        steps=[_step(step, values) for step in source.steps],
        description=textwrap.dedent(source.description),
        tags={tag.name for tag in source.own_tags},
        rule=Rule(rule.keyword, rule.name, rule.description, {tag.name for tag in rule.tags}) if rule else None,
    )


class DocStringText(str):
    """A doc string's content, which a step function gets as text, and its media type ("" where none is given)."""

    __slots__ = ("media_type",)
    media_type: str


def _step(source: StepSource, values: Mapping[str, str]) -> Step:
    step = Step(fill(source.text, values), source.kind, 0, source.line, source.keyword)
    if source.doc_string is not None:
        text = step.docstring = DocStringText(fill(source.doc_string.content, values))
        text.media_type = fill(source.doc_string.media_type, values)
    if source.table is not None:
        step.datatable = _data_table(source.table, values)
    return step


def _data_table(table: Table, values: Mapping[str, str]) -> DataTable:
    rows = []
    for cells, line in zip(table.rows, table.lines, strict=True):
        place = Location(column=1, line=line)
        rows.append(Row("", place, [Cell(place, fill(text, values)) for text in cells]))
    return DataTable(rows[0].location, rows)


# Step definitions


class RankedContext(NamedTuple):
    """A step definition.

    `seen_from` is the id of the node that it belongs to: "" for all of the project. The longer that id, the higher is
    its rank; at the root, a conftest.py is nearer than a plugin, which pytest itself distinguishes by the order of
    registration only.
    """

    context: StepFunctionContext
    rank: tuple[int, bool]
    seen_from: str


def visible_contexts(node: pytest.Item | pytest.Collector) -> Iterator[RankedContext]:
    """Every step definition that `node` sees."""
    fixtures = node.session._fixturemanager  # noqa: SLF001 - see the module's docstring
    names = dict.fromkeys(name for name, _ in _registered(fixtures))
    found = (getfixturedefs(fixtures, name, cast("pytest.Item", node)) or () for name in names)
    return _contexts(itertools.chain.from_iterable(found), node.config)


def all_contexts(session: pytest.Session) -> Iterator[RankedContext]:
    """Every step definition of a collected run, wherever it is seen from."""
    registered = _registered(session._fixturemanager)  # noqa: SLF001 - see the module's docstring
    found = (kept if isinstance(kept, list) else itertools.chain(*kept.values()) for _, kept in registered)
    return _contexts(itertools.chain.from_iterable(found), session.config)


def _registered(fixtures: object) -> Iterator[tuple[str, Any]]:
    # pytest 9.1 keeps them in the first of these, 9.2 in the others; what pytest-bdd has for it came with 9.0.1.
    for registry in ("_arg2fixturedefs", "_arg2node2fixturedefs", "_arg2nodeid2fixturedefs"):
        for name, kept in getattr(fixtures, registry, {}).items():
            if name.startswith(StepNamePrefix.step_def.value):
                yield name, kept


def _contexts(fixtures: Iterable[pytest.FixtureDef[Any]], config: pytest.Config) -> Iterator[RankedContext]:
    in_conftests = {
        inspect.unwrap(cast("Callable[..., object]", value))
        for plugin in config.pluginmanager.get_plugins()
        if Path(getattr(plugin, "__file__", None) or "").name == "conftest.py"
        for name, value in vars(plugin).items()
        if name.startswith(StepNamePrefix.step_def.value)
    }
    for fixture in fixtures:
        context = step_function_context_registry.get(fixture.func)
        if context is not None:
            # pytest 9.1 has "." for the project's folder.
            seen_from = "" if fixture.baseid == "." else fixture.baseid
            yield RankedContext(context, (len(fixture.baseid), fixture.func in in_conftests), seen_from)


def run_scenarios_with(
    run: Callable[[Feature, Scenario, pytest.FixtureRequest], None],
) -> Callable[[], None]:
    """Let `run` run the scenarios of `scenarios()` and `@scenario`; the result puts pytest-bdd's own back."""
    patch = pytest.MonkeyPatch()
    patch.setattr(_scenario, "_execute_scenario", run)
    return patch.undo


def template_of(function: object) -> ScenarioTemplate | None:
    """The scenario that a test function of `scenarios()` or `@scenario` stands for."""
    try:
        return cast("ScenarioTemplate | None", _scenario.scenario_wrapper_template_registry.get(function))
    except TypeError:  # a callable without weak references; all of pytest-bdd's have them
        return None


def settle_id(item: pytest.Item) -> None:
    """Give an item the id that pytest reads from its text, so that `--lf` finds it again.

    Since pytest 9.2, what follows the first [ in a node id is taken for parameters, but a scenario's name may have one.
    """
    if "[" in item.name and hasattr(item, "_id"):
        item._id = type(item._id).parse(item.nodeid)  # noqa: SLF001 - see the module's docstring


def register_mark(name: str) -> None:
    """Let a mark of this name pass `--strict-markers`; the ini option cannot name a mark such as "smoke:1"."""
    pytest.mark._markers.add(name)  # noqa: SLF001 - see the module's docstring


def fixture_info(item: pytest.Function) -> object:
    """What pytest knows of the fixtures of an item, to be handed to another item with the same needs."""
    return item._fixtureinfo  # noqa: SLF001 - see the module's docstring


def fixture_definition(request: pytest.FixtureRequest, name: str) -> pytest.FixtureDef[Any] | None:
    """The fixture that a test gets under a name; None where there is none."""
    fixtures = request.session._fixturemanager  # noqa: SLF001 - see the module's docstring
    found = getfixturedefs(fixtures, name, request.node)
    return found[-1] if found else None


def async_fixtures(request: pytest.FixtureRequest, names: Sequence[str]) -> list[str]:
    """The async fixtures that a test and the given names need, directly or not, without this toolkit's."""
    waiting = [*request.fixturenames, *names]
    seen: set[str] = set()
    found: list[str] = []
    while waiting:
        name = waiting.pop(0)
        definition = None if name in seen else fixture_definition(request, name)
        seen.add(name)
        if definition is None or str(definition.func.__module__).startswith("asgherkin."):
            continue
        if inspect.iscoroutinefunction(definition.func) or inspect.isasyncgenfunction(definition.func):
            found.append(name)
        waiting += inspect.signature(definition.func).parameters
    return found
