"""Scenarios that a test module binds with pytest-bdd's `scenarios()` or `@scenario`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import AsgherkinError, FeatureError
from asgherkin.gherkin.bdd import template_of
from asgherkin.gherkin.collect import ScenarioItem
from asgherkin.gherkin.document import fill, read
from asgherkin.gherkin.failure import describe
from asgherkin.gherkin.items import example_of, step_texts, tags_of
from asgherkin.gherkin.mistakes import NO_STEPS
from asgherkin.gherkin.rendering import DocStringText
from asgherkin.gherkin.run import progress_key, run_scenario
from asgherkin.gherkin.variants import settle_bound, variants_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asgherkin.gherkin.bdd import Feature, Scenario


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


def settle_variants(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the items of each bound scenario that its tags and steps allow."""
    variants = config.stash[variants_key]

    def stays(item: pytest.Item) -> bool:
        if not _is_bound(item):
            return True
        return settle_bound(item, variants.of(tags_of(item) or (), step_texts(item)), variants.names)

    items[:] = [one for one in items if stays(one)]


def without_bound(items: list[pytest.Item]) -> None:
    """Drop scenarios that were collected from their file and are bound by a test module too: they run there."""
    bound = set()
    for item in items:
        template = template_of(item.function) if isinstance(item, pytest.Function) else None
        if template is not None:
            bound.add((template.feature.filename, template.line_number))
    if bound:
        items[:] = [one for one in items if not (isinstance(one, ScenarioItem) and _place(one) in bound)]


def _place(item: ScenarioItem) -> tuple[str, int]:
    return str(item.path), item.source.line


def tell_failure(item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Tell the failure of a bound scenario as that of any other, and whatever this toolkit raises in a plain test.

    pytest asks an item for its view of a failure only where that comes from the call.
    """
    if not report.failed or call.excinfo is None:
        return
    progress = item.stash.get(progress_key, None)
    if report.when == "call":
        ours = progress is not None and progress.failed is call.excinfo.value
    else:
        ours = isinstance(item, ScenarioItem) or _is_bound(item)
        if progress is not None:
            progress.finished = True  # which step failed is told already
    if ours or isinstance(call.excinfo.value, AsgherkinError):
        report.longrepr = describe(item, call.excinfo)


def _is_bound(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and template_of(item.function) is not None
