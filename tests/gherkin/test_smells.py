"""What a feature's readers suffer from; docs/lint.md has an example of each, which tests/commands/test_lint.py runs."""

from __future__ import annotations

import pytest
from gherkin.dialect import DIALECTS, Dialect

from asgherkin.gherkin.document import parse
from asgherkin.gherkin.smells import smells


def found(text: str) -> list[tuple[str, int]]:
    """The codes and lines of what is found."""
    return [(one.code, one.line) for one in smells(parse(text, "a.feature"))]


def _word(keywords: list[str]) -> str:
    return next(one for one in keywords if one != "* ")


def _feature(language: str, *, with_then: bool) -> str:
    """A feature in a language, with or without an outcome."""
    words = Dialect.for_name(language)
    assert words is not None
    then = f"    {_word(words.then_keywords)}c\n" if with_then else ""
    return (
        f"# language: {language}\n{words.feature_keywords[0]}: f\n  {words.scenario_keywords[0]}: s\n"
        f"    {_word(words.given_keywords)}a\n    {_word(words.when_keywords)}b\n{then}"
    )


@pytest.mark.parametrize("language", sorted(DIALECTS))
def test_a_then_is_known_in_every_language(language: str) -> None:
    """A scenario with one has no smell, and one without it has."""
    with_then, without = (_feature(language, with_then=one) for one in (True, False))

    assert found(with_then) == []
    assert found(without) == [("AG101", 3)]


BACKGROUND = """Feature: f
  Background:
    Given a
    Then b
"""


def test_a_background_is_not_the_scenario() -> None:
    """Its Then is no outcome of the scenario, and a Given of the scenario may follow it."""
    assert found(f"{BACKGROUND}\n  Scenario: s\n    Given c\n    When d\n") == [("AG101", 6)]


def test_and_is_as_the_step_before() -> None:
    """A Given after `Then … And …` is one after a Then; an And after it is not told again."""
    steps = "    When a\n    Then b\n    And c\n    Given d\n    And e\n    Then f\n"

    assert found(f"Feature: f\n  Scenario: s\n{steps}") == [("AG102", 6)]


def test_the_same_name_in_two_rules_is_none() -> None:
    """A rule is a scope of its own."""
    rules = "".join(f"  Rule: {one}\n    Scenario: s\n      When {one}\n      Then b\n" for one in "xy")

    assert found(f"Feature: f\n{rules}") == []


@pytest.mark.parametrize(
    "steps",
    [
        "    When a <x>\n    Then b\n",
        "    When a\n      | <x> |\n    Then b\n",
        '    When a\n      """\n      <x>\n      """\n    Then b\n',
        '    When a\n      """<x>\n      x\n      """\n    Then b\n',
    ],
    ids=["text", "table", "doc string", "media type"],
)
def test_a_column_is_used_wherever_examples_are_put_in(steps: str) -> None:
    """In a step's text, its table, its doc string and its media type."""
    assert found(f"Feature: f\n  Scenario Outline: s\n{steps}    Examples:\n      | x |\n      | 1 |\n") == []


def test_angle_brackets_in_a_doc_string_or_without_examples_are_no_placeholder() -> None:
    """They may be XML."""
    scenario = "  Scenario: s\n    When a <b>\n    Then b\n"
    outline = '  Scenario Outline: <x>\n    When a\n      """\n      <b>\n      """\n    Then b\n'

    assert found(f"Feature: f\n{scenario}{outline}    Examples:\n      | x |\n      | 1 |\n") == []


def test_what_cannot_run_is_not_told_a_second_time() -> None:
    """Each of them is a failure of the run, with its own text."""
    outline = "  Scenario Outline: o\n    When <x>\n    Then b\n    Examples:\n      | x |\n"

    assert found(f"Feature: f\n  Scenario: empty\n{outline}") == []
