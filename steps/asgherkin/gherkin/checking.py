"""What would stop the scenarios of a collected run: steps are looked up, and nothing is called."""

from __future__ import annotations

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


class Undefined(NamedTuple):
    """A step that no definition fits. `known` holds the definitions that its first place sees."""

    kind: str
    text: str
    places: list[Place]
    known: Index


class Ambiguous(NamedTuple):
    """A step that several definitions fit equally well."""

    kind: str
    text: str
    places: list[Place]
    definitions: Sequence[Definition]


class CannotRun(NamedTuple):
    """What else keeps a scenario from running to its end: where, and why."""

    place: Place
    reason: str
    is_unreadable: bool = False
    """Whether it is the whole file that cannot be read."""


class Checked(NamedTuple):
    """What was found. `unused` are the project's own sentences that no collected scenario uses."""

    scenarios: int
    steps: int
    undefined: list[Undefined]
    ambiguous: list[Ambiguous]
    cannot_run: list[CannotRun]
    unused: list[Listed]
    files: list[str]
    """The feature files of the scenarios."""

    @property
    def failing(self) -> int:
        """How many findings would fail a run."""
        return len(self.undefined) + len(self.ambiguous) + len(self.cannot_run)


def check(session: pytest.Session, items: Sequence[pytest.Item]) -> Checked:
    """Look up every step of `items`, all scenarios; others that were collected count for what is in use only."""
    checker = _Checker(session.config.rootpath)
    for item in items:
        checker.check(item)
    scenarios, steps = len(checker.scenarios), checker.steps
    selected = set(items)
    rest = _Checker(session.config.rootpath)
    for item in session.config.stash.get(everything_key, []):
        if item not in selected:
            rest.check(item)
    used = {key_of(one) for found in (checker, rest) for one in found.used.values()}
    unused = {
        key_of(one.definition): one
        for one in listed(session)
        if one.is_of_the_project and key_of(one.definition) not in used
    }
    return Checked(
        scenarios,
        steps,
        list(checker.undefined.values()),
        list(checker.ambiguous.values()),
        list(dict.fromkeys(checker.cannot_run)),
        list(unused.values()),
        list(checker.files),
    )


class _Checker:
    def __init__(self, root: Path) -> None:
        self._root = root
        self.scenarios: set[object] = set()
        self.steps = 0
        self.files: dict[str, None] = {}
        self.undefined: dict[tuple[str, str], Undefined] = {}
        self.ambiguous: dict[tuple[str, str], Ambiguous] = {}
        self.cannot_run: list[CannotRun] = []
        self.used: dict[int, Definition] = {}

    def check(self, item: pytest.Item) -> None:
        if isinstance(item, BrokenFeature):
            place = Place(self._seen(item.path), item.error.line)
            self.cannot_run.append(CannotRun(place, str(item.error), is_unreadable=True))
            return
        scenario = scenario_of(item)
        assert scenario is not None
        path = self._seen(Path(scenario.feature.filename))
        if isinstance(item, ScenarioItem):
            line, problem = item.line, item.source.problem
        else:
            line, problem = scenario.line_number, "" if scenario.steps else NO_STEPS
        # A scenario that runs on several clients counts once.
        key = (path, line, *example_of(item).values())
        is_new = key not in self.scenarios
        self.scenarios.add(key)
        if problem:
            self.cannot_run.append(CannotRun(Place(path, line), problem))
            return
        for step in scenario.steps:
            self.steps += is_new
            self._step(step, Place(path, step.line_number), item)

    def _seen(self, path: Path) -> str:
        shown = shown_path(path, self._root)
        self.files[shown] = None
        return shown

    def _step(self, step: Step, place: Place, item: pytest.Item) -> None:
        index = index_of(item)
        try:
            found = index.find(step.type, step.name)
        except Exception as error:  # noqa: BLE001 - a project's own parser; shown where the step stands
            reason = f"Looking up this step failed: {type(error).__name__}: {error}"
            self.cannot_run.append(CannotRun(place, reason))
            return
        self.used.update((id(one), one) for one in found)
        if len(found) != 1:
            self._none_or_many(found, step, place, index)
            return
        try:
            check_argument(step, found[0], index)
        except SentenceError as error:
            self.cannot_run.append(CannotRun(place, str(error)))

    def _none_or_many(self, found: Sequence[Definition], step: Step, place: Place, index: Index) -> None:
        key = (str(step.type), step.name)
        places = (
            self.ambiguous.setdefault(key, Ambiguous(*key, [], found)).places
            if found
            else self.undefined.setdefault(key, Undefined(*key, [], index)).places
        )
        if place not in places:
            places.append(place)


def scenarios_in(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The items that stand for scenarios, or for a feature file that cannot be read."""
    return [one for one in items if is_scenario(one) or isinstance(one, BrokenFeature)]
