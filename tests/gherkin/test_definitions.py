"""Which definition a step gets, and what is said where there is none, or more than one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, cast

import pytest
from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext

from asgherkin.gherkin.definitions import Definition, Index
from asgherkin.gherkin.suggestions import ambiguous, corrections

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project import Project

Kind = Literal["given", "when", "then"]


class Backwards(parsers.StepParser):
    """A parser of a user's own, which knows nothing of prefixes, but has a `prefix`."""

    prefix = "x"

    def is_matching(self, name: str) -> bool:
        """Whether the text read backwards is the pattern."""
        return name[::-1] == self.name

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """No slots."""
        return None


def index_of(root: Path, *patterns: str | parsers.StepParser, kind: Kind | None = "given") -> Index:
    """An index of definitions with these patterns."""

    def function() -> None: ...

    contexts = [
        StepFunctionContext(kind, function, parsers.string(one) if isinstance(one, str) else one) for one in patterns
    ]
    return Index(Definition(context, (0, 0), root) for context in contexts)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (parsers.parse("I have {n:d} cups"), "i HAVE  3 cups"),
        (parsers.parse("{n:d} cups"), "3 cups"),
        (parsers.parse("a {{b}} {n}"), "a {b} c"),
        (parsers.cfparse("I have {n:Number+}", extra_types={"Number": int}), "I have 1, 2"),
        (parsers.re(r"I have (?P<n>\d+)"), "I have 3"),
        (parsers.re(r"^I have$"), "I have"),
        (parsers.re(r"(?i)i have"), "I HAVE"),
        (parsers.re(r"i have", flags=re.IGNORECASE), "I HAVE"),
        (parsers.re(r"I  have [ ]cups"), "I  have  cups"),
        (parsers.re(r"I hav e", flags=re.VERBOSE), "Ihave"),
        (parsers.re(r"one|two"), "two"),
        (parsers.re(r"cups?"), "cup"),
        (parsers.re(r"cups*"), "cup"),
        (parsers.re(r"cups{0,2}"), "cup"),
        (parsers.re(r"cup\.?"), "cup"),
        (parsers.re(r"a\.b"), "a.b"),
        (parsers.re(r"a\tb"), "a\tb"),
        (Backwards("spuc"), "cups"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_every_kind_of_pattern_is_found(tmp_path: Path, pattern: parsers.StepParser, text: str) -> None:
    """The literal start that the index goes by never hides a definition that fits."""
    index = index_of(tmp_path, "other", pattern, parsers.parse("zzz {n}"))

    assert [one.parser for one in index.find("given", text)] == [pattern]
    assert index.find("given", text) is index.find("given", text)


def test_exact_text_is_not_a_pattern(tmp_path: Path) -> None:
    """A plain text fits itself alone, in its own case."""
    index = index_of(tmp_path, "I have {n}", kind=None)

    assert [one.kind for one in index.find("when", "I have {n}")] == [None]
    assert not index.find("when", "I have 3")
    assert not index.find("when", "i have {n}")


def test_a_definition_tells_where_it_is(tmp_path: Path) -> None:
    """The line of the function, whatever it is wrapped in; what is written in C has none."""
    import functools

    class Callable:
        def __call__(self) -> None: ...

    line = Callable.__call__.__code__.co_firstlineno
    functions = [
        Callable(),
        functools.partial(Callable.__call__, Callable()),
        functools.partial(functools.partial(Callable())),
    ]
    definitions = [
        Definition(StepFunctionContext("given", cast("Any", one), parsers.string("a")), (0, 0), tmp_path)
        for one in (*functions, print)
    ]

    *places, in_c = [one.location for one in definitions]
    assert places == [f"{__file__}:{line}"] * 3
    assert in_c == "<built-in function print>"


LAYERS = {
    "plugin": "a_plugin.py", "star import": "stars.py", "root": "conftest.py", "sub": "sub/conftest.py",
    "deep": "sub/deep/conftest.py",
}  # fmt: skip
IMPORTS = {"plugin": 'pytest_plugins = ["a_plugin"]\n', "star import": "from stars import *\n"}
WHO = 'from asgherkin import given\n@given("who")\ndef who(said):\n    said.append("{}")\n'
IT_WAS = """
import pytest
from asgherkin import then

@pytest.fixture
def said():
    return []

@then("it was {}")
def _(said):
    assert said == ["{}"]
"""


@pytest.mark.parametrize(
    "layers",
    [("plugin",), ("star import",), ("plugin", "star import"), ("plugin", "root"), ("root", "sub"), ("sub", "deep"),
     ("plugin", "root", "sub", "deep")],
    ids="<".join,
)  # fmt: skip
def test_the_nearest_definition_wins(project: Project, layers: tuple[str, ...]) -> None:
    """Of a plugin, the root's conftest.py and those of folders below it."""
    files = {LAYERS[layer]: WHO.format(layer) for layer in layers}
    imports = "".join(IMPORTS.get(layer, "") for layer in layers)
    files["conftest.py"] = files.get("conftest.py", "") + IT_WAS.format(layers[-1], layers[-1]) + imports
    feature = f"Feature: f\n  Scenario: s\n    Given who\n    Then it was {layers[-1]}\n"
    project.write({**files, "sub/deep/a.feature": feature})

    assert project.run().counts == {"passed": 1}


def test_steps_of_a_folder_beside_are_not_seen(project: Project) -> None:
    """Visibility is pytest's own."""
    project.write(
        {
            "one/conftest.py": 'from asgherkin import given\n@given("who")\ndef _(): pass\n',
            "two/a.feature": "Feature: f\n  Scenario: s\n    Given who\n",
        }
    )

    assert project.run().headline == (
        "No sentence fits this Given step.\nTo write it yourself, put this into conftest.py:"
    )


def test_the_same_steps_imported_twice_are_one(project: Project) -> None:
    """A module of steps that both a conftest.py and one below it import is not ambiguous."""
    project.write(
        {
            "stars.py": 'from asgherkin import given\n@given("who")\ndef _(): pass\n',
            "conftest.py": 'pytest_plugins = ["stars"]\nfrom stars import *\n',
            "sub/conftest.py": "from stars import *\n",
            "sub/a.feature": "Feature: f\n  Scenario: s\n    Given who\n",
        }
    )

    assert project.run("-W", "ignore::pytest.PytestAssertRewriteWarning").counts == {"passed": 1}


def test_two_definitions_that_fit_equally_are_an_error(project: Project) -> None:
    """Both are named, each with its place and its kind."""
    project.write(
        {
            "conftest.py": """
from asgherkin import given, step
from pytest_bdd import parsers

@given(parsers.parse("there are {n:d} cups"))
def counted(n):
    pass

@step(parsers.re("there are .* cups"))
def anything():
    pass
""",
            "a.feature": "Feature: f\n  Scenario: s\n    Given there are 3 cups\n",
        }
    )

    assert project.run().failure == (
        "2 step definitions fit this step equally well:\n"
        "  conftest.py:5: given there are {n:d} cups\n"
        "  conftest.py:9: step there are .* cups\n"
        "Change the text of one, or move one nearer to the feature: the nearest conftest.py wins.\n"
        "\n"
        "a.feature:3, Scenario: s\n"
        "       2 |   Scenario: s\n"
        "  >    3 |     Given there are 3 cups"
    )


def test_ambiguity_names_what_is_ambiguous(tmp_path: Path) -> None:
    """Also among exact texts."""
    index = index_of(tmp_path, "a", "a", parsers.parse("a"))

    line = index_of.__code__.co_firstlineno + 3
    assert ambiguous(index.find("given", "a")) == (
        "3 step definitions fit this step equally well:\n"
        + f"  {__file__}:{line}: given a\n" * 3
        + "Change the text of one, or move one nearer to the feature: the nearest conftest.py wins."
    )


def test_a_sentence_of_other_kinds_is_hinted_at(tmp_path: Path) -> None:
    """The keyword is wrong, not the sentence."""
    index = Index([*index_of(tmp_path, "a cup").definitions, *index_of(tmp_path, "a cup", kind="when").definitions])

    assert corrections("then", "a cup", index) == [
        "The same text is a Given and a When sentence: check the keyword.",
    ]
