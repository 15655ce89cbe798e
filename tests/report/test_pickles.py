"""Feature files as messages: ids, values of outlines, what is broken."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from asgherkin.report.pickles import feature_messages

OUTLINE = """\
@f
Feature: f
  Background:
    Given b
  @r
  Rule: r
    Background:
      Given rb
    @s
    Scenario Outline: <a.b> of <b>
      When <a.b> and <axb> and <b>
      And a table
        | <b> | <c> |
      And a text
        \"\"\"<b>
        <a.b>
        \"\"\"
      @e
      Examples:
        | a.b | b     |
        | one | <a.b> |
      Examples:
        | a.b | b |
        | two | \\1 |
"""


def pickles(text: str) -> list[dict[str, Any]]:
    """The pickles of a feature file."""
    envelopes = feature_messages("a.feature", textwrap.dedent(text)).envelopes
    return [one["pickle"] for one in envelopes if "pickle" in one]


def test_values_are_put_in_literally_and_once() -> None:
    """Names are no regular expressions, and what was put in is not looked through again."""
    first, second = pickles(OUTLINE)

    assert first["name"] == "one of <a.b>"
    assert [step["text"] for step in first["steps"]] == ["b", "rb", "one and <axb> and <a.b>", "a table", "a text"]
    assert first["steps"][3]["argument"] == {"dataTable": {"rows": [{"cells": [{"value": "<a.b>"}, {"value": "<c>"}]}]}}
    assert first["steps"][4]["argument"] == {"docString": {"content": "one", "mediaType": "<a.b>"}}
    assert second["steps"][2]["text"] == "two and <axb> and \\1"


def test_steps_know_their_kind_and_nodes() -> None:
    """And takes the kind of the step before it; a row is one of the nodes."""
    first, _ = pickles(OUTLINE)

    assert [step["type"] for step in first["steps"]] == ["Context", "Context", "Action", "Action", "Action"]
    assert {len(step["astNodeIds"]) for step in first["steps"]} == {2}
    assert [tag["name"] for tag in first["tags"]] == ["@f", "@r", "@s", "@e"]


def test_ids_are_those_of_the_content() -> None:
    """Equal where path and text are equal, and nowhere else; none is given twice."""
    known = feature_messages("a.feature", OUTLINE)

    assert feature_messages("a.feature", OUTLINE) == known
    others = (feature_messages("b.feature", OUTLINE), feature_messages("a.feature", OUTLINE + "\n"))
    assert not {one.id for one in known.pickles} & {one.id for other in others for one in other.pickles}
    ids = [step.id for one in known.pickles for step in one.steps]
    assert len(set(ids)) == len(ids)


def test_an_outline_without_rows_is_a_pickle() -> None:
    """What is specified does not vanish."""
    (pickle,) = pickles("Feature: f\n  Scenario Outline: <a>\n    Given <a>\n    Examples:\n      | a |\n")

    assert pickle["name"] == "<a>"
    assert [step["text"] for step in pickle["steps"]] == ["<a>"]


@pytest.mark.parametrize("text", ["", "# nothing\n"], ids=["nothing at all", "a comment"])
def test_an_empty_file_has_no_pickle(text: str) -> None:
    """But a source and a document."""
    kinds = [key for one in feature_messages("a.feature", text).envelopes for key in one]

    assert kinds == ["source", "gherkinDocument"]


def test_each_error_is_told() -> None:
    """With its place; nothing else is made of a broken file."""
    feature = feature_messages("a.feature", "Feature: f\n  Scenario: a\n    what\n    Given b\n    so\n")

    errors = [one["parseError"] for one in feature.envelopes[1:]]
    assert [one["source"]["location"]["line"] for one in errors] == [5]
    assert feature.broken


def test_a_refused_file_is_an_error() -> None:
    """Where the official parser would take it."""
    feature = feature_messages("a.feature", "Feature: f\n", "It has no scenario.")

    assert feature.envelopes[1] == {
        "parseError": {"source": {"uri": "a.feature", "location": {"line": 1}}, "message": "It has no scenario."}
    }
    assert feature.broken
