"""Find the definition of a step: an index that is compiled once for each place that sees other definitions.

pytest-bdd tries every fixture of a run on every step. Here a definition stands under the literal text that its
pattern starts with, only those whose literal fits are tried, and what was found is remembered by text.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_bdd import parsers

from asgherkin.gherkin.bdd import visible_contexts
from asgherkin.gherkin.mistakes import shown_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import CodeType

    from pytest_bdd.steps import StepFunctionContext

TABLE = "datatable"
DOC_STRING = "docstring"
_SPACES = re.compile(r"\s+")
# What ends the literal start of a regular expression. A character before ?, * or { may be absent.
_LITERAL = re.compile(r"(?:[^\\.^$*+?{}\[\]|()]|\\[^\w\s])*")


class Definition:
    """A step definition: what matches it, and how its function is called."""

    def __init__(self, context: StepFunctionContext, rank: tuple[int, int], root: Path) -> None:
        self.kind = context.type
        self.function: Callable[..., Any] = context.step_func
        self.parser = context.parser
        self.converters: Mapping[str, Callable[[Any], object]] = context.converters
        self.target_fixture = context.target_fixture
        # Whether a doc string or table that the function does not take is an error: in the toolkit's own sentences.
        self.strict = bool(getattr(context.parser, "strict", False))
        self.rank = rank
        self._root = root

    @property
    def pattern(self) -> str:
        """The sentence as its decorator has it."""
        return str(self.parser.name)

    @property
    def example(self) -> str:
        """The sentence as a feature might have it."""
        return str(getattr(self.parser, "example", self.parser.name))

    @property
    def location(self) -> str:
        """`file:line` of the function, from the project's root where it lies below it."""
        function = inspect.unwrap(self.function)
        while isinstance(function, functools.partial):
            function = inspect.unwrap(function.func)
        code: CodeType | None = getattr(function, "__code__", getattr(type(function).__call__, "__code__", None))
        if code is None:  # written in C
            return repr(function)
        return f"{shown_path(Path(code.co_filename), self._root)}:{code.co_firstlineno}"

    @functools.cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The parameters of the function, by name."""
        return inspect.signature(self.function).parameters

    @functools.cached_property
    def required(self) -> tuple[str, ...]:
        """The parameters without a default: slots of the sentence, its argument, or fixtures."""
        return tuple(
            name
            for name, parameter in self.parameters.items()
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
            and parameter.default is parameter.empty
        )

    @functools.cached_property
    def is_generator(self) -> bool:
        """Whether what follows a `yield` in the function is to be run after the scenario; decorated ones too."""
        function = inspect.unwrap(self.function)
        return inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)


class Index:
    """The definitions that one place sees."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self.definitions = list(definitions)
        self._by_prefix: defaultdict[int, defaultdict[str, list[Definition]]] = defaultdict(lambda: defaultdict(list))
        self._found: dict[tuple[str, str], Sequence[Definition]] = {}
        for definition in self.definitions:
            prefix = _literal_prefix(definition.parser)
            self._by_prefix[len(prefix)][prefix].append(definition)

    @classmethod
    def seen_from(cls, node: pytest.Item | pytest.Collector) -> Index:
        """The index of all definitions that pytest lets `node` see."""
        root = node.config.rootpath
        unique = {(id(found.context), found.rank): found for found in visible_contexts(node)}
        return cls(Definition(found.context, found.rank, root) for found in unique.values())

    def find(self, kind: str, text: str) -> Sequence[Definition]:
        """The nearest definitions of a step: one, none where it is undefined, or several where it is ambiguous.

        Raises what a project's own parser raises.
        """
        key = (kind, text)
        found = self._found.get(key)
        if found is None:
            fitting = [definition for definition in self.fitting(text) if definition.kind in (None, kind)]
            highest = max((definition.rank for definition in fitting), default=None)
            found = tuple([definition for definition in fitting if definition.rank == highest])
            self._found[key] = found
        return found

    def fitting(self, text: str) -> list[Definition]:
        """Every definition whose pattern fits the text, of whatever kind and rank."""
        normal = _normal(text)
        return [
            definition
            for length, prefixes in self._by_prefix.items()
            for definition in prefixes.get(normal[:length], ())
            if definition.parser.is_matching(text)
        ]


def index_of(item: pytest.Item) -> Index:
    """The index for a scenario, compiled at its first use.

    It is that of the scenario's test module or class, or of the folder of its feature file.
    """
    node = getattr(item.parent, "definitions_from", item.parent)
    assert isinstance(node, pytest.Collector)
    indexes = item.config.stash.setdefault(_indexes_key, {})
    if node not in indexes:
        indexes[node] = Index.seen_from(node)
    return indexes[node]


_indexes_key = pytest.StashKey[dict[pytest.Collector, Index]]()


def _normal(text: str) -> str:
    # `parse` patterns ignore case and take any run of spaces for a single space, so the index does too.
    return _SPACES.sub(" ", text).lower()


def _literal_prefix(parser: parsers.StepParser) -> str:
    """The text that everything the parser matches starts with, as `_normal` has it; "" where that is unknown."""
    known: object = getattr(parser, "prefix", None)
    if isinstance(known, str) and getattr(parser, "strict", False):  # a sentence of our own
        return _normal(known)
    if type(parser) is parsers.string:
        return _normal(parser.name)
    if isinstance(parser, parsers.parse):
        return _normal(parser.name.split("{", 1)[0])
    if isinstance(parser, parsers.re) and not parser.regex.flags & re.VERBOSE and "|" not in parser.name:
        found = _LITERAL.match(parser.name.removeprefix("^"))
        literal = found[0] if found else ""
        following = parser.name.removeprefix("^")[len(literal) :]
        if following[:1] in ("?", "*", "{"):
            literal = literal[:-1].removesuffix("\\")
        return _normal(re.sub(r"\\(.)", r"\1", literal))
    return ""
