"""What an item stands for: a scenario that was collected, or one that a test module binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.gherkin.bdd import template_of
from asgherkin.gherkin.collect import ScenarioItem
from asgherkin.gherkin.marks import tag_filter
from asgherkin.gherkin.rendering import render_scenario, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asgherkin.gherkin.bdd import Scenario


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
        return render_scenario(item.feature, item.source)
    template = template_of(item.function) if isinstance(item, pytest.Function) else None
    return None if template is None else template.render(example_of(item))


def example_of(item: pytest.Item) -> Mapping[str, str]:
    """The row of an outline that a bound scenario stands for."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    values: Mapping[str, str] = parameters.get("_pytest_bdd_example", {})
    return values


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
