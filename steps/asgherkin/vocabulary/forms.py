"""Sentences in more than one form: for a websocket or stream without a name and for one with, as Given and as When."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pytest_bdd import given, when

from asgherkin.vocabulary.grammar import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

Function = TypeVar("Function", bound="Callable[..., Any]")
# pytest-bdd puts a definition into the module that is one frame further up than where it is told to.
_OF_THE_MODULE = 2


def given_and_when(template: str, *, example: str) -> Callable[[Function], Function]:
    """A sentence that stands after Given and after When."""

    def define(function: Function) -> Function:
        given(Sentence(template, example=example), stacklevel=_OF_THE_MODULE)(function)
        when(Sentence(template, example=example), stacklevel=_OF_THE_MODULE)(function)
        return function

    return define


def both_forms(
    kind: Callable[..., Any], unnamed: str, named: str, rest: str, *, example: str, within: bool = False
) -> Callable[[Function], Function]:
    """A sentence that starts with `unnamed`, such as `I send`, or with a name in quotes and `named`, such as ` sends`.

    The function's parameter `name` is None in the first form. `example` is an example of `rest`.
    """

    def define(function: Function) -> Function:
        for start, shown in ((unnamed, unnamed), (f"{{name:text}}{named}", f'"alice"{named}')):
            sentence = Sentence(f"{start} {rest}", example=f"{shown} {example}", within=within)
            kind(sentence, stacklevel=_OF_THE_MODULE)(function)
        return function

    return define
