"""What is said of a step without a definition: corrections, the nearest sentences, a stub that works as it is pasted.

All of it is held on five sentences of its own: a new sentence of the toolkit changes nothing here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext

from asgherkin.errors import UndefinedStep
from asgherkin.gherkin.definitions import Definition, Index
from asgherkin.gherkin.suggestions import hints, undefined

if TYPE_CHECKING:
    from tests.project import Project


def size(text: str) -> int:
    """A converter that fails for any other size."""
    return {"small": 1, "large": 2}[text]


SENTENCES: list[tuple[Any, parsers.StepParser]] = [
    ("given", parsers.re(r'the shop "(?P<name>[^"]+)" sells "(?P<drink>[^"]+)"')),
    ("given", parsers.re(r"an order of (?P<number>\d+)")),
    ("when", parsers.string("the orders are:")),
    ("then", parsers.parse('a cup is "{size:Size}"', extra_types={"Size": size})),
    (None, parsers.string("the bill is {total}")),
]


@pytest.fixture
def index() -> Index:
    """The five sentences."""

    def function() -> None: ...

    root = Path(__file__).parent
    contexts = [StepFunctionContext(kind, function, parser) for kind, parser in SENTENCES]
    return Index(Definition(context, (0, 0), root) for context in contexts)


def message(kind: str, text: str, index: Index) -> str:
    """The whole text for a step without a definition."""
    return str(UndefinedStep(*undefined(kind, text, index)))


@pytest.mark.parametrize(
    ("step", "right"),
    [
        pytest.param('Given the shop x sells "tea"', 'the shop "x" sells "tea"', id="one word"),
        pytest.param("Given the shop x sells tea", 'the shop "x" sells "tea"', id="two words"),
        pytest.param('Given the shop "x" sells hot  tea', 'the shop "x" sells "hot tea"', id="several words"),
        pytest.param("Given the shop 'x' sells `tea`", 'the shop "x" sells "tea"', id="two kinds of quotes"),
        pytest.param("Given the shop «x» sells „tea“", 'the shop "x" sells "tea"', id="quotes of other languages"),
        pytest.param("Given the shop \u2018x\u2019 sells “tea”!", 'the shop "x" sells "tea"', id="curly quotes"),
        pytest.param('Given the  shop "a  b" sells "tea"', 'the shop "a  b" sells "tea"', id="spaces outside a text"),
        pytest.param("Given An order of 3.", "an order of 3", id="capital letter and full stop"),
        pytest.param("When the orders are", "the orders are:", id="colon"),
        pytest.param("When the orders are.", "the orders are:", id="full stop for a colon"),
        pytest.param("Then The bill is {total}", "the bill is {total}", id="any kind"),
    ],
)
def test_the_sentence_that_was_meant_is_shown(index: Index, step: str, right: str) -> None:
    """With its keyword; it needs no stub."""
    kind, _, text = step.partition(" ")

    assert message(kind.lower(), text, index) == (
        f"No sentence fits this {kind} step.\n"
        f"This fits: {kind} {right}\n"
        "Quotes, capital letters, spaces and the sign at its end count."
    )


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("Given an order of cups", id="no rewording fits"),
        pytest.param("When an order of 3.", id="a sentence of another kind"),
        pytest.param("Given the barista's shop sells the day's tea", id="apostrophes"),
        pytest.param("Given the shop " + "x " * 20 + "sells tea", id="a long step"),
        pytest.param("Then a cup is huge", id="a converter that fails"),
    ],
)
def test_where_no_sentence_was_meant_there_is_a_stub(index: Index, step: str) -> None:
    """And no guess."""
    kind, _, text = step.partition(" ")

    told = message(kind.lower(), text, index)

    assert "This fits:" not in told
    assert "put this into conftest.py" in told


def test_a_sentence_of_another_kind_is_hinted_at(index: Index) -> None:
    """The keyword is wrong, not the sentence: there is no stub, and there are no nearest sentences."""
    assert message("then", "an order of 3", index) == (
        "No sentence fits this Then step.\nThe same text is a Given sentence: check the keyword."
    )


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        pytest.param(
            'the shop "x" sells "tea" and milk',
            ['  Given the shop "(?P<name>[^"]+)" sells "(?P<drink>[^"]+)"'],
            id="slots of whatever pattern",
        ),
        pytest.param(
            "the order is:",
            ["  When the orders are:", r"  Given an order of (?P<number>\d+)", "  Given the bill is {total}"],
            id="the nearest first",
        ),
        pytest.param(
            "the bill is 3.50",
            [
                "  Given the bill is {total}",
                f"The {{…}} of {Path(__file__).name}:LINE is plain text: "
                'write parsers.parse("the bill is {total}") for a slot.',
            ],
            id="a slot that nothing parses",
        ),
        pytest.param("zzz qqq", [], id="nothing is near"),
        pytest.param("%%%", [], id="no words"),
    ],
)
def test_the_nearest_sentences_are_shown(index: Index, text: str, nearest: list[str]) -> None:
    """With the keyword that they take; a sentence for any keyword has the step's. Far sentences are no help."""
    line = index.definitions[0].location.rpartition(":")[2]

    shown = hints("given", text, index)

    assert shown == (["The nearest sentences:", *(one.replace("LINE", line) for one in nearest)] if nearest else [])


def test_an_undefined_step_is_shown_with_the_nearest_sentences_and_a_stub(index: Index) -> None:
    """The whole message."""
    assert message("when", 'the orders "a" were 404', index) == (
        "No sentence fits this When step.\n"
        "The nearest sentences:\n"
        "  When the orders are:\n"
        "  Given an order of (?P<number>\\d+)\n"
        "To write it yourself, put this into conftest.py:\n"
        "\n"
        "    from asgherkin import when\n"
        "    from pytest_bdd import parsers\n"
        "\n"
        "\n"
        "    @when(parsers.parse('the orders \"{text}\" were {number:d}'))\n"
        "    def the_orders_were(text: str, number: int) -> None:\n"
        "        raise NotImplementedError"
    )


TEXTS = [
    "plain",
    'a "quoted" text and "another one"',
    'empty "" and "full"',
    r'an "escaped \" quote"',
    "3 cups of 2.5 litres, 4",
    "-5 degrees and 3-4 cups",
    "braces {n} and {{m}}",
    'braces {n} and "a {quoted} one"',
    "it's",
    'it\'s a "quote"',
    "back\\slash \\n",
    'back\\slash "x"',
    "given",
    "then when parsers",
    "class",
    "class",
    "!?",
    "42",
    "ein Käffchen für 3 Gäste ☕",
    "twice",
    "twice 1",
    "twice 2 3",
    'text "a" number 1',
]


def test_stubs_work_as_they_are_pasted(project: Project) -> None:
    """One block holds them all: no name hides another, each step finds its own, none finds two."""
    steps = "".join(f"    {kind} {text}\n" for text in TEXTS for kind in ("Given", "When", "Then"))
    project.write({"a.feature": f"Feature: f\n  Scenario: s\n{steps}"})
    outcome = project.run()
    block = outcome.output.split("To write them yourself, put this into conftest.py:\n\n")[1].split("\n===")[0]
    code = "\n".join(line.removeprefix("    ") for line in block.split("\n"))
    project.write({"conftest.py": code.replace("raise NotImplementedError", "pass")})

    again = project.run()

    assert code.startswith("from asgherkin import given, then, when\nfrom pytest_bdd import parsers\n\n\n@given")
    assert again.counts == {"passed": 1}, again.output
