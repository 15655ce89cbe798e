"""Read a feature file into compact records.

The official parser reads the file; its tree of dictionaries is dropped at once, for ten thousand scenarios
are held in memory at a time. Values of an outline's rows are put in when a scenario runs: literally and in
a single pass, where the official pickle compiler takes names for regular expressions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from gherkin.errors import CompositeParserException

from asgherkin.errors import FeatureError
from asgherkin.gherkin.links import unreadable
from asgherkin.gherkin.mistakes import (
    KINDS,
    NO_ROWS,
    dialect_of,
    lines_of,
    mistake_in,
    no_scenario,
    parse_error,
    problem_of,
)
from asgherkin.gherkin.parsing import parse_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from gherkin import parser_types as ast

    from asgherkin.gherkin.mistakes import Child

    TreeOf: TypeAlias = Callable[[str, str], ast.GherkinDocument]

Rows: TypeAlias = tuple[tuple[str, ...], ...]
# The steps of all scenarios are kept to the end of the run, as plain tuples of texts and numbers: Python's garbage
# collector does not look into those again and again, as it does into records. Ten thousand scenarios feel that.
PackedStep: TypeAlias = tuple[str, str, str, int, tuple[str, str, int] | None, tuple[Rows, tuple[int, ...]] | None]
Packed: TypeAlias = tuple[PackedStep, ...]


_PLACEHOLDER = re.compile(r"<([^<>]+)>")


class DocString(NamedTuple):
    """A step's doc string: its content, its media type ("" where none is given), its first line's number."""

    content: str
    media_type: str
    line: int


class Table(NamedTuple):
    """A step's data table: rows of cells, and the number of each row's line."""

    rows: Rows
    lines: tuple[int, ...]


class StepSource(NamedTuple):
    """A step as written. `kind` is "given", "when", "then", or "" for And, But and * (as the step before)."""

    keyword: str
    kind: str
    text: str
    line: int
    doc_string: DocString | None = None
    table: Table | None = None

    @classmethod
    def unpacked(cls, step: PackedStep) -> StepSource:
        """The record of a step that was kept as plain tuples."""
        keyword, kind, text, line, doc_string, table = step
        return cls(
            keyword,
            kind,
            text,
            line,
            DocString(*doc_string) if doc_string else None,
            Table(*table) if table else None,
        )


class Heading(NamedTuple):
    """A Feature's or Rule's heading, without the @ of its tags."""

    keyword: str
    name: str
    description: str
    tags: tuple[str, ...]
    line: int


class Example(NamedTuple):
    """One row of an outline's examples: values by column."""

    values: Mapping[str, str]
    line: int


class ScenarioSource(NamedTuple):
    """One scenario, or one row of an outline.

    `tags` hold those of the feature, the rule and the examples too, without their @; `own_tags` do not.
    `packed` are its steps, those of backgrounds first. `problem` says why it cannot run: it has no steps, starts
    with And, or its outline has no rows.
    """

    name: str
    keyword: str
    description: str
    line: int
    tags: tuple[str, ...]
    own_tags: tuple[str, ...]
    packed: Packed
    rule: Heading | None = None
    example: Example | None = None
    problem: str = ""

    @property
    def steps(self) -> tuple[StepSource, ...]:
        """All steps, those of backgrounds first."""
        return tuple(StepSource.unpacked(step) for step in self.packed)

    @property
    def selected_by(self) -> int:
        """The line that stands for this scenario alone: an outline's row, or the scenario's heading."""
        return self.example.line if self.example else self.line


class FeatureSource(NamedTuple):
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


def read(path: Path, shown_as: str, tree_of: TreeOf | None = None) -> FeatureSource:
    """Read a feature file; `tree_of` parses it, where somebody wants to have its tree too.

    Raises FeatureError, which names the file as `shown_as`, its lines and what was expected there.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FeatureError(f"{shown_as} {unreadable(path, error)}") from None
    except UnicodeDecodeError as error:
        raise FeatureError(
            f"{shown_as} is not UTF-8 text: byte {error.start} is 0x{error.object[error.start]:02x}. "
            "Save the file as UTF-8."
        ) from None
    return parse(text, shown_as, tree_of)


def parse(text: str, shown_as: str, tree_of: TreeOf | None = None) -> FeatureSource:
    """Parse the text of a feature file; see `read`."""
    try:
        document = tree_of(text, shown_as) if tree_of else parse_tree(text)
    except CompositeParserException as error:
        raise FeatureError(parse_error(error.errors, lines_of(text), shown_as)) from None
    if "feature" not in document:
        raise FeatureError(f"{shown_as} is empty. Start it with a line such as: Feature: Orders")
    feature = document["feature"]
    mistake = mistake_in(feature, text, shown_as)
    if mistake:
        raise FeatureError(mistake)
    return _Builder(feature).build(shown_as)


class _Builder:
    """Turns the official parser's tree into records."""

    def __init__(self, feature: ast.Feature) -> None:
        self._feature = feature
        dialect = dialect_of(feature)
        self._outlines = set(dialect.scenario_outline_keywords) - set(dialect.scenario_keywords)
        self._scenarios: list[ScenarioSource] = []
        self._rules: list[Heading] = []

    def build(self, shown_as: str) -> FeatureSource:
        heading = _heading(self._feature)
        background: Packed = ()
        for child in cast("list[Child]", self._feature["children"]):
            if "background" in child:
                background = _steps(child["background"]["steps"])
            elif "rule" in child:
                self._rule(child["rule"], heading.tags, background)
            else:
                self._scenario(child["scenario"], heading.tags, background, None)
        if not self._scenarios:
            raise FeatureError(no_scenario(self._feature, shown_as))
        language = self._feature["language"]
        return FeatureSource(heading, language, tuple(self._scenarios), tuple(self._rules))

    def _rule(self, rule: ast.Rule, tags: tuple[str, ...], background: Packed) -> None:
        heading = _heading(rule)
        self._rules.append(heading)
        for child in cast("list[Child]", rule["children"]):
            if "background" in child:
                background = background + _steps(child["background"]["steps"])
            else:
                self._scenario(child["scenario"], _joined(tags, heading.tags), background, heading)

    def _scenario(
        self,
        scenario: ast.Scenario,
        tags: tuple[str, ...],
        background: Packed,
        rule: Heading | None,
    ) -> None:
        steps = _steps(scenario["steps"])
        packed = background + steps if steps else ()
        own_tags = _tags(scenario["tags"])
        tags = _joined(tags, own_tags)
        problem = problem_of(scenario, self._outlines)

        def add(tags: tuple[str, ...], example: Example | None, problem: str) -> None:
            self._scenarios.append(
                ScenarioSource(
                    scenario["name"], scenario["keyword"], scenario["description"], scenario["location"]["line"],
                    tags, own_tags, packed, rule, example, problem,
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
            add(tags, None, NO_ROWS)


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


def _steps(steps: Iterable[ast.Step]) -> Packed:
    return tuple([_step(step) for step in steps])


def _step(step: ast.Step) -> PackedStep:
    return (
        step["keyword"].strip(),
        KINDS.get(step["keywordType"], ""),
        step["text"],
        step["location"]["line"],
        _doc_string(step["docString"]) if "docString" in step else None,
        _table(step["dataTable"]) if "dataTable" in step else None,
    )


def _doc_string(doc_string: ast.DocString) -> tuple[str, str, int]:
    return (doc_string["content"], doc_string.get("mediaType", ""), doc_string["location"]["line"])


def _table(table: ast.DataTable) -> tuple[Rows, tuple[int, ...]]:
    rows = tuple([tuple([cell["value"] for cell in row["cells"]]) for row in table["rows"]])
    return (rows, tuple([row["location"]["line"] for row in table["rows"]]))
