"""Run one scenario: find each step's definition, call it, and tell pytest-bdd's hooks as pytest-bdd would.

What a scenario holds while it runs (an app, a loop, variables) is not known here; it is reached through the
`Conduct` that the plugin puts into the config's stash.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from pytest_bdd.parsers import string as exact_text

from asgherkin.errors import FeatureError, SentenceError, UndefinedStep
from asgherkin.gherkin.bdd import inject_fixture
from asgherkin.gherkin.definitions import Definition, Definitions
from asgherkin.gherkin.hooks import hooks_key
from asgherkin.gherkin.suggestions import nearest

if TYPE_CHECKING:
    from asgherkin.gherkin.bdd import Feature, Scenario, Step

TABLE = "datatable"
DOC_STRING = "docstring"


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


@dataclass(slots=True)
class FoundStep:
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


@dataclass(slots=True)
class Progress:
    """How far a scenario came: kept on its item, for whoever shows a failure."""

    feature: Feature
    scenario: Scenario
    conduct: Conduct
    steps: list[FoundStep] = field(default_factory=list)
    at: int | None = None
    failed: BaseException | None = None


progress_key = pytest.StashKey[Progress]()
definitions_key = pytest.StashKey[Definitions]()
conduct_key = pytest.StashKey[Callable[[pytest.FixtureRequest], Conduct]]()


def run_scenario(feature: Feature, scenario: Scenario, request: pytest.FixtureRequest, *, problem: str = "") -> None:
    """Run all steps of a scenario; `problem` says why it cannot run at all.

    Raises what a step raises, UndefinedStep, AmbiguousStep, FeatureError, or what `Conduct` finds.
    """
    __tracebackhide__ = True
    config = request.config
    conduct = config.stash[conduct_key](request)
    progress = request.node.stash[progress_key] = Progress(feature, scenario, conduct)
    hooks = config.stash[hooks_key]
    hooks.tell("pytest_bdd_before_scenario", request=request, feature=feature, scenario=scenario)
    try:
        try:
            if problem:
                raise FeatureError(problem)
            _run_steps(progress, request)
        except BaseException as error:
            progress.failed = error
            _end_after(error, conduct)
            raise
        progress.at = None
        conduct.end()
    finally:
        hooks.tell("pytest_bdd_after_scenario", request=request, feature=feature, scenario=scenario)


def _end_after(error: BaseException, conduct: Conduct) -> None:
    try:
        conduct.end()
    except Exception as second:  # noqa: BLE001 - the first failure is the one to tell; this one is added to it
        error.add_note(f"After that, at the end of the scenario: {second}")


def _run_steps(progress: Progress, request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    index = request.config.stash[definitions_key].seen_from(_definitions_node(request.node))
    found = progress.steps
    for step in progress.scenario.steps:
        try:
            definition: Definition | Exception = index.find(step.type, step.name)
        except Exception as error:  # noqa: BLE001 - raised when the step is reached
            definition = error
        found.append(FoundStep(step, definition))
    conduct = progress.conduct
    conduct.before(found)
    for position, one in enumerate(found):
        progress.at = position
        if isinstance(one.definition, Exception):
            _not_found(one.definition, one.step, progress, request)
        else:
            _run_step(one, position, progress, request)


def _definitions_node(node: pytest.Item) -> pytest.Item | pytest.Collector:
    parent = node.parent
    assert isinstance(parent, pytest.Collector)
    return getattr(parent, "definitions_from", parent)


def _not_found(error: Exception, step: Step, progress: Progress, request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    if isinstance(error, UndefinedStep):
        request.config.stash[hooks_key].tell(
            "pytest_bdd_step_func_lookup_error",
            request=request,
            feature=progress.feature,
            scenario=progress.scenario,
            step=step,
            exception=error,
        )
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
    tell("pytest_bdd_before_step", **told)
    told["step_func_args"] = {}
    try:
        arguments = told["step_func_args"] = _arguments(one, definition, progress.conduct, request)
        tell("pytest_bdd_before_step_call", **told)
        value = _call(definition, arguments, progress.conduct, request)
        progress.conduct.after_step(position)
    except (Exception, pytest.fail.Exception) as error:
        tell("pytest_bdd_step_error", exception=error, **told)
        raise
    if definition.target_fixture is not None:
        inject_fixture(request, definition.target_fixture, value)
    tell("pytest_bdd_after_step", **told)


def _arguments(
    one: FoundStep, definition: Definition, conduct: Conduct, request: pytest.FixtureRequest
) -> dict[str, object]:
    __tracebackhide__ = True
    step, parameters = one.step, definition.parameters
    if step.docstring is not None or step.datatable is not None or definition.needs_argument:
        _check_argument(step, definition, request)
    values = one.call_arguments(conduct)
    arguments = {name: value for name, value in values.items() if name in parameters}
    # Our own sentences put remembered values in themselves: what is JSON is filled as JSON.
    fill = (lambda text: text) if definition.strict else conduct.fill_text
    if step.datatable is not None and TABLE in parameters:
        arguments[TABLE] = [[fill(str(cell)) for cell in row] for row in step.datatable.raw()]
    if step.docstring is not None and DOC_STRING in parameters:
        # The text may carry its media type, as a subclass of str, which filling would lose.
        arguments[DOC_STRING] = fill(step.docstring) if "{{" in step.docstring else step.docstring
    for name in definition.required:
        if name not in arguments:
            arguments[name] = request.getfixturevalue(name)
    return arguments


def _check_argument(step: Step, definition: Definition, request: pytest.FixtureRequest) -> None:
    """A table or doc string that is missing or, under our own sentences, too many, is an error."""
    for parameter, given, name in (
        (TABLE, step.datatable, "data table"),
        (DOC_STRING, step.docstring, "doc string"),
    ):
        if given is None and parameter in definition.required:
            raise SentenceError(f"This sentence takes a {name}, and none stands under it.{_fitting(step, (), request)}")
        if given is not None and parameter not in definition.parameters and definition.strict:
            takes = _taken(definition)
            raise SentenceError(
                f"This sentence takes {takes}, and a {name} stands under it.{_fitting(step, (parameter,), request)}"
            )


def _taken(definition: Definition) -> str:
    if DOC_STRING in definition.parameters:
        return "a doc string"
    return "a data table" if TABLE in definition.parameters else "neither a doc string nor a data table"


def _fitting(step: Step, wanted: tuple[str, ...], request: pytest.FixtureRequest) -> str:
    """The sentence nearest to this one that takes just what stands under the step."""
    index = request.config.stash[definitions_key].seen_from(_definitions_node(request.node))
    takers = [
        one
        for one in index.definitions
        if one.strict
        and one.kind == step.type
        and tuple(name for name in (TABLE, DOC_STRING) if name in one.parameters) == wanted
    ]
    near = nearest(step.name, takers, most=1)
    return f" The sentence that fits: {step.keyword} {near[0].example}" if near else ""


def _call(
    definition: Definition, arguments: dict[str, object], conduct: Conduct, request: pytest.FixtureRequest
) -> object:
    __tracebackhide__ = True
    if definition.is_generator:
        generator = definition.function(**arguments)
        value = next(generator)
        request.addfinalizer(lambda: _finish(next, generator, definition))
        return value
    value = definition.function(**arguments)
    if inspect.iscoroutine(value):
        coroutine = value
        return conduct.run(lambda: coroutine)
    if isinstance(value, AsyncGenerator) and inspect.isasyncgenfunction(definition.function):
        async_generator = value
        value = conduct.run(lambda: anext(async_generator))
        request.addfinalizer(lambda: _finish(lambda it: conduct.run(lambda: anext(it)), async_generator, definition))
    return value


def _finish(advance: Callable[[Any], object], generator: object, definition: Definition) -> None:
    try:
        advance(generator)
    except (StopIteration, StopAsyncIteration):
        return
    raise SentenceError(
        f"The step function at {definition.location} yields more than once. "
        "What follows its one yield runs after the scenario."
    )
