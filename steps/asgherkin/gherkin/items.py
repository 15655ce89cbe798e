"""Scenarios among pytest's items: collected from a feature file, or bound by a test module.

A test module binds scenarios with pytest-bdd's `scenarios()` or `@scenario`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.errors import AsgherkinError, FeatureError
from asgherkin.gherkin.bdd import DocStringText, render_scenario, template_of
from asgherkin.gherkin.collect import ScenarioItem
from asgherkin.gherkin.document import fill, read
from asgherkin.gherkin.failure import describe
from asgherkin.gherkin.mistakes import NO_STEPS
from asgherkin.gherkin.run import progress_key, run_scenario
from asgherkin.gherkin.variants import set_variant, variants_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_bdd.parser import Feature, Scenario, ScenarioTemplate

    from asgherkin.gherkin.variants import Variants

_PARAMETER = "_asgherkin_variant"


def bound_scenario(item: pytest.Item) -> ScenarioTemplate | None:
    """The scenario that a test module's item is bound to; None for another item."""
    return template_of(item.function) if isinstance(item, pytest.Function) else None


def is_scenario(item: pytest.Item) -> bool:
    """Whether an item stands for a scenario."""
    return isinstance(item, ScenarioItem) or bound_scenario(item) is not None


def scenario_of(item: pytest.Item) -> Scenario | None:
    """The scenario that an item stands for, an example's values put in; None for another test."""
    if isinstance(item, ScenarioItem):
        return render_scenario(item.feature, item.source)
    template = bound_scenario(item)
    return None if template is None else template.render(example_of(item))


def step_texts(item: pytest.Item) -> list[str]:
    """The texts of a scenario's steps, an example's values put in; none for another test."""
    if isinstance(item, ScenarioItem):
        return list(item.source.texts)
    scenario = scenario_of(item)
    return [] if scenario is None else [step.name for step in scenario.steps]


def example_of(item: pytest.Item) -> Mapping[str, str]:
    """The row of an outline that a bound scenario stands for."""
    values: Mapping[str, str] = _parameters(item).get("_pytest_bdd_example", {})
    return values


def _parameters(item: pytest.Item) -> Mapping[str, Any]:
    return item.callspec.params if hasattr(item, "callspec") else {}


def tags_of(item: pytest.Item) -> Iterable[str] | None:
    """The tags of a scenario; None for another test."""
    if isinstance(item, ScenarioItem):
        return item.source.tag_names
    template = bound_scenario(item)
    if template is None:
        return None
    rule = template.rule.tags if template.rule else set()
    rows = {mark.name for mark in item.iter_markers()}  # the tags of a row's examples are nowhere else
    return rows | template.tags | template.feature.tags | rule


# Bound scenarios


def run_bound(feature: Feature, scenario: Scenario, request: pytest.FixtureRequest) -> None:
    """Run a bound scenario as any other: pytest-bdd's own parser loses media types, and lets empty ones pass."""
    __tracebackhide__ = True
    _restore_media_types(scenario, Path(feature.filename), example_of(request.node))
    template = template_of(request.function)
    # Steps of the background alone check nothing of the scenario.
    own_steps = template is None or len(template.steps) > len(template.all_background_steps)
    run_scenario(feature, scenario, request, problem="" if own_steps else NO_STEPS)


def _restore_media_types(scenario: Scenario, path: Path, values: Mapping[str, str]) -> None:
    with_doc_strings = {step.line_number: step for step in scenario.steps if step.docstring is not None}
    if not with_doc_strings:
        return
    try:
        source = read(path, str(path))
    except FeatureError:  # pytest-bdd has read it, by looser rules
        return
    for read_scenario in source.scenarios:
        for step in read_scenario.steps:
            bound = with_doc_strings.get(step.line)
            if bound is not None and step.doc_string is not None:
                text = bound.docstring = DocStringText(bound.docstring)
                text.media_type = fill(step.doc_string.media_type, values)


def without_bound(items: list[pytest.Item]) -> None:
    """Drop scenarios that were collected from their file and are bound by a test module too: they run there."""
    templates = filter(None, map(bound_scenario, items))
    bound = {(template.feature.filename, template.line_number) for template in templates}
    if bound:
        items[:] = [
            item
            for item in items
            if not isinstance(item, ScenarioItem) or (str(item.path), item.source.line) not in bound
        ]


def vary_bound(metafunc: pytest.Metafunc) -> None:
    """Let a scenario that a test module binds be collected once for each variant."""
    names = metafunc.config.stash[variants_key].names
    if len(names) > 1 and template_of(metafunc.function) is not None:
        metafunc.fixturenames.append(_PARAMETER)
        metafunc.parametrize(_PARAMETER, names)


def settle_variants(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the items of each bound scenario that its tags and steps allow."""
    variants = config.stash[variants_key]
    items[:] = [item for item in items if bound_scenario(item) is None or _settle(item, variants)]


def _settle(item: pytest.Item, variants: Variants) -> bool:
    """Let a bound scenario's item be its variant; False where the scenario does not have that variant."""
    of_scenario = variants.of(tags_of(item) or (), step_texts(item))
    first = variants.names[0]
    collected_for = _parameters(item).get(_PARAMETER, first)
    # A scenario may have one variant only, and another than the run has: it takes the place of the first.
    takes_first = of_scenario[0].name not in variants.names
    for variant in of_scenario:
        if collected_for == (first if takes_first else variant.name):
            set_variant(item, variant)
            return True
    return False


def describe_failure(item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Describe the failure of a bound scenario as that of any other, and whatever this toolkit raises in a plain test.

    pytest asks an item for its view of a failure only where that comes from the call.
    """
    if not report.failed or call.excinfo is None:
        return
    progress = item.stash.get(progress_key, None)
    if report.when == "call":
        ours = progress is not None and progress.failed is call.excinfo.value
    else:
        ours = is_scenario(item)
        if progress is not None:
            progress.finished = True  # which step failed is described already
    if ours or isinstance(call.excinfo.value, AsgherkinError):
        report.longrepr = describe(item, call.excinfo)
