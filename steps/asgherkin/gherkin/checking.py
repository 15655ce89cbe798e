"""What would stop the scenarios of a collected run: steps are looked up, and nothing is called."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from asgherkin.errors import SentenceError
from asgherkin.gherkin.calling import check_argument
from asgherkin.gherkin.catalogue import key_of, listed
from asgherkin.gherkin.collect import BrokenFeature, ScenarioItem
from asgherkin.gherkin.definitions import DOC_STRING, TABLE, Definition, definitions_key
from asgherkin.gherkin.items import example_of, is_scenario, scenario_of
from asgherkin.gherkin.mistakes import NO_STEPS, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asgherkin.gherkin.catalogue import Listed
    from asgherkin.gherkin.definitions import Index

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


class Stopped(NamedTuple):
    """What else keeps a scenario from running to its end: its place, and why."""

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
    stopped: list[Stopped]
    unused: list[Listed]
    files: list[str]
    """The feature files of the scenarios."""

    @property
    def failing(self) -> int:
        """How many findings would fail a run."""
        return len(self.undefined) + len(self.ambiguous) + len(self.stopped)


class _Step(NamedTuple):
    kind: str
    text: str
    line: int
    has_table: bool
    has_doc_string: bool


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
        list(dict.fromkeys(checker.stopped)),
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
        self.stopped: list[Stopped] = []
        self.used: dict[int, Definition] = {}

    def check(self, item: pytest.Item) -> None:
        path = shown_path(_path(item), self._root)
        self.files[path] = None
        if isinstance(item, BrokenFeature):
            self.stopped.append(Stopped(Place(path, _line_in(str(item.error))), str(item.error), is_unreadable=True))
            return
        line, problem = _heading(item)
        # A scenario that runs on several clients is one all the same.
        scenario = (path, line, *example_of(item).values())
        is_new = scenario not in self.scenarios
        self.scenarios.add(scenario)
        if problem:
            self.stopped.append(Stopped(Place(path, line), problem))
            return
        self._steps(item, path, is_new=is_new)

    def _steps(self, item: pytest.Item, path: str, *, is_new: bool) -> None:
        index = item.config.stash[definitions_key].seen_by(item)
        for position, step in enumerate(_steps_of(item)):
            self.steps += is_new
            found = self._definitions(index, step.kind, step.text)
            if isinstance(found, str):
                self.stopped.append(Stopped(Place(path, step.line), found))
            elif len(found) == 1:
                self.used[id(found[0])] = found[0]
                self._argument(found[0], step, item, position, path)
            else:
                self._none_or_many(found, step, Place(path, step.line), index)

    def _definitions(self, index: Index, kind: str, text: str) -> Sequence[Definition] | str:
        try:
            return index.find(kind, text)
        except Exception as error:  # noqa: BLE001 - a project's own parser; shown where the step stands
            return f"Looking up this step failed: {type(error).__name__}: {error}"

    def _none_or_many(self, found: Sequence[Definition], step: _Step, place: Place, index: Index) -> None:
        key = (step.kind, step.text)
        places = (
            self.ambiguous.setdefault(key, Ambiguous(*key, [], found)).places
            if found
            else self.undefined.setdefault(key, Undefined(*key, [], index)).places
        )
        if place not in places:
            places.append(place)
        self.used.update((id(one), one) for one in found)

    def _argument(self, definition: Definition, step: _Step, item: pytest.Item, position: int, path: str) -> None:
        """What stands under a step, held against what its function takes."""
        if not (step.has_table or step.has_doc_string or definition.needs_argument):
            return
        given = {name for name, has in ((TABLE, step.has_table), (DOC_STRING, step.has_doc_string)) if has}
        if given == definition.parameters & {TABLE, DOC_STRING}:
            return
        scenario = scenario_of(item)
        assert scenario is not None
        try:
            check_argument(scenario.steps[position], definition, item)
        except SentenceError as error:
            self.stopped.append(Stopped(Place(path, step.line), str(error)))


def _line_in(error: str) -> int:
    """The first line that the error of an unreadable file names; 1 where it names none."""
    found = re.search(r"^  line (\d+):", error, re.MULTILINE)
    return int(found[1]) if found else 1


def _path(item: pytest.Item) -> Path:
    if isinstance(item, (ScenarioItem, BrokenFeature)):
        return item.path
    scenario = scenario_of(item)
    assert scenario is not None
    return Path(scenario.feature.filename)


def _heading(item: pytest.Item) -> tuple[int, str]:
    """The line that stands for a scenario, and why it cannot run; "" where it can."""
    if isinstance(item, ScenarioItem):
        return item.line, item.source.problem
    scenario = scenario_of(item)
    assert scenario is not None
    return scenario.line_number, "" if scenario.steps else NO_STEPS


def _steps_of(item: pytest.Item) -> Iterator[_Step]:
    """The steps of a scenario, an example's values put in."""
    if isinstance(item, ScenarioItem):
        for source, text in zip(item.source.steps, item.source.texts, strict=True):
            yield _Step(source.kind, text, source.line, source.table is not None, source.doc_string is not None)
        return
    scenario = scenario_of(item)
    assert scenario is not None
    for step in scenario.steps:
        has_doc_string = step.docstring is not None
        yield _Step(str(step.type), step.name, step.line_number, step.datatable is not None, has_doc_string)


def scenarios_in(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The items that stand for scenarios, or for a feature file that cannot be read."""
    return [one for one in items if is_scenario(one) or isinstance(one, BrokenFeature)]
