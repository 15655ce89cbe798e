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
from typing import TYPE_CHECKING, Any, Protocol, cast

import pytest
from pytest_bdd.compat import getfixturedefs, inject_fixture
from pytest_bdd.gherkin_parser import Cell, DataTable, Location, Row
from pytest_bdd.parser import Feature, Rule, Scenario, ScenarioTemplate, Step
from pytest_bdd.parsers import StepParser
from pytest_bdd.steps import StepFunctionContext, StepNamePrefix, step_function_context_registry

from asgherkin.gherkin.document import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from asgherkin.gherkin.document import FeatureSource, Heading, ScenarioSource, StepSource, Table

# By its name: pytest_bdd.scenario is a function too, which hides the module.
_scenario: Any = import_module("pytest_bdd.scenario")

__all__ = [
    "Cell",
    "DataTable",
    "Feature",
    "Location",
    "Row",
    "Rule",
    "Scenario",
    "ScenarioTemplate",
    "Step",
    "StepFunctionContext",
    "StepParser",
    "all_contexts",
    "async_fixtures",
    "defining_module",
    "fixture_info",
    "has_fixture",
    "inject_fixture",
    "register_mark",
    "run_scenarios_with",
    "settle_id",
    "template_of",
    "visible_contexts",
]


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
    values = source.values
    return Scenario(
        feature=feature,
        keyword=source.keyword,
        name=fill(source.name, values),
        line_number=source.line,
        steps=[_step(one, values) for one in source.steps],
        description=textwrap.dedent(source.description),
        tags={tag.name for tag in source.own_tags},
        rule=_rule(source.rule) if source.rule else None,
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
    def row(cells: tuple[str, ...], line: int) -> Row:
        place = Location(column=1, line=line)
        return Row("", place, [Cell(place, fill(one, values)) for one in cells])

    rows = [row(cells, line) for cells, line in zip(table.rows, table.lines, strict=True)]
    return DataTable(rows[0].location, rows)


def _rule(heading: Heading) -> Rule:
    return Rule(heading.keyword, heading.name, heading.description, {tag.name for tag in heading.tags})


# Step definitions


class RunScenario(Protocol):
    """What runs one scenario of `scenarios()`."""

    def __call__(self, feature: Feature, scenario: Scenario, request: pytest.FixtureRequest) -> None: ...


def visible_contexts(
    node: pytest.Item | pytest.Collector,
) -> Iterator[tuple[tuple[int, int], StepFunctionContext]]:
    """Every step definition that `node` sees, with its rank: the nearer to the node, the higher.

    The rank is the length of the id of the node that the definition belongs to; at the root, a conftest.py is
    nearer than a plugin; pytest itself distinguishes them by the order of registration only.
    """
    fixtures = node.session._fixturemanager  # noqa: SLF001 - see the module's docstring
    in_conftests = _functions_of_conftests(node.config)
    for name in dict.fromkeys(name for registry in _registries(fixtures) for name in registry):
        if not name.startswith(StepNamePrefix.step_def.value):
            continue
        for fixture in getfixturedefs(fixtures, name, cast("pytest.Item", node)) or ():
            context = step_function_context_registry.get(fixture.func)
            if context is not None:
                yield (len(fixture.baseid), fixture.func in in_conftests), context


def all_contexts(session: pytest.Session) -> Iterator[tuple[str, tuple[int, int], StepFunctionContext]]:
    """Every step definition of a collected run, wherever it is seen from.

    Each comes with the id of the node that it belongs to ("" for all of the project), and its rank as in
    `visible_contexts`.
    """
    in_conftests = _functions_of_conftests(session.config)
    for registry in _registries(session._fixturemanager):  # noqa: SLF001 - see the module's docstring
        for name, kept in registry.items():
            if not name.startswith(StepNamePrefix.step_def.value):
                continue
            for fixture in kept if isinstance(kept, list) else itertools.chain.from_iterable(kept.values()):
                context = step_function_context_registry.get(fixture.func)
                if context is not None:
                    rank = (len(fixture.baseid), int(fixture.func in in_conftests))
                    # pytest 9.1 has "." for the project's folder.
                    yield "" if fixture.baseid == "." else fixture.baseid, rank, context


def _registries(fixtures: object) -> list[dict[str, Any]]:
    # pytest 9.1 keeps them in the first of these, 9.2 in the others; what pytest-bdd has for it came with 9.0.1.
    names = ("_arg2fixturedefs", "_arg2node2fixturedefs", "_arg2nodeid2fixturedefs")
    return [getattr(fixtures, one) for one in names if hasattr(fixtures, one)]


def _functions_of_conftests(config: pytest.Config) -> set[object]:
    return {
        inspect.unwrap(cast("Callable[..., object]", value))
        for plugin in config.pluginmanager.get_plugins()
        if Path(getattr(plugin, "__file__", None) or "").name == "conftest.py"
        for name, value in vars(plugin).items()
        if name.startswith(StepNamePrefix.step_def.value)
    }


def run_scenarios_with(run: RunScenario) -> Callable[[], None]:
    """Let `run` run the scenarios of `scenarios()` and `@scenario`; the result puts pytest-bdd's own back."""
    before = _scenario._execute_scenario  # noqa: SLF001 - see the module's docstring
    _scenario._execute_scenario = run  # noqa: SLF001

    def restore() -> None:
        _scenario._execute_scenario = before  # noqa: SLF001

    return restore


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


def defining_module(request: pytest.FixtureRequest, fixture: str) -> str:
    """The module of the fixture function that a test gets under a name; "" where there is none."""
    function = _fixture_function(request, fixture)
    return str(getattr(function, "__module__", ""))


def fixture_scope(request: pytest.FixtureRequest, fixture: str) -> str:
    """How long the fixture lasts that a test gets under a name; "function" where there is none."""
    definitions = _fixture_definitions(request, fixture)
    return str(definitions[-1].scope) if definitions else "function"


def has_fixture(request: pytest.FixtureRequest, name: str) -> bool:
    """Whether a test can ask for a fixture of this name."""
    return _fixture_function(request, name) is not None


def async_fixtures(request: pytest.FixtureRequest, names: Sequence[str]) -> list[str]:
    """The async fixtures that a test and the given names need, directly or not, without this toolkit's."""
    waiting = [*request.fixturenames, *names]
    seen: set[str] = set()
    found: list[str] = []
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        function = _fixture_function(request, name)
        if function is None or str(function.__module__).startswith("asgherkin."):
            continue
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            found.append(name)
        waiting += inspect.signature(function).parameters
    return found


def _fixture_function(request: pytest.FixtureRequest, fixture: str) -> Callable[..., object] | None:
    definitions = _fixture_definitions(request, fixture)
    return definitions[-1].func if definitions else None


def _fixture_definitions(request: pytest.FixtureRequest, fixture: str) -> Sequence[pytest.FixtureDef[Any]]:
    fixtures = request.session._fixturemanager  # noqa: SLF001 - see the module's docstring
    return getfixturedefs(fixtures, fixture, request.node) or ()
