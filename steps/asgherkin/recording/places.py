"""Where a scenario stands, as messages name it: by its file's path from the project's root, and lines."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from asgherkin.gherkin.collect import BrokenFeature, FeatureItem, ScenarioItem
from asgherkin.gherkin.items import bound_scenario
from asgherkin.gherkin.mistakes import shown_path

if TYPE_CHECKING:
    import pytest

    from asgherkin.gherkin.bdd import Scenario


class Place(TypedDict):
    """A scenario's file, its feature's name, its line and that of its row."""

    uri: str
    path: str
    feature: str
    line: int
    row: int | None


def place_of(item: pytest.Item, scenario: Scenario, root: Path) -> Place:
    """The place of an item's scenario."""
    example = item.source.example if isinstance(item, ScenarioItem) else None
    return {
        "uri": _uri(scenario.feature.filename, root),
        "path": str(scenario.feature.filename),
        "feature": str(scenario.feature.name or ""),
        "line": scenario.line_number,
        "row": example.line if example else None,
    }


@functools.lru_cache
def _uri(path: str, root: Path) -> str:
    return shown_path(Path(path), root)


def feature_of(item: pytest.Item) -> tuple[Path, str] | None:
    """The feature file that an item was collected from, and why it was refused, if so; None for another test."""
    if isinstance(item, FeatureItem):
        return item.path, str(item.error) if isinstance(item, BrokenFeature) else ""
    template = bound_scenario(item)
    return None if template is None else (Path(template.feature.filename), "")
