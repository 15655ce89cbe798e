"""The whole catalogue: each sentence with an example of its use.

This toolkit's own sentences have theirs in `vocabulary/examples/`; a project's sentences in its features.
"""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import TYPE_CHECKING

from asgherkin.gherkin.catalogue import Listed, listed
from asgherkin.gherkin.document import parse
from asgherkin.gherkin.examples import key_of, of_the_project, steps_of, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

    from asgherkin.gherkin.document import FeatureSource

_SUBJECTS = ("app", "request", "response", "websocket", "stream", "database", "variables")


def catalogue(session: pytest.Session) -> list[Listed]:
    """Every sentence that a collected run knows, each with a step that uses it where there is one; see `in_order`."""
    ours, theirs = of_the_toolkit(), of_the_project(session)
    return in_order(
        one._replace(usage=theirs.get(key_of(one.definition), ""))
        if one.is_own
        else one._replace(usage=ours.get((one.kind.lower(), one.example), ""))
        for one in listed(session)
    )


def in_order(sentences: Iterable[Listed]) -> list[Listed]:
    """This toolkit's sentences, then those of other packages, and at the end, next to the prompt, the project's own."""
    order = list(subjects())

    def rank(one: Listed) -> tuple[int, int, str]:
        if one.is_own:
            return (1 + one.is_of_the_project, 0, one.file)
        return (0, order.index(one.module), "")

    return sorted(sentences, key=rank)


def subject_of(one: Listed) -> str:
    """What a sentence is about: this toolkit's by their subject, the project's own by their file."""
    if not one.is_own:
        return subjects()[one.module]
    return one.file if one.is_of_the_project else one.module


@functools.cache
def of_the_toolkit() -> Mapping[tuple[str, str], str]:
    """The examples of this toolkit's sentences, by kind and by the text that a sentence has as its own example."""
    found: dict[tuple[str, str], str] = {}
    for feature in _features().values():
        for scenario in feature.scenarios:
            for kind, step in steps_of(scenario):
                found.setdefault((kind, step.text), written(kind, step, {}))
    return found


def subjects() -> Mapping[str, str]:
    """The names of this toolkit's subjects by their modules, in the order of the catalogue."""
    return {f"asgherkin.vocabulary.{name}": feature.heading.name for name, feature in _features().items()}


@functools.cache
def _features() -> Mapping[str, FeatureSource]:
    folder = files("asgherkin.vocabulary").joinpath("examples")
    return {
        name: parse(folder.joinpath(f"{name}.feature").read_text(encoding="utf-8"), f"{name}.feature")
        for name in _SUBJECTS
    }
