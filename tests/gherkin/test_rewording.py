"""A step that is a sentence but for its signs: which text is shown in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

SENTENCES = """
from asgherkin import given, then, when
from pytest_bdd import parsers


def size(text):
    return {"small": 1, "large": 2}[text]


@given(parsers.re(r'the shop "(?P<name>[^"]+)" sells "(?P<drink>[^"]+)"'))
def shop(name, drink): pass


@given(parsers.re(r'an order of (?P<number>\\d+)'))
def order(number): pass


@when("the orders are:")
def orders(): pass


@then(parsers.parse('a cup is "{size:Size}"', extra_types={"Size": size}))
def cup(size): pass
"""


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
    ],
)
def test_the_sentence_that_was_meant_is_shown(project: Project, step: str, right: str) -> None:
    """With its keyword; it needs no stub."""
    project.write({"conftest.py": SENTENCES, "a.feature": f"Feature: f\n  Scenario: s\n    {step}\n"})

    outcome = project.run()

    kind = step.partition(" ")[0]
    assert outcome.failure.startswith(
        f"No sentence fits this {kind} step.\n"
        f"This fits: {kind} {right}\n"
        "Quotes, capital letters, spaces and the sign at its end count.\n\n"
    )
    assert "put this into conftest.py" not in outcome.output


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
def test_where_no_sentence_was_meant_there_is_a_stub(project: Project, step: str) -> None:
    """And no guess."""
    project.write({"conftest.py": SENTENCES, "a.feature": f"Feature: f\n  Scenario: s\n    {step}\n"})

    outcome = project.run()

    assert "This fits:" not in outcome.output
    assert "put this into conftest.py" in outcome.failure


def test_a_dry_run_has_no_stub_for_it_either(project: Project) -> None:
    """It says what fits."""
    steps = "Given the shop x sells tea\n    And an order of cups"
    project.write({"conftest.py": SENTENCES, "a.feature": f"Feature: f\n  Scenario: s\n    {steps}\n"})

    output = project.run("--asgi-dry-run").output

    assert '    This fits: Given the shop "x" sells "tea"\n' in output
    assert output.count("raise NotImplementedError") == 1
