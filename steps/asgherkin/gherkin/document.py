"""Read a feature file into records, with the official parser.

Values of an outline's rows are put in when a scenario runs: literally and in a single pass, where the official pickle
compiler takes names for regular expressions. Messages and pickles are made of the same records: see `report.pickles`.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from gherkin.errors import CompositeParserException

from asgherkin.errors import FeatureError
from asgherkin.gherkin.mistakes import (
    KINDS,
    NO_ROWS,
    description_hint,
    dialect_of,
    lines_of,
    mistake_in,
    parse_error,
    problem_of,
    unreadable,
)
from asgherkin.gherkin.syntax_tree import parse_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from gherkin import parser_types as ast
    from gherkin.stream.id_generator import IdGenerator

    from asgherkin.gherkin.mistakes import Child

Rows: TypeAlias = tuple[tuple[str, ...], ...]

_PLACEHOLDER = re.compile(r"<([^<>]+)>")
_NO_VALUES: Mapping[str, str] = MappingProxyType({})


class DocString(NamedTuple):
    """A step's doc string: its content, its media type ("" where none is given), its first line's number."""

    content: str
    media_type: str
    line: int


class Table(NamedTuple):
    """A step's data table: rows of cells, and the number of each row's line."""

    rows: Rows
    lines: tuple[int, ...]


class Tag(NamedTuple):
    """A tag without its @, and the id of its node in the syntax tree."""

    name: str
    id: str = ""


class StepSource(NamedTuple):
    """A step as written.

    `keyword_type` is the standard's: Context, Action, Outcome, Conjunction, or Unknown for *. `kind` is "given", "when"
    or "then"; And, But and * have the kind of the step before, or "" where there is none.
    """

    keyword: str
    keyword_type: str
    kind: str
    text: str
    line: int
    doc_string: DocString | None = None
    table: Table | None = None
    id: str = ""


class Heading(NamedTuple):
    """A Feature's or Rule's heading."""

    keyword: str
    name: str
    description: str
    tags: tuple[Tag, ...]
    line: int


class Example(NamedTuple):
    """A row of an outline's examples: values by column."""

    values: Mapping[str, str]
    line: int
    column: int = 1
    id: str = ""


class ScenarioSource(NamedTuple):
    """A scenario, or a row of an outline.

    `tags` hold those of the feature, the rule and the examples too, the outermost first; `own_tags` do not. `steps`
    begin with those of backgrounds. `problem` says why it cannot run: it has no steps, starts with And, or its outline
    has no rows.
    """

    name: str
    keyword: str
    description: str
    line: int
    tags: tuple[Tag, ...]
    own_tags: tuple[Tag, ...]
    steps: tuple[StepSource, ...]
    rule: Heading | None = None
    example: Example | None = None
    problem: str = ""
    column: int = 1
    id: str = ""

    @property
    def tag_names(self) -> tuple[str, ...]:
        """The names of its tags, each once."""
        return tuple(dict.fromkeys([tag.name for tag in self.tags]))

    @property
    def values(self) -> Mapping[str, str]:
        """The values of its row; none where it is no row."""
        return self.example.values if self.example else _NO_VALUES

    @property
    def texts(self) -> Iterator[str]:
        """The texts of its steps, the values of its row put in."""
        values = self.values
        return (fill(step.text, values) for step in self.steps)

    @property
    def selected_by(self) -> int:
        """The line that stands for this scenario alone: an outline's row, or the scenario's heading."""
        return self.example.line if self.example else self.line


class FeatureSource(NamedTuple):
    """A feature file: its records, and the syntax tree that they were made of."""

    heading: Heading
    language: str
    scenarios: tuple[ScenarioSource, ...]
    rules: tuple[Heading, ...]
    tree: ast.GherkinDocument


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put an example's values in the place of `<name>`; a name that is no column stays as it is."""
    if "<" not in text:
        return text
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def placeholders(text: str) -> list[str]:
    """The names between < and > in a text."""
    return _PLACEHOLDER.findall(text)


def read(path: Path, shown_as: str) -> FeatureSource:
    """Read a feature file.

    Raises FeatureError, which names the file as `shown_as`, its lines and what was expected there.
    """
    return parse(read_text(path, shown_as), shown_as)


def read_text(path: Path, shown_as: str) -> str:
    """The text of a feature file. Raises FeatureError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FeatureError(f"{shown_as} {unreadable(path, error)}") from None
    except UnicodeDecodeError as error:
        raise FeatureError(
            f"{shown_as} is not UTF-8 text: byte {error.start} is 0x{error.object[error.start]:02x}. "
            "Save the file as UTF-8."
        ) from None


def parse(text: str, shown_as: str, ids: IdGenerator | None = None) -> FeatureSource:
    """Parse the text of a feature file; see `read`. `ids` number the nodes of the tree, where they are needed."""
    try:
        tree = parse_tree(text, ids)
    except CompositeParserException as error:
        raise parse_error(error.errors, lines_of(text), shown_as) from None
    if "feature" not in tree:
        raise FeatureError(f"{shown_as} is empty. Start it with a line such as: Feature: Orders")
    mistake = mistake_in(tree["feature"], text, shown_as)
    if mistake is not None:
        raise mistake
    source = records_of(tree)
    if not source.scenarios:
        hint = description_hint(tree["feature"]["description"])
        raise FeatureError(f"{shown_as} has no scenario, so it checks nothing. Add one, or remove the file.{hint}")
    return source


def records_of(tree: ast.GherkinDocument) -> FeatureSource:
    """The records of a tree that has a feature."""
    feature = tree["feature"]
    dialect = dialect_of(feature)
    outlines = set(dialect.scenario_outline_keywords) - set(dialect.scenario_keywords)
    scenarios: list[ScenarioSource] = []
    rules: list[Heading] = []

    def add(
        node: ast.Feature | ast.Rule, tags: tuple[Tag, ...], background: tuple[StepSource, ...], rule: Heading | None
    ) -> None:
        for child in cast("list[Child]", node["children"]):
            if "background" in child:
                background += _steps(child["background"]["steps"], background)
            elif "rule" in child:
                heading = _heading(child["rule"])
                rules.append(heading)
                add(child["rule"], tags + heading.tags, background, heading)
            else:
                scenario = _scenario(child["scenario"], tags, background, rule)
                problem = problem_of(child["scenario"], outlines)
                scenarios.extend(_rows(scenario._replace(problem=problem), child["scenario"]["examples"]))

    heading = _heading(feature)
    add(feature, heading.tags, (), None)
    return FeatureSource(heading, feature["language"], tuple(scenarios), tuple(rules), tree)


def _scenario(
    scenario: ast.Scenario, tags: tuple[Tag, ...], background: tuple[StepSource, ...], rule: Heading | None
) -> ScenarioSource:
    own_tags = _tags(scenario["tags"])
    return ScenarioSource(
        name=scenario["name"],
        keyword=scenario["keyword"],
        description=scenario["description"],
        line=scenario["location"]["line"],
        column=scenario["location"]["column"],
        tags=tags + own_tags,
        own_tags=own_tags,
        steps=background + _steps(scenario["steps"], background) if scenario["steps"] else (),
        rule=rule,
        id=scenario["id"],
    )


def _rows(scenario: ScenarioSource, tables: Sequence[ast.Examples]) -> list[ScenarioSource]:
    """A scenario for each row of an outline's examples; the scenario itself where it is no outline."""
    if not tables:
        return [scenario]
    rows = []
    for examples in tables:
        tags = scenario.tags + _tags(examples["tags"])
        names = [cell["value"] for cell in examples["tableHeader"]["cells"]] if "tableHeader" in examples else []
        for row in examples["tableBody"]:
            values = dict(zip(names, (cell["value"] for cell in row["cells"]), strict=True))
            example = Example(values, row["location"]["line"], row["location"]["column"], row["id"])
            rows.append(scenario._replace(tags=tags, example=example))
    return rows or [scenario._replace(problem=NO_ROWS)]


def _heading(node: ast.Feature | ast.Rule) -> Heading:
    line = node["location"]["line"]
    return Heading(node["keyword"], node["name"], node["description"], _tags(node["tags"]), line)


def _tags(tags: Iterable[ast.Tag]) -> tuple[Tag, ...]:
    return tuple(Tag(tag["name"].removeprefix("@"), tag["id"]) for tag in tags)


def _steps(steps: Iterable[ast.Step], before: tuple[StepSource, ...]) -> tuple[StepSource, ...]:
    kind = before[-1].kind if before else ""
    records = []
    for step in steps:
        kind = KINDS.get(step["keywordType"], kind)
        text = step.get("docString")
        records.append(
            StepSource(
                step["keyword"].strip(),
                step["keywordType"],
                kind,
                step["text"],
                step["location"]["line"],
                DocString(text["content"], text.get("mediaType", ""), text["location"]["line"]) if text else None,
                _table(step["dataTable"]) if "dataTable" in step else None,
                step["id"],
            )
        )
    return tuple(records)


def _table(table: ast.DataTable) -> Table:
    rows = tuple([tuple([cell["value"] for cell in row["cells"]]) for row in table["rows"]])
    return Table(rows, tuple([row["location"]["line"] for row in table["rows"]]))
