"""Run one scenario: find each step's definition, call it, and tell pytest-bdd's hooks as pytest-bdd would.

What a scenario holds while it runs (an app, a loop, variables) is not known here; it is reached through the
`Conduct` that the plugin puts into the config's stash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pytest
from pytest_bdd.parsers import string as exact_text

from asgherkin.errors import FeatureError, NotObservable, SentenceError, UndefinedStep
from asgherkin.gherkin.bdd import inject_fixture
from asgherkin.gherkin.calling import DOC_STRING, TABLE, arguments_of, call
from asgherkin.gherkin.definitions import Definition, definitions_key
from asgherkin.gherkin.hooks import hooks_key
from asgherkin.gherkin.mistakes import shown_path

if TYPE_CHECKING:
    from asgherkin.gherkin.bdd import Feature, Scenario, Step


class Conduct(Protocol):
    """How a scenario is conducted: what the runner asks of whoever holds its app, loop and variables."""

    def before(self, steps: Sequence[FoundStep]) -> None:
        """Called once all definitions are looked up, before the first step."""

    def fill(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """The arguments of a step, with remembered values put in."""

    def fill_text(self, text: str) -> str:
        """A cell or doc string of a user's own step, with remembered values put in."""

    def run(self, awaitable: Callable[[], Any]) -> object:
        """Await what a function gives, on the scenario's loop."""

    def after_step(self, position: int) -> None:
        """Called after each step that did not fail; raises what the step caused and no later step expects."""

    def end(self) -> None:
        """Called after the last step, whatever happened; raises what went wrong at the end."""

    def evidence(self) -> Sequence[tuple[str, str]]:
        """What to show of a failing scenario: titles and texts."""

    def redact(self, text: str) -> str:
        """A text without the secrets in it."""


class Watch(Protocol):
    """Who is told how a scenario goes on, where a report was asked for."""

    def begin(self, progress: Progress) -> None:
        """Called once all definitions are looked up, before the first step."""

    def reach(self, position: int) -> None:
        """Called before each step."""

    def leave(self) -> None:
        """Called after the last step that runs, whatever happened in it."""

    def take(self, item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """Called with each report of an item, once its failure is told."""


class FoundStep(NamedTuple):
    """A step of a running scenario, and its definition, or the reason why there is none."""

    step: Step
    definition: Definition | Exception

    @property
    def kind(self) -> str:
        """given, when or then."""
        return str(self.step.type)

    @property
    def function(self) -> Callable[..., object] | None:
        """The function that runs the step, if there is one."""
        return self.definition.function if isinstance(self.definition, Definition) else None

    @property
    def fixtures(self) -> tuple[str, ...]:
        """What the function asks for: fixtures, and slots of the sentence."""
        return self.definition.required if isinstance(self.definition, Definition) else ()

    @property
    def table(self) -> Sequence[Sequence[object]]:
        """The rows of the data table under the step."""
        return self.step.datatable.raw() if self.step.datatable is not None else ()

    def slots(self) -> Mapping[str, object]:
        """The slots of the sentence, as parsed; remembered values are not yet put in."""
        assert isinstance(self.definition, Definition)
        return self.definition.parser.parse_arguments(self.step.name) or {}

    def call_arguments(self, conduct: Conduct) -> dict[str, object]:
        """What the sentence says: the values of its slots, remembered values put in, converted."""
        definition = self.definition
        assert isinstance(definition, Definition)
        if type(definition.parser) is exact_text:
            return {}
        parsed = self.slots()
        reserved = {TABLE, DOC_STRING} & parsed.keys()
        if reserved:
            raise SentenceError(
                f"The sentence {definition.pattern!r} ({definition.location}) names a slot {min(reserved)!r}, "
                "which is the name of a step's argument. Use another name."
            )
        filled = conduct.fill(parsed)
        converters = definition.converters
        return {name: converters[name](value) if name in converters else value for name, value in filled.items()}


class Progress:
    """How far a scenario came: kept on its item, for whoever shows a failure.

    `at` is the position of the running step, None before the first; `finished` says that no step runs any more.
    `fixtures` are those that steps have asked for: pytest takes its time to give one a second time.
    """

    def __init__(self, feature: Feature, scenario: Scenario, conduct: Conduct) -> None:
        self.feature = feature
        self.scenario = scenario
        self.conduct = conduct
        self.steps: list[FoundStep] = []
        self.fixtures: dict[str, object] = {}
        self.at: int | None = None
        self.finished = False
        self.failed: BaseException | None = None

    def path(self, root: Path) -> str:
        """The feature file's path from the project's root: pytest-bdd's own `rel_filename` is from elsewhere."""
        return shown_path(Path(self.feature.filename), root)


progress_key = pytest.StashKey[Progress]()
conduct_key = pytest.StashKey[Callable[[pytest.FixtureRequest], Conduct]]()
watch_key = pytest.StashKey[Watch]()


def run_scenario(feature: Feature, scenario: Scenario, request: pytest.FixtureRequest, *, problem: str = "") -> None:
    """Run all steps of a scenario; `problem` says why it cannot run at all.

    Raises what a step raises, UndefinedStep, AmbiguousStep, FeatureError, or what `Conduct` finds.
    """
    __tracebackhide__ = True
    config = request.config
    conduct = config.stash[conduct_key](request)
    progress = request.node.stash[progress_key] = Progress(feature, scenario, conduct)
    tell = config.stash[hooks_key].tell
    told = {"request": request, "feature": feature, "scenario": scenario}
    tell("pytest_bdd_before_scenario", told)
    try:
        try:
            if problem:
                raise FeatureError(problem)
            _run_steps(progress, request)
        except BaseException as error:
            progress.failed = error
            _end_after(error, conduct)
            if isinstance(error, NotObservable):
                raise pytest.skip.Exception(str(error), _use_item_location=True) from None
            raise
        progress.finished = True
        try:
            conduct.end()
        except BaseException as error:
            progress.failed = error
            raise
    finally:
        tell("pytest_bdd_after_scenario", told)


def _end_after(error: BaseException, conduct: Conduct) -> None:
    try:
        conduct.end()
    except Exception as second:  # noqa: BLE001 - the first failure is the one to tell; this one is added to it
        error.add_note(f"After that, at the end of the scenario: {second}")


def _run_steps(progress: Progress, request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    progress.steps += found_steps(progress.scenario, request.node)
    watch = request.config.stash.get(watch_key, None)
    if watch is None:
        progress.conduct.before(progress.steps)
        _run_found(progress, request, None)
        return
    watch.begin(progress)
    progress.conduct.before(progress.steps)
    try:
        _run_found(progress, request, watch)
    finally:
        watch.leave()


def found_steps(scenario: Scenario, item: pytest.Item) -> list[FoundStep]:
    """The steps of an item's scenario, with their definitions."""
    index = item.config.stash[definitions_key].seen_by(item)
    found: list[FoundStep] = []
    for step in scenario.steps:
        try:
            definition: Definition | Exception = index.find(step.type, step.name)
        except Exception as error:  # noqa: BLE001 - raised when the step is reached
            definition = error
        found.append(FoundStep(step, definition))
    return found


def _run_found(progress: Progress, request: pytest.FixtureRequest, watch: Watch | None) -> None:
    __tracebackhide__ = True
    for position, one in enumerate(progress.steps):
        progress.at = position
        if watch is not None:
            watch.reach(position)
        if isinstance(one.definition, Exception):
            _not_found(one.definition, one.step, progress, request)
        else:
            _run_step(one, position, progress, request)


def _not_found(error: Exception, step: Step, progress: Progress, request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    if isinstance(error, UndefinedStep):
        told = {"request": request, "feature": progress.feature, "scenario": progress.scenario, "step": step}
        tell = request.config.stash[hooks_key].tell
        tell("pytest_bdd_step_func_lookup_error", {**told, "exception": error})
    raise error


def _run_step(one: FoundStep, position: int, progress: Progress, request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    definition, step, tell = one.definition, one.step, request.config.stash[hooks_key].tell
    assert isinstance(definition, Definition)
    told: dict[str, Any] = {
        "request": request,
        "feature": progress.feature,
        "scenario": progress.scenario,
        "step": step,
        "step_func": definition.function,
    }
    tell("pytest_bdd_before_step", told)
    told["step_func_args"] = {}
    try:
        arguments = told["step_func_args"] = arguments_of(one, definition, progress, request)
        tell("pytest_bdd_before_step_call", told)
        value = call(definition, arguments, progress.conduct, request)
        progress.conduct.after_step(position)
    except (Exception, pytest.fail.Exception) as error:
        tell("pytest_bdd_step_error", {**told, "exception": error})
        raise
    if definition.target_fixture is not None:
        inject_fixture(request, definition.target_fixture, value)
        progress.fixtures.pop(definition.target_fixture, None)
    tell("pytest_bdd_after_step", told)
