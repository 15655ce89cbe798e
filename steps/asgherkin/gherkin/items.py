"""Scenarios among pytest's items: collected from a feature file, or bound by a test module.

A test module binds scenarios with pytest-bdd's `scenarios()` or `@scenario`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_bdd.parser import Feature, Scenario, ScenarioTemplate

    from asgherkin.gherkin.variants import Variant

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
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    values: Mapping[str, str] = parameters.get("_pytest_bdd_example", {})
    return values


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
    for one in source.scenarios:
        for step in one.steps:
            bound = with_doc_strings.get(step.line)
            if bound is not None and step.doc_string is not None:
                text = bound.docstring = DocStringText(bound.docstring)
                text.media_type = fill(step.doc_string.media_type, values)


def without_bound(items: list[pytest.Item]) -> None:
    """Drop scenarios that were collected from their file and are bound by a test module too: they run there."""
    templates = [template for item in items if (template := bound_scenario(item)) is not None]
    bound = {(template.feature.filename, template.line_number) for template in templates}
    if bound:
        items[:] = [
            one for one in items if not (isinstance(one, ScenarioItem) and (str(one.path), one.source.line) in bound)
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

    def stays(item: pytest.Item) -> bool:
        if bound_scenario(item) is None:
            return True
        return _settle(item, variants.of(tags_of(item) or (), step_texts(item)), variants.names)

    items[:] = [one for one in items if stays(one)]


def _settle(item: pytest.Item, variants: Sequence[Variant], names: Sequence[str]) -> bool:
    """Let a bound scenario's item be its variant; False where the scenario does not have that variant."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    collected_for = parameters.get(_PARAMETER, names[0])
    # A scenario may have one variant only, and another than the run has: it takes the place of the first.
    at = names[0] if variants[0].name not in names else None
    for variant in variants:
        if collected_for == (at or variant.name):
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
