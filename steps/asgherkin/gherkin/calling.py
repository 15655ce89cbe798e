"""A step of a running scenario: its definition, its arguments, and the call of its function.

What a scenario holds while it runs (an app, a loop, variables) is not known here. It is reached through `Conduct`.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pytest
from pytest_bdd.parsers import string as exact_text

from asgherkin.errors import AmbiguousStep, SentenceError, UndefinedStep
from asgherkin.gherkin.bdd import fixture_definition
from asgherkin.gherkin.definitions import DOC_STRING, TABLE, Definition, index_of
from asgherkin.gherkin.suggestions import ambiguous, nearest, undefined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_bdd.parser import Scenario, Step

    from asgherkin.gherkin.definitions import Index

_FORMS = {TABLE: ", a row a line: | … | … |", DOC_STRING: ', between two lines of """'}


class Conduct(Protocol):
    """How a scenario is conducted: what the runner asks of the session, which holds the app, loop and variables."""

    def before(self, steps: Sequence[StepMatch]) -> None:
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

    def sections(self) -> Sequence[tuple[str, str]]:
        """What to show of a failing scenario: titles and texts."""

    def redact(self, text: str) -> str:
        """A text without the secrets in it."""


class StepMatch(NamedTuple):
    """A step of a running scenario, and its definition, or the reason why it has none.

    `parsed` are the slots of a sentence of the toolkit's own. Those of other definitions are parsed when they are
    called: a project's converters may give objects that no two steps should share.
    """

    step: Step
    definition: Definition | Exception
    parsed: Mapping[str, object] | None = None

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
        if self.parsed is not None:
            return self.parsed
        assert isinstance(self.definition, Definition)
        return self.definition.parser.parse_arguments(self.step.name) or {}


def match_steps(scenario: Scenario, item: pytest.Item) -> list[StepMatch]:
    """The steps of an item's scenario, with their definitions."""
    index = index_of(item)
    return [_match(step, index) for step in scenario.steps]


def _match(step: Step, index: Index) -> StepMatch:
    try:
        found = index.find(step.type, step.name)
    except Exception as error:  # noqa: BLE001 - a project's own parser; raised when the step is reached
        return StepMatch(step, error)
    if not found:
        return StepMatch(step, UndefinedStep(*undefined(step.type, step.name, index)))
    if len(found) > 1:
        return StepMatch(step, AmbiguousStep(ambiguous(found)))
    definition = found[0]
    return StepMatch(step, definition, definition.parser.parse_arguments(step.name) if definition.strict else None)


def arguments_of(
    match: StepMatch, conduct: Conduct, fixtures: dict[str, object], request: pytest.FixtureRequest
) -> dict[str, object]:
    """What a step function is called with: slots of its sentence, its table or doc string, fixtures.

    `fixtures` are those that earlier steps have asked for. Raises SentenceError where the step lacks what the function
    needs.
    """
    __tracebackhide__ = True
    step, definition = match.step, match.definition
    assert isinstance(definition, Definition)
    under = step.docstring is not None or step.datatable is not None
    if under or TABLE in definition.required or DOC_STRING in definition.required:
        check_argument(step, definition, index_of(request.node))
    values = _slot_values(match, definition, conduct)
    arguments = {name: value for name, value in values.items() if name in definition.parameters}
    # Our own sentences put remembered values in themselves: what is JSON is filled as JSON.
    fill = (lambda text: text) if definition.strict else conduct.fill_text
    if step.datatable is not None and TABLE in definition.parameters:
        arguments[TABLE] = [[fill(str(cell)) for cell in row] for row in step.datatable.raw()]
    if step.docstring is not None and DOC_STRING in definition.parameters:
        # The text may carry its media type, as a subclass of str, which filling would lose.
        arguments[DOC_STRING] = fill(step.docstring) if "{{" in step.docstring else step.docstring
    for name in definition.required:
        if name not in arguments:
            if name not in fixtures:
                fixtures[name] = _fixture(name, definition, request)
            arguments[name] = fixtures[name]
    return arguments


def _slot_values(match: StepMatch, definition: Definition, conduct: Conduct) -> dict[str, object]:
    """The values of the sentence's slots, remembered values put in, converted."""
    __tracebackhide__ = True
    if type(definition.parser) is exact_text:
        return {}
    slots = match.slots()
    reserved = {TABLE, DOC_STRING} & slots.keys()
    if reserved:
        raise SentenceError(
            f"The sentence {definition.pattern!r} ({definition.location}) names a slot {min(reserved)!r}, "
            "which is the name of a step's argument. Use another name."
        )
    converters = definition.converters
    filled = conduct.fill(slots)
    return {name: converters[name](value) if name in converters else value for name, value in filled.items()}


def _fixture(name: str, definition: Definition, request: pytest.FixtureRequest) -> object:
    __tracebackhide__ = True
    try:
        return request.getfixturevalue(name)
    except pytest.FixtureLookupError as error:
        if error.argname != name or fixture_definition(request, name):
            raise
    raise SentenceError(
        f'The step function at {definition.location} asks for "{name}", which is neither a slot of its sentence '
        f"{definition.pattern!r} nor a fixture that is known here."
    )


def check_argument(step: Step, definition: Definition, index: Index) -> None:
    """Raises SentenceError for a table or doc string that is missing or, under our own sentences, too many."""
    arguments = ((TABLE, step.datatable, "data table"), (DOC_STRING, step.docstring, "doc string"))
    under = next((name for _, given, name in arguments if given is not None), None)
    for parameter, given, name in arguments:
        surplus = given is not None and parameter not in definition.parameters and definition.strict
        missing = given is None and parameter in definition.required
        if surplus or missing:
            others = (other for parameter, _, other in arguments if parameter in definition.parameters)
            taken = name if missing else next(others, None)
            takes = f"a {taken}" if taken else "neither a doc string nor a data table"
            stands = f"a {under} stands" if under else "none stands"
            how = "" if under else f" Write it on the lines below{_FORMS[parameter]}."
            fitting = _fitting_sentence(step, definition, index, least=0.25 if under else 0.7)
            raise SentenceError(f"This sentence takes {takes}, and {stands} under it.{how}{fitting}")


def _fitting_sentence(step: Step, definition: Definition, index: Index, *, least: float) -> str:
    """The sentence nearest to this one that takes just what stands under the step; "" where all are far."""
    under = {name for name, given in ((TABLE, step.datatable), (DOC_STRING, step.docstring)) if given is not None}
    takers = [
        other
        for other in index.definitions
        if other.strict and other.kind == step.type and other.parameters.keys() & {TABLE, DOC_STRING} == under
    ]
    same_subject = [other for other in takers if other.function.__module__ == definition.function.__module__]
    near = nearest(step.name, same_subject or takers, most=1, least=least)
    return f" The sentence that fits: {step.keyword} {near[0].example}" if near else ""


def call(
    definition: Definition, arguments: dict[str, object], conduct: Conduct, request: pytest.FixtureRequest
) -> object:
    """Call a step function; await it if it is async, run it to its yield if it has one."""
    __tracebackhide__ = True
    value: Any = definition.function(**arguments)
    if inspect.iscoroutine(value):
        return conduct.run(lambda: value)
    if not definition.is_generator or not isinstance(value, (Generator, AsyncGenerator)):
        return value

    def advance() -> object:
        __tracebackhide__ = True
        return next(value) if isinstance(value, Generator) else conduct.run(lambda: anext(value))

    try:
        result = advance()
    except (StopIteration, StopAsyncIteration):
        raise SentenceError(
            f"The step function at {definition.location} has a yield, and came to its end without it."
        ) from None
    request.addfinalizer(lambda: _run_to_end(advance, definition))
    return result


def _run_to_end(advance: Callable[[], object], definition: Definition) -> None:
    __tracebackhide__ = True
    try:
        advance()
    except (StopIteration, StopAsyncIteration):
        return
    raise SentenceError(
        f"The step function at {definition.location} yields more than once. "
        "What follows its one yield runs after the scenario."
    )
