"""Run one scenario: call the function of each step, and call pytest-bdd's hooks as pytest-bdd would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from pytest_bdd.compat import inject_fixture

from asgherkin.errors import FeatureError, NotObservable, UndefinedStep
from asgherkin.gherkin.calling import Conduct, StepMatch, arguments_of, call, match_steps
from asgherkin.gherkin.definitions import Definition
from asgherkin.gherkin.mistakes import shown_path

if TYPE_CHECKING:
    from pluggy import HookCaller
    from pytest_bdd.parser import Feature, Scenario


_REPORTERS = ("cucumber_json_path", "gherkin_terminal_reporter")


class Hooks:
    """pytest-bdd's hooks. A hook that nobody implements costs nothing.

    pytest-bdd's own implementations keep what its two reporters need: a record of every step, put into a dictionary
    three times a scenario. They are called only where such a reporter is asked for: a run of 2,000 scenarios of six
    short steps takes 3.2 seconds without them, 4.4 with (medians of seven runs in turn). Every other implementation, a
    user's or a plugin's, is always called.
    """

    def __init__(self, config: pytest.Config) -> None:
        asked = any(config.getoption(name, None) for name in _REPORTERS)
        self._left_out = [] if asked else [config.pluginmanager.get_plugin("pytest-bdd")]
        self._manager = config.pluginmanager
        self._callers: dict[str, HookCaller | None] = {}

    def call(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Call all implementations of a hook."""
        if name not in self._callers:
            # A caller without some plugins is a new one each time; it knows only implementations that are there.
            fresh = self._manager.subset_hook_caller(name, remove_plugins=self._left_out)
            self._callers[name] = fresh if fresh.get_hookimpls() else None
        caller = self._callers[name]
        if caller is not None:
            caller(**arguments)


class Watch(Protocol):
    """Follows the scenarios of a run as they go, for its report."""

    def begin(self, progress: Progress) -> None:
        """Called once all definitions are looked up, before the first step."""

    def reach(self, position: int) -> None:
        """Called before each step."""

    def leave(self) -> None:
        """Called after the last step that runs, whatever happened in it."""

    def take(self, item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """Called with each report of an item, once it has the text of its failure."""


@dataclass(eq=False, slots=True)
class Progress:
    """How far a scenario came: kept on its item, for the text of a failure and the report.

    `at` is the position of the running step, None before the first; `finished` says that no step runs any more.
    `fixtures` are those that steps have asked for: pytest is slow to give a fixture a second time.
    """

    feature: Feature
    scenario: Scenario
    conduct: Conduct
    steps: list[StepMatch] = field(default_factory=list)
    fixtures: dict[str, object] = field(default_factory=dict)
    at: int | None = None
    finished: bool = False
    failed: BaseException | None = None

    def path(self, root: Path) -> str:
        """The feature file's path from the project's root: pytest-bdd's own `rel_filename` is from elsewhere."""
        return shown_path(Path(self.feature.filename), root)


progress_key = pytest.StashKey[Progress]()
conduct_key = pytest.StashKey[Callable[[pytest.FixtureRequest], Conduct]]()
watches_key = pytest.StashKey[list[Watch]]()
hooks_key = pytest.StashKey[Hooks]()


def run_scenario(feature: Feature, scenario: Scenario, request: pytest.FixtureRequest, *, problem: str = "") -> None:
    """Run all steps of a scenario; `problem` says why it cannot run at all.

    Raises what a step raises, UndefinedStep, AmbiguousStep, FeatureError, or what `Conduct` finds.
    """
    __tracebackhide__ = True
    config = request.config
    conduct = config.stash[conduct_key](request)
    progress = request.node.stash[progress_key] = Progress(feature, scenario, conduct)
    hooks = config.stash[hooks_key]
    arguments = {"request": request, "feature": feature, "scenario": scenario}
    hooks.call("pytest_bdd_before_scenario", arguments)
    try:
        _run_to_end(progress, request, problem)
    except BaseException as error:
        progress.failed = error
        if isinstance(error, NotObservable):
            raise pytest.skip.Exception(str(error), _use_item_location=True) from None
        raise
    finally:
        hooks.call("pytest_bdd_after_scenario", arguments)


def _run_to_end(progress: Progress, request: pytest.FixtureRequest, problem: str) -> None:
    __tracebackhide__ = True
    try:
        if problem:
            raise FeatureError(problem)
        _run_steps(progress, request)
    except BaseException as error:
        try:
            progress.conduct.end()
        except Exception as second:  # noqa: BLE001 - the first failure is the one to show; this one is added to it
            error.add_note(f"After that, at the end of the scenario: {second}")
        raise
    progress.finished = True
    progress.conduct.end()


def _run_steps(progress: Progress, request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    progress.steps += match_steps(progress.scenario, request.node)
    watches = request.config.stash.get(watches_key, ())
    for watch in watches:
        watch.begin(progress)
    progress.conduct.before(progress.steps)
    try:
        for position, match in enumerate(progress.steps):
            progress.at = position
            for watch in watches:
                watch.reach(position)
            _run_step(match, position, progress, request)
    finally:
        for watch in watches:
            watch.leave()


def _run_step(match: StepMatch, position: int, progress: Progress, request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    hooks = request.config.stash[hooks_key]
    definition = match.definition
    # As pytest-bdd has it, each of its hooks for a step gets what the one before it got, and more.
    for_hooks: dict[str, Any] = {
        "request": request,
        "feature": progress.feature,
        "scenario": progress.scenario,
        "step": match.step,
    }
    if not isinstance(definition, Definition):
        if isinstance(definition, UndefinedStep):
            hooks.call("pytest_bdd_step_func_lookup_error", {**for_hooks, "exception": definition})
        raise definition
    for_hooks["step_func"] = definition.function
    hooks.call("pytest_bdd_before_step", for_hooks)
    for_hooks["step_func_args"] = {}
    try:
        arguments = for_hooks["step_func_args"] = arguments_of(match, progress.conduct, progress.fixtures, request)
        hooks.call("pytest_bdd_before_step_call", for_hooks)
        value = call(definition, arguments, progress.conduct, request)
        progress.conduct.after_step(position)
    except (Exception, pytest.fail.Exception) as error:
        hooks.call("pytest_bdd_step_error", {**for_hooks, "exception": error})
        raise
    if definition.target_fixture is not None:
        inject_fixture(request, definition.target_fixture, value)
        progress.fixtures.pop(definition.target_fixture, None)
    hooks.call("pytest_bdd_after_step", for_hooks)
