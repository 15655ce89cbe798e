"""Scenarios that a test module binds with pytest-bdd's `scenarios()` or `@scenario`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import FeatureError
from asgherkin.gherkin.bdd import template_of
from asgherkin.gherkin.collect import DocStringText, ScenarioItem
from asgherkin.gherkin.document import NO_STEPS, read
from asgherkin.gherkin.failure import describe
from asgherkin.gherkin.run import progress_key, run_scenario

if TYPE_CHECKING:
    from asgherkin.gherkin.bdd import Feature, Scenario


def run_bound(feature: Feature, scenario: Scenario, request: pytest.FixtureRequest) -> None:
    """Run a bound scenario as any other: pytest-bdd's own parser loses media types, and lets empty ones pass."""
    __tracebackhide__ = True
    _restore_media_types(scenario, Path(feature.filename))
    run_scenario(feature, scenario, request, problem="" if scenario.steps else NO_STEPS)


def _restore_media_types(scenario: Scenario, path: Path) -> None:
    with_doc_strings = {step.line_number: step for step in scenario.steps if step.docstring is not None}
    if not with_doc_strings:
        return
    try:
        source = read(path, str(path))
    except FeatureError:  # pytest-bdd has read it, by looser rules
        return
    for one in source.scenarios:
        for step in (*one.background, *one.steps):
            bound = with_doc_strings.get(step.line)
            if bound is not None and step.doc_string is not None:
                text = bound.docstring = DocStringText(bound.docstring)
                text.media_type = step.doc_string.media_type


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


def describe_bound(item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Tell the failure of a bound scenario as that of any other."""
    failed = report.when == "call" and report.failed and call.excinfo is not None
    progress = item.stash.get(progress_key, None)
    if failed and progress is not None and call.excinfo and progress.failed is call.excinfo.value:
        report.longrepr = describe(item, call.excinfo)
