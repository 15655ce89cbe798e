"""What would stop the scenarios of a collected run: steps are looked up, and nothing is called."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from asgherkin.errors import SentenceError
from asgherkin.gherkin.calling import check_argument
from asgherkin.gherkin.catalogue import key_of, listed
from asgherkin.gherkin.collect import BrokenFeature, ScenarioItem
from asgherkin.gherkin.definitions import index_of
from asgherkin.gherkin.items import example_of, is_scenario, scenario_of
from asgherkin.gherkin.mistakes import NO_STEPS, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_bdd.parser import Step

    from asgherkin.gherkin.catalogue import Listed
    from asgherkin.gherkin.definitions import Definition, Index

# Every item that was collected, before any was deselected: a sentence that one of them uses is in use.
everything_key = pytest.StashKey[list[pytest.Item]]()


class Place(NamedTuple):
    """A line of a feature file; the path as messages show it."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Unmatched(NamedTuple):
    """A step that no definition fits, or several equally well: `fitting`. `known`: all that its first place sees."""

    kind: str
    text: str
    fitting: Sequence[Definition]
    known: Index
    places: list[Place]

    def __str__(self) -> str:
        return f"{self.kind.capitalize()} {self.text}"

    @property
    def listed(self) -> list[str]:
        """The fitting definitions, each with its place and its kind."""
        return sorted(f"{it.location}: {(it.kind or 'step').capitalize()} {it.pattern}" for it in self.fitting)


class CannotRun(NamedTuple):
    """What else keeps a scenario from running to its end: where, and why."""

    place: Place
    reason: str
    is_unreadable: bool = False
    """Whether it is the whole file that cannot be read."""


@dataclass
class Checked:
    """What was found. `unused` are the project's own sentences that no collected scenario uses."""

    scenarios: set[object] = field(default_factory=set)
    """A scenario that runs on several clients counts once."""
    steps: int = 0
    files: dict[str, None] = field(default_factory=dict)
    """The paths of the feature files, in their order."""
    undefined: dict[tuple[str, str], Unmatched] = field(default_factory=dict)
    ambiguous: dict[tuple[str, str], Unmatched] = field(default_factory=dict)
    cannot_run: dict[CannotRun, None] = field(default_factory=dict)
    used: set[Definition] = field(default_factory=set)
    unused: list[Listed] = field(default_factory=list)

    @property
    def failing(self) -> int:
        """How many findings would fail a run."""
        return len(self.undefined) + len(self.ambiguous) + len(self.cannot_run)

    def note(self, place: Place, reason: str, *, is_unreadable: bool = False) -> None:
        """Note what keeps a scenario from running."""
        self.cannot_run[CannotRun(place, reason, is_unreadable)] = None


def check(session: pytest.Session, items: Sequence[pytest.Item]) -> Checked:
    """Look up every step of `items`, all scenarios; others that were collected count for what is in use only."""
    checked, others = Checked(), Checked()
    for item in items:
        _check(item, checked)
    selected = set(items)
    for item in session.config.stash.get(everything_key, []):
        if item not in selected:
            _check(item, others)
    used = {key_of(definition) for definition in checked.used | others.used}
    own = {key_of(sentence.definition): sentence for sentence in listed(session) if sentence.is_of_the_project}
    checked.unused = [sentence for key, sentence in own.items() if key not in used]
    return checked


def _check(item: pytest.Item, checked: Checked) -> None:
    scenario = scenario_of(item)
    file = item.path if scenario is None else Path(scenario.feature.filename)
    path = shown_path(file, item.config.rootpath)
    checked.files[path] = None
    if scenario is None:
        assert isinstance(item, BrokenFeature)
        checked.note(Place(path, item.error.line), str(item.error), is_unreadable=True)
        return
    if isinstance(item, ScenarioItem):
        line, problem = item.line, item.source.problem
    else:
        line, problem = scenario.line_number, "" if scenario.steps else NO_STEPS
    key = (path, line, *example_of(item).values())
    is_new = key not in checked.scenarios
    checked.scenarios.add(key)
    if problem:
        checked.note(Place(path, line), problem)
        return
    index = index_of(item)
    for step in scenario.steps:
        checked.steps += is_new
        _check_step(step, Place(path, step.line_number), index, checked)


def _check_step(step: Step, place: Place, index: Index, checked: Checked) -> None:
    try:
        found = index.find(step.type, step.name)
    except Exception as error:  # noqa: BLE001 - a project's own parser; shown where the step stands
        checked.note(place, f"Looking up this step failed: {type(error).__name__}: {error}")
        return
    checked.used.update(found)
    if len(found) != 1:
        key = (str(step.type), step.name)
        unmatched = checked.ambiguous if found else checked.undefined
        places = unmatched.setdefault(key, Unmatched(*key, found, index, [])).places
        if place not in places:
            places.append(place)
        return
    try:
        check_argument(step, found[0], index)
    except SentenceError as error:
        checked.note(place, str(error))


def scenarios_in(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The items that stand for scenarios, or for a feature file that cannot be read."""
    return [item for item in items if is_scenario(item) or isinstance(item, BrokenFeature)]
