"""Which scenarios are selected: by a line, as in `pytest features/orders.feature:12`, and by their tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asgherkin.errors import ConfigurationError, FeatureError
from asgherkin.gherkin.collect import scenario_names
from asgherkin.gherkin.document import read
from asgherkin.gherkin.items import tags_of
from asgherkin.gherkin.mistakes import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import pytest

    from asgherkin.gherkin.document import ScenarioSource
    from asgherkin.gherkin.variants import Variants

_WITH_LINES = re.compile(r"(?P<path>.+\.feature)(?P<lines>(?::\d+)+)$")


def without_lines(arguments: Iterable[str], folder: Path, variants: Variants) -> list[str]:
    """Arguments of the command line, with each `file:line` replaced by the node ids of the scenarios there.

    Raises ConfigurationError where nothing stands at a line. A file that cannot be read is kept as it is: its
    error is shown when it is collected.
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
    headings = [scenario.line for scenario in source.scenarios] + [rule.line for rule in source.rules]
    names = list(scenario_names(source.scenarios))
    chosen: list[str] = []
    text = lines_of(path.read_text(encoding="utf-8-sig"))
    for line in lines:
        if not 1 <= line <= len(text):
            raise ConfigurationError(f"{written}:{line}: the file has {len(text)} lines.")
        while text[line - 1].lstrip().startswith("@") and line < len(text):
            line += 1  # noqa: PLW2901 - tags belong to what stands below them
        if line < min(headings):  # the feature's own heading and background stand for all of the file
            return [written]
        heading = max(above for above in headings if above <= line)
        found = _at(source.scenarios, line, heading)
        if not found:
            raise ConfigurationError(f"{written}:{line}: no scenario stands there, but a rule without any.")
        chosen += [
            names[position] + variant.label
            for position in found
            for variant in variants.of(source.scenarios[position].tag_names, source.scenarios[position].texts)
        ]
    return [f"{written}::{name}" for name in dict.fromkeys(chosen)]


def _at(scenarios: Sequence[ScenarioSource], line: int, heading: int) -> list[int]:
    """Positions of the scenarios at a line: one row, all rows of an outline, all scenarios of a rule.

    `heading` is the line of the heading that the line stands below.
    """
    rows = [at for at, scenario in enumerate(scenarios) if scenario.example and scenario.example.line == line]
    if rows:
        return rows
    return [
        at
        for at, scenario in enumerate(scenarios)
        if scenario.line == heading or (scenario.rule and scenario.rule.line == heading)
    ]


def keep_by_tags(expression: str, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect scenarios whose tags do not fulfil the expression; "" keeps all, other tests are kept always."""
    if not expression:
        return
    fits = tag_filter(expression)
    kept: list[pytest.Item] = []
    deselected: list[pytest.Item] = []
    for item in items:
        tags = tags_of(item)
        (kept if tags is None or fits(tags) else deselected).append(item)
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = kept


def tag_filter(expression: str) -> Callable[[Iterable[str]], bool]:
    """Whether the tags of a scenario (without @) fulfil an expression such as `@smoke and not @slow`, as a function.

    The @ may be left out: pytest takes an argument that starts with one for the name of a file with arguments.
    Raises ConfigurationError where the expression cannot be read.
    """
    from cucumber_tag_expressions import TagExpressionError, parse  # only where tags are asked for

    try:
        parsed = parse(expression)
    except TagExpressionError as error:
        reason = str(error).split("\n", 1)[0].removesuffix(".")
        raise ConfigurationError(
            f"--asgi-tags: {expression!r} is not a tag expression: {reason}. "
            'Write for example: --asgi-tags="@smoke and not @slow"'
        ) from None
    return lambda tags: bool(parsed.evaluate([name for tag in tags for name in (tag, f"@{tag}")]))
