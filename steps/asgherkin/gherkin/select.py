"""`pytest features/orders.feature:12`: the scenario at a line of a feature file, given as an argument."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asgherkin.errors import ConfigurationError, FeatureError
from asgherkin.gherkin.collect import scenario_names
from asgherkin.gherkin.document import read
from asgherkin.gherkin.mistakes import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from asgherkin.gherkin.document import FeatureSource, ScenarioSource
    from asgherkin.gherkin.variants import Variants

_WITH_LINES = re.compile(r"(?P<path>.+\.feature)(?P<lines>(?::\d+)+)$")


def without_lines(arguments: Iterable[str], folder: Path, variants: Variants) -> list[str]:
    """Arguments of the command line, with each `file:line` replaced by the node ids of the scenarios there.

    Raises ConfigurationError where nothing stands at a line. A file that cannot be read is left whole: its
    error is told when it is collected.
    """
    result: list[str] = []
    for argument in arguments:
        found = _WITH_LINES.match(argument)
        path = folder / found["path"] if found else None
        if found is None or path is None or not path.is_file():
            result.append(argument)
            continue
        lines = [int(line) for line in found["lines"].split(":")[1:]]
        result += _node_ids(path, found["path"], lines, variants)
    return result


def _node_ids(path: Path, written: str, lines: list[int], variants: Variants) -> list[str]:
    try:
        source = read(path, written)
    except FeatureError:
        return [written]
    names = list(scenario_names(source.scenarios))
    chosen: list[str] = []
    text = lines_of(path.read_text(encoding="utf-8-sig"))
    for line in lines:
        if not 1 <= line <= len(text):
            raise ConfigurationError(f"{written}:{line}: the file has {len(text)} lines.")
        while text[line - 1].lstrip().startswith("@") and line < len(text):
            line += 1  # noqa: PLW2901 - tags belong to what stands below them
        if line < _first_line(source):
            return [written]
        found = _at(source, line)
        if not found:
            raise ConfigurationError(f"{written}:{line}: no scenario stands there, but a rule without any.")
        chosen += [
            names[position] + variant.label
            for position in found
            for variant in variants.of(source.scenarios[position].tag_names, source.scenarios[position].texts)
        ]
    return [f"{written}::{name}" for name in dict.fromkeys(chosen)]


def _first_line(source: FeatureSource) -> int:
    """The first line below the feature's heading and background: lines above it stand for the whole file."""
    return min([one.line for one in source.scenarios] + [rule.line for rule in source.rules])


def _at(source: FeatureSource, line: int) -> list[int]:
    """Positions of the scenarios at a line: one row, all rows of an outline, all scenarios of a rule."""
    scenarios = source.scenarios
    rows = [position for position, one in enumerate(scenarios) if one.example and one.example.line == line]
    if rows:
        return rows
    headings = {one.line for one in scenarios} | {rule.line for rule in source.rules}
    heading = max(one for one in headings if one <= line)
    return [position for position, one in enumerate(scenarios) if heading in _lines_of(one)]


def _lines_of(scenario: ScenarioSource) -> set[int]:
    return {scenario.line} | ({scenario.rule.line} if scenario.rule else set())
