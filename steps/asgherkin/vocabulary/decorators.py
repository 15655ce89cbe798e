"""The decorators of this toolkit's own sentences: `given`, `when`, `then` and `given_or_when`.

    @then("the response text {expected:wording}", example='the response text is "ok"', within=send_again)
    def the_response_text(session: Session, expected: Comparison) -> None: ...

`template` is the sentence as `grammar` has it, and `example` a step that it fits. A template that begins with
`(the websocket|{name:text})` makes two sentences of one function: without a name, and with one in quotes.
"""

from __future__ import annotations

import functools
import inspect
import re
from typing import TYPE_CHECKING, Any, TypeVar

import pytest_bdd

from asgherkin.session.eventually import eventually
from asgherkin.vocabulary.grammar import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asgherkin.session.session import Session

    Repeat = Callable[[Session], Callable[[], object]]

Function = TypeVar("Function", bound="Callable[..., Any]")
_FORMS = re.compile(r"\(([^|]*)\|([^|]*)\)(.*)", re.DOTALL)
_NAME = "{name:text}"
# pytest-bdd puts a definition into the module that is this many frames up from its own decorator.
_OF_THE_MODULE = 2


def given(template: str, *, example: str, within: bool | Repeat = False) -> Callable[[Function], Function]:
    """A sentence after Given. See `then` for `within`."""
    return _sentence(("given",), template, example, within)


def when(template: str, *, example: str, within: bool | Repeat = False) -> Callable[[Function], Function]:
    """A sentence after When. See `then` for `within`."""
    return _sentence(("when",), template, example, within)


def given_or_when(template: str, *, example: str, within: bool | Repeat = False) -> Callable[[Function], Function]:
    """A sentence after Given and after When. See `then` for `within`."""
    return _sentence(("given", "when"), template, example, within)


def then(template: str, *, example: str, within: bool | Repeat = False) -> Callable[[Function], Function]:
    """A sentence after Then.

    Args:
        template: the sentence; see `grammar`.
        example: a step that it fits, for the reference.
        within: whether the sentence may end in ` within 2 seconds`. With `True` the function waits itself, and takes
            the seconds as `within`. A function is given the session before the first try, and returns what repeats
            the act; the step's function is then called until it raises no Mismatch, or the time is up.
    """
    return _sentence(("then",), template, example, within)


def _sentence(
    kinds: tuple[str, ...], template: str, example: str, within: bool | Repeat
) -> Callable[[Function], Function]:
    def define(function: Function) -> Function:
        called = _retried(function, within) if callable(within) else function
        for form, shown in _forms(template, example):
            for kind in kinds:
                sentence = Sentence(form, example=shown, within=bool(within))
                getattr(pytest_bdd, kind)(sentence, stacklevel=_OF_THE_MODULE)(called)
        return function

    return define


def _forms(template: str, example: str) -> Iterator[tuple[str, str]]:
    found = _FORMS.fullmatch(template)
    if found is None:
        yield template, example
        return
    unnamed, named, rest = found.groups()
    yield unnamed + rest, example
    yield named + rest, named.replace(_NAME, '"alice"') + example.removeprefix(unnamed)


def _retried(function: Callable[..., Any], repeat: Repeat) -> Callable[..., Any]:
    """A step's function with a parameter `within`: None for a single try, or for how long to try again."""

    @functools.wraps(function)
    def retried(session: Session, *, within: float | None, **arguments: object) -> None:
        if within is None:
            function(session, **arguments)
        else:
            eventually(session, within, functools.partial(function, session, **arguments), repeat(session))

    signature = inspect.signature(function)
    parameter = inspect.Parameter("within", inspect.Parameter.KEYWORD_ONLY)
    vars(retried)["__signature__"] = signature.replace(parameters=[*signature.parameters.values(), parameter])
    return retried
