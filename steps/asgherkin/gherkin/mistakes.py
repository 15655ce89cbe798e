"""What may be wrong with a feature file, in words for its author."""

from __future__ import annotations

import difflib
import itertools
import re
from typing import TYPE_CHECKING, TypedDict, cast

from gherkin.dialect import Dialect

from asgherkin.errors import FeatureError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from gherkin import parser_types as ast
    from gherkin.errors import ParserException


class Child(TypedDict, total=False):
    """What stands in a feature or rule: one of these. The official types leave the keys open."""

    background: ast.Background
    rule: ast.Rule
    scenario: ast.Scenario


KINDS = {"Context": "given", "Action": "when", "Outcome": "then"}
NO_STEPS = "This scenario has no steps, so it checks nothing. Add steps, or remove it."
NO_ROWS = "This outline has no rows under Examples:, so nothing of it would run. Add a row."
NO_EXAMPLES = (
    "This outline has no Examples:, so there is no row to run it with. "
    "Add Examples: with a table, or write Scenario: instead."
)
_MOST_ERRORS = 5
_EXPECTED = {
    "#FeatureLine": "Feature:",
    "#RuleLine": "Rule:",
    "#BackgroundLine": "Background:",
    "#ScenarioLine": "Scenario:",
    "#ExamplesLine": "Examples:",
    "#StepLine": "a step (Given, When, Then, And, But or *)",
    "#TableRow": "a table row (| … |)",
    "#DocStringSeparator": 'a doc string (""")',
    "#TagLine": "a tag (@…)",
    "#Language": "# language:",
}


def shown_path(path: Path, root: Path) -> str:
    """A path as messages show it: from the project's root where it lies below it, with / between its parts."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def unreadable(path: Path, error: OSError) -> str:
    """Why a feature file cannot be read, and what to do."""
    reason = str(error.strerror)
    if path.is_symlink() and not path.exists():
        reason = f"it is a link to {path.readlink().as_posix()}, which leads to no file. Remove or mend the link"
    return f"cannot be read: {reason}."


def lines_of(text: str) -> list[str]:
    """The lines of a feature file, as the parser counts them: `str.splitlines` ends lines at other characters too."""
    return text.removesuffix("\n").split("\n")


def parse_error(errors: Sequence[ParserException], lines: Sequence[str], shown_as: str) -> FeatureError:
    """What the parser could not read, with its lines."""
    if "#FeatureLine" in str(errors[0]):  # what follows is lost for no other reason
        errors = errors[:1]
    return _feature_error(shown_as, [(error.location["line"], _in_words(str(error))) for error in errors], lines)


def _feature_error(shown_as: str, errors: Sequence[tuple[int, str]], lines: Sequence[str]) -> FeatureError:
    parts = [f"{shown_as} cannot be read."]
    for number, error in errors[:_MOST_ERRORS]:
        parts.append(f"  line {number}: {error}")
        if number <= len(lines):
            parts.append(f"  {number:>4} | {lines[number - 1]}".rstrip())
    if len(errors) > _MOST_ERRORS:
        parts.append(f"  … and {len(errors) - _MOST_ERRORS} more")
    return FeatureError("\n".join(parts), errors[0][0])


def _in_words(message: str) -> str:
    message = message.split("): ", 1)[-1]
    if message == "inconsistent cell count within the table":
        return "this row has more or fewer cells than the first one of its table: is a | missing, or one too many?"
    found = re.fullmatch(
        r"(?:unexpected end of file, )?expected: (?P<tokens>[#\w, ]+?)(?:, got '(?P<got>.*)')?", message
    )
    if found is None:
        return message
    wanted = [_EXPECTED[token] for token in found["tokens"].split(", ") if token in _EXPECTED]
    got = f"this is {found['got']!r}" if found["got"] is not None else "the file ends here"
    return f"{got}, where one of these is expected: {', '.join(wanted)}"


def mistake_in(feature: ast.Feature, text: str, shown_as: str) -> FeatureError | None:
    """What the parser takes for a description, or for a step of no kind; None where there is nothing of it."""
    lines = lines_of(text)
    found = next(_mistakes(feature, dialect_of(feature), lines), None)
    return _feature_error(shown_as, [found], lines) if found else None


def _mistakes(node: ast.Feature | ast.Rule, dialect: Dialect, lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    yield from _misspelt(node, dialect, lines)
    for child in cast("list[Child]", node["children"]):
        if "background" in child:
            background = child["background"]
            steps, line = background["steps"], background["location"]["line"]
            if steps and steps[0]["keywordType"] not in KINDS:
                yield steps[0]["location"]["line"], f"this background {_starts_with(steps[0])}"
            elif background["description"] and not steps:
                yield line, f"this background has no steps.{description_hint(background['description'])}"
        elif "rule" in child:
            yield from _mistakes(child["rule"], dialect, lines)


def _misspelt(node: ast.Feature | ast.Rule, dialect: Dialect, lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    headings = [*dialect.scenario_keywords, *dialect.scenario_outline_keywords, *dialect.background_keywords]
    steps = (*dialect.given_keywords, *dialect.when_keywords, *dialect.then_keywords)
    starts = tuple(keyword for keyword in steps if keyword != "* ")  # which is a bullet in prose
    described = [line.strip() for line in node["description"].split("\n") if line.strip()]
    for line, following in itertools.pairwise(described):
        keyword, colon, _ = line.partition(":")
        if colon and following.startswith(starts) and difflib.get_close_matches(keyword, headings, cutoff=0.75):
            heading = node["location"]["line"]
            number = next(number for number, below in enumerate(lines[heading:], heading + 1) if below.strip() == line)
            yield number, "this was read as a description, and steps follow it. Is its keyword misspelt?"


def dialect_of(feature: ast.Feature) -> Dialect:
    """The keywords of the feature's language."""
    dialect = Dialect.for_name(feature["language"])
    assert dialect is not None, "the parser knew the language"
    return dialect


def problem_of(scenario: ast.Scenario, outlines: Collection[str]) -> str:
    """Why a scenario cannot run; "" where it can. `outlines` are the keywords of scenario outlines alone."""
    if not scenario["steps"]:
        return f"{NO_STEPS}{description_hint(scenario['description'])}"
    first = scenario["steps"][0]
    if first["keywordType"] not in KINDS:
        return f"This scenario {_starts_with(first)}"
    if scenario["keyword"] in outlines and not scenario["examples"]:
        return NO_EXAMPLES
    return ""


def _starts_with(first: ast.Step) -> str:
    return (
        f'starts with "{first["keyword"].strip()}", which takes its kind from the step before it, so it cannot be '
        "the first. Start with Given, When or Then."
    )


def description_hint(description: str) -> str:
    """What to add where steps may have been read as a description; "" where there is none."""
    lines = [line.strip() for line in description.splitlines() if line.strip()]
    if not lines:
        return ""
    return f'\nIts lines were read as a description, from "{lines[0]}" on: is the first keyword misspelt?'
