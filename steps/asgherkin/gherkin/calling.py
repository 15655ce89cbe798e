"""Call a step function: its arguments, and the kinds of function it may be."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import SentenceError
from asgherkin.gherkin.bdd import has_fixture
from asgherkin.gherkin.definitions import definitions_key
from asgherkin.gherkin.suggestions import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from asgherkin.gherkin.bdd import Step
    from asgherkin.gherkin.definitions import Definition
    from asgherkin.gherkin.run import Conduct, FoundStep, Progress

TABLE = "datatable"
DOC_STRING = "docstring"
_FORMS = {TABLE: ", a row a line: | … | … |", DOC_STRING: ', between two lines of """'}


def arguments_of(
    one: FoundStep, definition: Definition, progress: Progress, request: pytest.FixtureRequest
) -> dict[str, object]:
    """What a step function is called with: slots of its sentence, its table or doc string, fixtures.

    Raises SentenceError where the step lacks what the function needs.
    """
    __tracebackhide__ = True
    step, parameters, conduct = one.step, definition.parameters, progress.conduct
    if step.docstring is not None or step.datatable is not None or definition.needs_argument:
        check_argument(step, definition, request.node)
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
            if name not in progress.fixtures:
                progress.fixtures[name] = _fixture(name, definition, request)
            arguments[name] = progress.fixtures[name]
    return arguments


def _fixture(name: str, definition: Definition, request: pytest.FixtureRequest) -> object:
    __tracebackhide__ = True
    try:
        return request.getfixturevalue(name)
    except pytest.FixtureLookupError as error:
        if error.argname != name or has_fixture(request, name):
            raise
    raise SentenceError(
        f'The step function at {definition.location} asks for "{name}", which is neither a slot of its sentence '
        f"{definition.pattern!r} nor a fixture that is known here."
    )


def check_argument(step: Step, definition: Definition, item: pytest.Item) -> None:
    """Raises SentenceError for a table or doc string that is missing or, under our own sentences, too many."""
    arguments = ((TABLE, step.datatable, "data table"), (DOC_STRING, step.docstring, "doc string"))
    under = next((name for parameter, given, name in arguments if given is not None), None)
    for parameter, given, name in arguments:
        surplus = given is not None and parameter not in definition.parameters and definition.strict
        missing = given is None and parameter in definition.required
        if surplus or missing:
            takes = _taken(definition) if definition.strict else f"a {name}"
            stands = f"a {under} stands" if under else "none stands"
            how = "" if under else f" Write it on the lines below{_FORMS[parameter]}."
            fitting = _fitting(step, definition, item, least=0.25 if under else 0.7)
            raise SentenceError(f"This sentence takes {takes}, and {stands} under it.{how}{fitting}")


def _taken(definition: Definition) -> str:
    if DOC_STRING in definition.parameters:
        return "a doc string"
    return "a data table" if TABLE in definition.parameters else "neither a doc string nor a data table"


def _fitting(step: Step, definition: Definition, item: pytest.Item, *, least: float) -> str:
    """The sentence nearest to this one that takes just what stands under the step; "" where all are far."""
    under = ((TABLE, step.datatable), (DOC_STRING, step.docstring))
    wanted = tuple(name for name, given in under if given is not None)
    index = item.config.stash[definitions_key].seen_by(item)
    takers = [
        one
        for one in index.definitions
        if one.strict
        and one.kind == step.type
        and tuple(name for name in (TABLE, DOC_STRING) if name in one.parameters) == wanted
    ]
    same_subject = [one for one in takers if one.function.__module__ == definition.function.__module__]
    near = nearest(step.name, same_subject or takers, most=1, least=least)
    return f" The sentence that fits: {step.keyword} {near[0].example}" if near else ""


def call(
    definition: Definition, arguments: dict[str, object], conduct: Conduct, request: pytest.FixtureRequest
) -> object:
    """Call a step function; await it if it is async, run it to its yield if it has one."""
    __tracebackhide__ = True
    value = definition.function(**arguments)
    if inspect.iscoroutine(value):
        coroutine = value
        return conduct.run(lambda: coroutine)
    if not definition.is_generator or not isinstance(value, (Generator, AsyncGenerator)):
        return value
    generator = value

    def advance() -> object:
        __tracebackhide__ = True
        if isinstance(generator, Generator):
            return next(generator)
        return conduct.run(lambda: anext(generator))

    return _first(advance, definition, request)


def _first(advance: Callable[[], object], definition: Definition, request: pytest.FixtureRequest) -> object:
    __tracebackhide__ = True
    try:
        value = advance()
    except (StopIteration, StopAsyncIteration):
        raise SentenceError(
            f"The step function at {definition.location} has a yield, and came to its end without it."
        ) from None
    request.addfinalizer(lambda: _finish(advance, definition))
    return value


def _finish(advance: Callable[[], object], definition: Definition) -> None:
    __tracebackhide__ = True
    try:
        advance()
    except (StopIteration, StopAsyncIteration):
        return
    raise SentenceError(
        f"The step function at {definition.location} yields more than once. "
        "What follows its one yield runs after the scenario."
    )
