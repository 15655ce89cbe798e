"""Read a feature file into compact records.

The official parser reads the file; its tree of dictionaries is dropped at once, for ten thousand scenarios
are held in memory at a time. Values of an outline's rows are put in when a scenario runs: literally and in
a single pass, where the official pickle compiler takes names for regular expressions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypedDict, cast

from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser

from asgherkin.errors import FeatureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gherkin import parser_types as ast
    from gherkin.parser import ParserContext
    from gherkin.token import Token

Rows: TypeAlias = tuple[tuple[str, ...], ...]


class _Child(TypedDict, total=False):
    """What stands in a feature or rule: one of these. The official types leave the keys open."""

    background: ast.Background
    rule: ast.Rule
    scenario: ast.Scenario


_KINDS = {"Context": "given", "Action": "when", "Outcome": "then"}
NO_STEPS = "This scenario has no steps, so it checks nothing. Add steps, or remove it."

_PLACEHOLDER = re.compile(r"<([^<>]+)>")
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


@dataclass(frozen=True, slots=True)
class DocString:
    """A step's doc string: its content, its media type ("" where none is given), its first line's number."""

    content: str
    media_type: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A step's data table: rows of cells, and the number of each row's line."""

    rows: Rows
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StepSource:
    """A step as written. `kind` is "given", "when", "then", or "" for And, But and * (as the step before)."""

    keyword: str
    kind: str
    text: str
    line: int
    doc_string: DocString | None = None
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A Feature's or Rule's heading, without the @ of its tags."""

    keyword: str
    name: str
    description: str
    tags: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """One row of an outline's examples: values by column."""

    values: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class ScenarioSource:
    """One scenario, or one row of an outline.

    `tags` hold those of the feature, the rule and the examples too, without their @. `problem` says why it
    cannot run: it has no steps, starts with And, or its outline has no rows.
    """

    name: str
    keyword: str
    description: str
    line: int
    tags: tuple[str, ...]
    background: tuple[StepSource, ...]
    steps: tuple[StepSource, ...]
    rule: Heading | None = None
    example: Example | None = None
    problem: str = ""

    @property
    def selected_by(self) -> int:
        """The line that stands for this scenario alone: an outline's row, or the scenario's heading."""
        return self.example.line if self.example else self.line


@dataclass(frozen=True, slots=True)
class FeatureSource:
    """One feature file."""

    heading: Heading
    language: str
    scenarios: tuple[ScenarioSource, ...]
    rules: tuple[Heading, ...] = ()


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put an example's values in the place of `<name>`; a name that is no column stays as it is."""
    if "<" not in text:
        return text
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def read(path: Path, shown_as: str) -> FeatureSource:
    """Read a feature file.

    Raises FeatureError, which names the file as `shown_as`, its lines and what was expected there.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeatureError(
            f"{shown_as} is not UTF-8 text: byte {error.start} is 0x{error.object[error.start]:02x}. "
            "Save the file as UTF-8."
        ) from None
    return parse(text, shown_as)


class _QuickParser(Parser):
    """The official parser, with its table of states made once: it makes it anew for each line of a file."""

    def __init__(self) -> None:
        super().__init__()
        prefix = "match_token_at_"
        names = [name for name in dir(Parser) if name.startswith(prefix)]
        self._states = {int(name.removeprefix(prefix)): getattr(self, name) for name in names}

    def match_token(self, state: int, token: Token, context: ParserContext) -> int:
        """The state that follows when `token` is read in `state`."""
        following: int = self._states[state](token, context)
        return following


_parser = _QuickParser()


def parse(text: str, shown_as: str) -> FeatureSource:
    """Parse the text of a feature file; see `read`."""
    try:
        document = _parser.parse(text)
    except CompositeParserException as error:
        raise FeatureError(_parse_error(error.errors, text, shown_as)) from None
    if "feature" not in document:
        raise FeatureError(f"{shown_as} is empty. Start it with a line such as: Feature: Orders")
    return _Builder(document["feature"]).build(shown_as)


def _parse_error(errors: list[ParserException], text: str, shown_as: str) -> str:
    lines = text.splitlines()
    parts = [f"{shown_as} cannot be read."]
    for error in errors[:5]:
        number = error.location["line"]
        parts.append(f"  line {number}: {_in_words(str(error))}")
        if number <= len(lines):
            parts.append(f"  {number:>4} | {lines[number - 1]}")
    if len(errors) > 5:
        parts.append(f"  … and {len(errors) - 5} more")
    return "\n".join(parts)


def _in_words(message: str) -> str:
    message = message.split("): ", 1)[-1]
    found = re.fullmatch(
        r"(?:unexpected end of file, )?expected: (?P<tokens>[#\w, ]+?)(?:, got '(?P<got>.*)')?", message
    )
    if found is None:
        return message
    wanted = [_EXPECTED[token] for token in found["tokens"].split(", ") if token in _EXPECTED]
    got = f"this is {found['got']!r}" if found["got"] is not None else "the file ends here"
    return f"{got}, where one of these is expected: {', '.join(wanted)}"


class _Builder:
    """Turns the official parser's tree into records."""

    def __init__(self, feature: ast.Feature) -> None:
        self._feature = feature
        self._scenarios: list[ScenarioSource] = []
        self._rules: list[Heading] = []

    def build(self, shown_as: str) -> FeatureSource:
        heading = _heading(self._feature)
        background: tuple[StepSource, ...] = ()
        for child in cast("list[_Child]", self._feature["children"]):
            if "background" in child:
                background = _steps(child["background"]["steps"])
            elif "rule" in child:
                self._rule(child["rule"], heading.tags, background)
            else:
                self._scenario(child["scenario"], heading.tags, background, None)
        if not self._scenarios:
            raise FeatureError(_no_scenario(self._feature, shown_as))
        language = self._feature["language"]
        return FeatureSource(heading, language, tuple(self._scenarios), tuple(self._rules))

    def _rule(self, rule: ast.Rule, tags: tuple[str, ...], background: tuple[StepSource, ...]) -> None:
        heading = _heading(rule)
        self._rules.append(heading)
        for child in cast("list[_Child]", rule["children"]):
            if "background" in child:
                background = background + _steps(child["background"]["steps"])
            else:
                self._scenario(child["scenario"], _joined(tags, heading.tags), background, heading)

    def _scenario(
        self,
        scenario: ast.Scenario,
        tags: tuple[str, ...],
        background: tuple[StepSource, ...],
        rule: Heading | None,
    ) -> None:
        steps = _steps(scenario["steps"])
        tags = _joined(tags, _tags(scenario["tags"]))
        problem = _problem(scenario)

        def add(tags: tuple[str, ...], example: Example | None, problem: str) -> None:
            self._scenarios.append(
                ScenarioSource(
                    scenario["name"], scenario["keyword"], scenario["description"], scenario["location"]["line"],
                    tags, background, steps, rule, example, problem,
                )
            )  # fmt: skip

        if not scenario["examples"]:
            add(tags, None, problem)
            return
        before = len(self._scenarios)
        for examples in scenario["examples"]:
            row_tags = _joined(tags, _tags(examples["tags"]))
            for example in _examples(examples):
                add(row_tags, example, problem)
        if len(self._scenarios) == before:
            add(tags, None, "This outline has no rows under Examples:, so nothing of it would run. Add a row.")


def _problem(scenario: ast.Scenario) -> str:
    if not scenario["steps"]:
        return f"{NO_STEPS}{_hint(scenario['description'])}"
    first = scenario["steps"][0]
    if first["keywordType"] not in _KINDS:
        return (
            f'This scenario starts with "{first["keyword"].strip()}", which takes its kind from the step before, '
            "and there is none. Start it with Given, When or Then."
        )
    return ""


def _hint(description: str) -> str:
    lines = [line.strip() for line in description.splitlines() if line.strip()]
    if not lines:
        return ""
    return f'\nIts lines were read as a description, from "{lines[0]}" on: is the first keyword misspelt?'


def _no_scenario(feature: ast.Feature, shown_as: str) -> str:
    return (
        f"{shown_as} has no scenario, so it checks nothing. Add one, or remove the file.{_hint(feature['description'])}"
    )


def _heading(node: ast.Feature | ast.Rule) -> Heading:
    line = node["location"]["line"]
    return Heading(node["keyword"], node["name"], node["description"], _tags(node["tags"]), line)


def _tags(tags: Iterable[ast.Tag]) -> tuple[str, ...]:
    return tuple(tag["name"].removeprefix("@") for tag in tags)


def _joined(outer: tuple[str, ...], inner: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(outer + inner)) if inner else outer


def _examples(examples: ast.Examples) -> Iterable[Example]:
    if "tableHeader" not in examples:
        return
    names = [cell["value"] for cell in examples["tableHeader"]["cells"]]
    for row in examples["tableBody"]:
        values = dict(zip(names, (cell["value"] for cell in row["cells"]), strict=True))
        yield Example(values, row["location"]["line"])


def _steps(steps: Iterable[ast.Step]) -> tuple[StepSource, ...]:
    return tuple([_step(step) for step in steps])


def _step(step: ast.Step) -> StepSource:
    return StepSource(
        step["keyword"].strip(),
        _KINDS.get(step["keywordType"], ""),
        step["text"],
        step["location"]["line"],
        _doc_string(step["docString"]) if "docString" in step else None,
        _table(step["dataTable"]) if "dataTable" in step else None,
    )


def _doc_string(doc_string: ast.DocString) -> DocString:
    return DocString(doc_string["content"], doc_string.get("mediaType", ""), doc_string["location"]["line"])


def _table(table: ast.DataTable) -> Table:
    rows = tuple(tuple(cell["value"] for cell in row["cells"]) for row in table["rows"])
    return Table(rows, tuple(row["location"]["line"] for row in table["rows"]))
