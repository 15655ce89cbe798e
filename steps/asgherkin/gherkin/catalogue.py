"""Every sentence in force in a collected run: what it means, an example, and where it is defined."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.gherkin.bdd import all_contexts
from asgherkin.gherkin.definitions import Definition

if TYPE_CHECKING:
    import pytest

    from asgherkin.gherkin.bdd import StepFunctionContext


class Listed(NamedTuple):
    """A sentence of the catalogue."""

    definition: Definition
    kind: str
    """Given, When, Then, or "any"."""
    pattern: str
    """The sentence as its decorator has it, its slots named."""
    example: str
    """A step's text that fits it: its author's, or the pattern where there is none."""
    meaning: str
    """The first paragraph of the function's docstring, in one line; "" where there is none."""
    file: str
    """The path of its source from the project's root; as it is where it lies outside."""
    line: int | None
    """The line of its function; None where the function is not written in Python."""
    module: str
    """The module of its function."""
    seen_from: str
    """The folder or test module that alone sees it; "" where the whole project does."""
    usage: str = ""
    """A step that uses it, with its keyword and its doc string or table; "" where there is none."""

    @property
    def is_own(self) -> bool:
        """Whether it is the project's or another package's, and not this toolkit's."""
        return not self.module.startswith("asgherkin.")

    @property
    def is_of_the_project(self) -> bool:
        """Whether it is the project's: its source lies below the project's root, and in no environment there."""
        return self.is_own and not Path(self.file).is_absolute() and "site-packages" not in Path(self.file).parts


def listed(session: pytest.Session) -> list[Listed]:
    """Every sentence that a collected run knows, by where it is written.

    One that a conftest.py replaces with an equal one, so that no feature can reach it, is left out.
    """
    root = session.config.rootpath
    reachable: dict[tuple[str, str | None, str, int], tuple[tuple[int, int], StepFunctionContext]] = {}
    highest: dict[tuple[str, str | None, str], tuple[int, int]] = {}
    for seen_from, rank, context in all_contexts(session):
        sentence = (seen_from, context.type, str(context.parser.name))
        highest[sentence] = max(rank, highest.get(sentence, rank))
        reachable[*sentence, id(context)] = (rank, context)
    found = [
        _listed(Definition(context, rank, root), key[0])
        for key, (rank, context) in reachable.items()
        if rank == highest[key[:3]]
    ]
    return sorted(found, key=lambda one: (one.module, one.file, one.line or 0, one.kind, one.pattern))


def _listed(definition: Definition, seen_from: str) -> Listed:
    path, _, line = definition.location.rpartition(":")
    known = line.isdigit()
    function = inspect.unwrap(definition.function)
    return Listed(
        definition=definition,
        kind=definition.kind.capitalize() if definition.kind else "any",
        pattern=str(getattr(definition.parser, "pattern", definition.pattern)),
        example=definition.example,
        meaning=_first_paragraph(getattr(function, "__doc__", None)),
        file=path if known else definition.location,
        line=int(line) if known else None,
        module=str(getattr(function, "__module__", "")),
        seen_from=seen_from,
    )


def _first_paragraph(docstring: str | None) -> str:
    """The first paragraph of a docstring, in one line."""
    if not isinstance(docstring, str):
        return ""
    paragraph = inspect.cleandoc(docstring).partition("\n\n")[0]
    return " ".join(paragraph.split())
