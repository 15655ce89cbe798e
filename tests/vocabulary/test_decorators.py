"""What the decorators make of a template."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from asgherkin.vocabulary.decorators import Sentence

if TYPE_CHECKING:
    from pytest_bdd.steps import StepFunctionContext

HEAD = "from asgherkin.vocabulary.decorators import given, given_or_when, then, when\n\n"


def contexts(source: str) -> list[StepFunctionContext]:
    """What pytest-bdd has of the decorated functions of a module."""
    module = ModuleType("sentences")
    exec(HEAD + source, vars(module))  # noqa: S102 - our own
    fixtures = [value for name, value in vars(module).items() if name.startswith("pytestbdd_stepdef")]
    return [fixture._get_wrapped_function()() for fixture in fixtures]  # noqa: SLF001 - pytest's own


@pytest.mark.parametrize(
    ("decorator", "made"),
    [
        (
            'then("the cup holds {count:count} grams", example="the cup holds 3 grams")',
            [("then", "the cup holds {count:count} grams", "the cup holds 3 grams")],
        ),
        (
            'given_or_when("a cup is filled", example="a cup is filled")',
            [("given", "a cup is filled", "a cup is filled"), ("when", "a cup is filled", "a cup is filled")],
        ),
        (
            'when("(I drink|{name:text} drinks) tea", example="I drink tea")',
            [("when", "I drink tea", "I drink tea"), ("when", "{name:text} drinks tea", '"alice" drinks tea')],
        ),
        (
            'then("the cup is:", example="the cup is:", within=True)',
            [("then", "the cup is[ within {within:span}]:", "the cup is:")],
        ),
        (
            'then("the cup is empty", example="the cup is empty", within=lambda session: print)',
            [("then", "the cup is empty[ within {within:span}]", "the cup is empty")],
        ),
    ],
    ids=["a kind", "two kinds", "two forms", "before a colon", "repeated"],
)
def test_a_template_makes_sentences(decorator: str, made: list[tuple[str, str, str]]) -> None:
    """Of one function, which stays as it is; each with its kind, its pattern and its example."""
    found = contexts(f"def step(session): ...\n\nassert {decorator}(step) is step\n")

    parsers = [(context.type, context.parser) for context in found]
    assert [(kind, one.pattern, one.example) for kind, one in parsers if isinstance(one, Sentence)] == made


@pytest.mark.parametrize(
    ("template", "text", "slots"),
    [
        ("the cup is empty", "the cup is empty", {"within": None}),
        ("the cup is empty", "the cup is empty within 2 seconds", {"within": "2 seconds"}),
        ("the cup is:", "the cup is within 20 milliseconds:", {"within": "20 milliseconds"}),
        ("a cup[ of {drink:text}]", "a cup", {"drink": None, "within": None}),
        ("a cup[ of {drink:text}]", r'a cup of "green \" tea"', {"drink": r'"green \" tea"', "within": None}),
        (
            "the cup {expected:expected}",
            "the cup is not 3 within 2 seconds",
            {"expected": "is not 3", "within": "2 seconds"},
        ),
        ("a cup (or two)", "a cup (or two)", {"within": None}),
        ("the cup is empty", "the cup is emptied", None),
        ("the cup is empty", "the cup is empty within 2 parsecs", None),
    ],
)
def test_a_text_fits_a_template(template: str, text: str, slots: dict[str, str | None] | None) -> None:
    """What fits has the slots as they are written; what is left out is None."""
    found = Sentence(template, example=template, within=True).parse_arguments(text)

    written = None if found is None else {name: slot and getattr(slot, "written", "") for name, slot in found.items()}
    assert written == slots
