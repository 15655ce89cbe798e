"""What the reader makes of a feature file."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import FeatureError
from asgherkin.gherkin.document import DocString, Example, Heading, Table, Tag, fill, parse, read

if TYPE_CHECKING:
    from pathlib import Path

    from asgherkin.gherkin.document import ScenarioSource

LANGUAGES: dict[str, dict[str, list[str]]] = json.loads(
    files("gherkin").joinpath("gherkin-languages.json").read_text(encoding="utf-8")
)


def scenarios(text: str) -> tuple[ScenarioSource, ...]:
    """The scenarios of a feature with this text below its heading."""
    return parse(f"@shop\nFeature: Orders\n{text}", "x.feature").scenarios


def test_a_feature_has_its_heading_and_its_language() -> None:
    """Keyword, name, description and tags are kept as written, tags without their @."""
    feature = parse("# language: de\n@shop\nFunktionalität: Kaffee\n  Guter.\n  Beispiel: A\n    Wenn b", "x.feature")

    assert feature.heading == Heading("Funktionalität", "Kaffee", "  Guter.", (Tag("shop"),), 3)
    assert feature.language == "de"
    assert feature.scenarios[0].steps[0].kind == "when"


def test_a_rule_adds_its_tags_and_its_background() -> None:
    """Backgrounds run from the outside in, for the scenarios of their own rule only."""
    outside, first, second = scenarios(
        "  Background:\n    Given a\n"
        "  Scenario: outside\n    Given b\n"
        "  @vip\n  Rule: one\n    Background:\n      Given c\n    @shop @slow\n    Scenario: first\n      Given d\n"
        "  Rule: two\n    Scenario: second\n      Given e\n"
    )

    assert [step.text for step in outside.steps] == ["a", "b"]
    assert [step.text for step in first.steps] == ["a", "c", "d"]
    assert [step.text for step in second.steps] == ["a", "e"]
    assert first.rule == Heading("Rule", "one", "", (Tag("vip"),), 8)
    assert (outside.tag_names, first.tag_names, second.tag_names) == (("shop",), ("shop", "vip", "slow"), ("shop",))


def test_an_outline_is_one_scenario_a_row() -> None:
    """Every Examples adds its rows, with its own tags; one without a table adds none."""
    rows = scenarios(
        "  @o\n  Scenario Outline: <n>\n    Given <n>\n"
        "    @a\n    Examples:\n      | n | m |\n      | 1 | 2 |\n    Examples: none\n"
        "    @b\n    Examples:\n      | n |\n      | 3 |\n"
    )

    assert [row.example for row in rows] == [Example({"n": "1", "m": "2"}, 9, 7), Example({"n": "3"}, 14, 7)]
    assert [row.tag_names for row in rows] == [("shop", "o", "a"), ("shop", "o", "b")]
    assert [row.selected_by for row in rows] == [9, 14]


def test_tables_and_doc_strings_are_kept_with_their_lines() -> None:
    """Escapes in cells are undone; both delimiters and their media types are known."""
    (scenario,) = scenarios(
        "  Scenario: s\n    Given a\n      | a\\|b | c\\nd | \\\\ |\n      |  | <x> | é |\n"
        '    When b\n      """json\n      {"a": 1}\n        two\n      """\n'
        '    Then c\n      ```\n      """\n      ```\n'
    )

    table, quotes, ticks = scenario.steps
    assert table.table == Table((("a|b", "c\nd", "\\"), ("", "<x>", "é")), (5, 6))
    assert quotes.doc_string == DocString('{"a": 1}\n  two', "json", 8)
    assert ticks.doc_string == DocString('"""', "", 13)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_read(language: str) -> None:
    """In each language of the official parser the keywords of every kind are that kind."""
    words = LANGUAGES[language]
    kinds = [(kind, one) for kind in ("given", "when", "then") for one in words[kind] if one != "* "]
    joining = [one for one in (*words["and"], *words["but"]) if one != "* "]
    lines = [f"# language: {language}", f"{words['feature'][0]}: f"]
    lines += [f"{words['background'][0]}:", f"{kinds[0][1]}it"]
    for position, (_, keyword) in enumerate(kinds):
        lines += [f"{words['scenario'][-1]}: {position}", f"{keyword}it", *(f"{one}it" for one in joining)]
    lines += [f"{words['scenarioOutline'][0]}: o", "* <a>", f"{words['examples'][0]}:", "| a |", "| 1 |"]

    *found, outline = parse("\n".join(lines), "x.feature").scenarios

    assert [one.steps[1].kind for one in found] == [kind for kind, _ in kinds]
    assert [[step.kind for step in one.steps[2:]] for one in found] == [[kind] * len(joining) for kind, _ in kinds]
    assert {one.steps[0].kind for one in found} == {"given"}
    assert outline.example is not None


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("<a.b> <a(b>", {"a.b": "1", "a(b": "2"}, "1 2"),
        ("<a> <b>", {"a": "<b>", "b": "<a>"}, "<b> <a>"),
        (r"<a>", {"a": r"\1 \g<0> \n"}, r"\1 \g<0> \n"),
        ("<none> < a> <>", {"a": "1"}, "<none> < a> <>"),
        ("<<a>> a < b", {"a": "1"}, "<1> a < b"),
    ],
    ids=["names like patterns", "values like names", "backslashes", "no such column", "nested"],
)
def test_values_are_put_in_literally_and_once(text: str, values: dict[str, str], filled: str) -> None:
    """Neither a column's name nor a value is read as anything but text."""
    assert fill(text, values) == filled


NO_SCENARIO = "x.feature has no scenario, so it checks nothing. Add one, or remove the file."
EMPTY = "x.feature is empty. Start it with a line such as: Feature: Orders"
HINT = '\nIts lines were read as a description, from "{}" on: is the first keyword misspelt?'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfeF", "x.feature is not UTF-8 text: byte 0 is 0xff. Save the file as UTF-8."),
        (b"", EMPTY),
        (b"\n# only a comment\n", EMPTY),
        (b"Feature: f\n", NO_SCENARIO),
        (b"Feature: f\n  Given a\n", NO_SCENARIO + HINT.format("Given a")),
    ],
    ids=["not UTF-8", "empty", "comment", "no scenario", "described step"],
)
def test_a_file_that_has_no_scenario_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    """With what to do."""
    path = tmp_path / "x.feature"
    path.write_bytes(content)

    with pytest.raises(FeatureError) as caught:
        read(path, "x.feature")

    assert str(caught.value) == message


MISSPELT = "this was read as a description, and steps follow it. Is its keyword misspelt?"
ONE_OF = "where one of these is expected: "
BELOW_A_STEP = (
    f'{ONE_OF}a table row (| … |), a doc string ("""), a step (Given, When, Then, And, But or *), a tag (@…), '
    "Examples:, Scenario:, Rule:"
)
UNEVEN = "this row has more or fewer cells than the first one of its table: is a | missing, or one too many?"
AND_FIRST = 'starts with "{}", which takes its kind from the step before it, so it cannot be the first. ' + (
    "Start with Given, When or Then."
)


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("Feature: f\n  Scenaro: one\n    Given a\n  Scenario: two\n    Given b\n", {2: MISSPELT}),
        (
            "Feature: f\n  Rule: r\n\n    Scenari Outline: one\n    * not this\n    Scenaro: two\n    When a\n",
            {6: MISSPELT},
        ),
        (
            "Feature: f\n  Background:\n    Gven a\n  Scenario: s\n    Given b\n",
            {2: f"this background has no steps.{HINT.format('Gven a')}"},
        ),
        (
            "Feature: f\n  Background:\n    And a\n  Scenario: s\n    Given b\n",
            {3: f"this background {AND_FIRST.format('And')}"},
        ),
        (
            "Featur: f\n  Scenario: s\n    Given a\n",
            {1: f"this is 'Featur: f', {ONE_OF}# language:, a tag (@…), Feature:"},
        ),
        (
            "Feature: f\n  Scenario: s\n    Given a\n    Gven b\n    Then c\n    Whn d\n\n",
            {4: f"this is 'Gven b', {BELOW_A_STEP}", 6: f"this is 'Whn d', {BELOW_A_STEP}"},
        ),
        (
            'Feature: f\n  Scenario: s\n    Given a\n      """\n      text\n',
            {6: f'the file ends here, {ONE_OF}a doc string (""")'},
        ),
        (
            "Feature: f\n  Scenario: s\n    Given a\n" + "    x\x0cy\u2028z\n" * 5,
            dict.fromkeys(range(4, 9), f"this is 'x\\x0cy\\u2028z', {BELOW_A_STEP}"),
        ),
        ("Feature: f\n  Scenario: s\n    Given a\n      | a | b |\n      | 1 |\n", {5: UNEVEN}),
        ("# language: xx\nFeature: f\n", {1: "Language not supported: xx"}),
    ],
    ids=[
        "misspelt scenario", "misspelt in a rule", "misspelt background step", "background that starts with And",
        "misspelt feature", "misspelt steps", "open doc string", "other ends of lines", "uneven table",
        "unknown language",
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_told(text: str, errors: dict[int, str]) -> None:
    """One message says which file, which lines, and what is wrong with them."""
    with pytest.raises(FeatureError) as caught:
        parse(text, "x.feature")

    lines = text.removesuffix("\n").split("\n")
    expected = ["x.feature cannot be read."]
    for number, error in errors.items():
        expected += [f"  line {number}: {error}", *(f"     {number} | {line}" for line in lines[number - 1 : number])]
    assert str(caught.value) == "\n".join(expected)


def test_five_errors_are_told_at_most() -> None:
    """And how many more there are."""
    with pytest.raises(FeatureError, match=r"line 8: .*\n.*\n  … and 1 more$"):
        parse("Feature: f\n  Scenario: s\n    Given a\n" + "    b\n" * 6, "x.feature")


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """The reason is the operating system's."""
    with pytest.raises(FeatureError) as caught:
        read(tmp_path, "x.feature")

    assert str(caught.value) == "x.feature cannot be read: Is a directory."


def test_the_text_is_never_taken_for_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that holds nothing but the name of another is not that other."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").write_text("Feature: f\n  Scenario: s\n    Given a\n")

    with pytest.raises(FeatureError) as caught:
        parse("other", "x.feature")

    assert "this is 'other'" in str(caught.value)


def test_a_background_may_be_empty() -> None:
    """As one that is yet to be written."""
    (scenario,) = scenarios("  Background:\n  Scenario: s\n    Given a\n")

    assert [step.text for step in scenario.steps] == ["a"]


def test_a_description_may_look_like_anything_else() -> None:
    """Prose with colons, bullets and words such as When is prose."""
    feature = parse(
        "Feature: f\n  In this order:\n  When it rains\n  Scenarius: a monk\n\n  prays\n  Rule: r\n    Note: n\n"
        "    Scenario: s\n      Some words: here\n      Given a\n",
        "x.feature",
    )

    assert [one.name for one in feature.scenarios] == ["s"]


NO_STEPS = "This scenario has no steps, so it checks nothing. Add steps, or remove it."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("  Scenario: s\n", NO_STEPS),
        ("  Scenario: s\n    given a\n    when b\n", NO_STEPS + HINT.format("given a")),
        ("  Scenario: s\n    And a\n", f"This scenario {AND_FIRST.format('And')}"),
        ("  Scenario: s\n    But a\n", f"This scenario {AND_FIRST.format('But')}"),
        ("  Scenario: s\n    * a\n", f"This scenario {AND_FIRST.format('*')}"),
        (
            "  Scenario Outline: s\n    Given <a>\n    Examples:\n      | a |\n",
            "This outline has no rows under Examples:, so nothing of it would run. Add a row.",
        ),
        (
            "  Scenario Outline: s\n    Given <a>\n",
            "This outline has no Examples:, so there is no row to run it with. Add Examples: with a table, or write "
            "Scenario: instead.",
        ),
        ("  Scenario Outline: s\n    Examples:\n      | a |\n      | 1 |\n", NO_STEPS),
    ],
    ids=["no steps", "lower case", "And", "But", "*", "no rows", "no Examples", "no steps in an outline"],
)
def test_a_scenario_that_cannot_run_says_why(text: str, problem: str) -> None:
    """It is there, with its problem, and not dropped."""
    (scenario,) = scenarios(text)

    assert scenario.problem == problem
