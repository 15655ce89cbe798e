"""What was asked of a database and what came: kept as evidence, shown under a failure without secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asgherkin.databases.cells import as_json, shown
from asgherkin.matching.documents import parse_cell
from asgherkin.redaction.secret_names import MASK

if TYPE_CHECKING:
    from asgherkin.databases.port import Rows, Statement
    from asgherkin.redaction.redactor import Redactor

CAP = 50
_FIRST_WORD = r"(?i)[\s(]*(?:select|with|values|table|show)\b"
_CHANGES = r"(?i)\b(?:insert|update|delete|merge|into)\b"
# Texts, quoted names and comments: what stands in them is no statement.
_ASIDE = r"""(?s)'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and its rows, or a table that was read."""

    rows: Rows
    seconds: float
    exchanges: int
    """How many requests were sent before it."""

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return [column.name for column in self.rows.columns]

    @property
    def values(self) -> Sequence[tuple[object, ...]]:
        """The first rows."""
        return self.rows.values[:CAP]


def reads_only(text: str) -> bool:
    """Whether a query can be run again without harm: as far as its words tell."""
    text = re.sub(_ASIDE, " ", text)
    return re.match(_FIRST_WORD, text) is not None and re.search(_CHANGES, text) is None


def learn_table(table: Sequence[Sequence[str]], redactor: Redactor) -> None:
    """Know the cells below secret names in a feature's table as secret."""
    for row in table[1:]:
        for name, cell in zip(table[0], row, strict=False):
            if redactor.is_secret(name):
                redactor.learn_field(name, cell)
                redactor.learn_field(name, str(parse_cell(cell)))


def learn_rows(asked: Asked, redactor: Redactor) -> None:
    """Know the secrets in the rows: by the names of columns, and inside of JSON."""
    for row in asked.rows.values:
        redactor.learn_body(_json(dict(zip(asked.columns, row, strict=True))))
    for statement in asked.rows.statements:
        for parameters in _named(statement):
            redactor.learn_body(_json(parameters))


def _json(document: Mapping[str, object]) -> str:
    return json.dumps({name: as_json(value) for name, value in document.items()}, default=str)


def query_section(asked: Asked, redactor: Redactor) -> tuple[str, str]:
    """The statement with its parameters, and the rows as a table."""
    lines: list[str] = []
    for statement in asked.rows.statements:
        lines += [*statement.text.strip().splitlines(), *_parameters(statement, redactor), ""]
    lines += _rows(asked, redactor)
    return f"The query, after {asked.seconds * 1000:.0f} ms", "\n".join(lines)


def _named(statement: Statement) -> list[Mapping[str, object]]:
    given = statement.parameters
    found = given if isinstance(given, list | tuple) else [given]
    return [one for one in found if isinstance(one, Mapping)]


def _parameters(statement: Statement, redactor: Redactor) -> list[str]:
    named = _named(statement)
    if not named and statement.parameters:
        by_position = statement.parameters
        return [f"with {shown(list(by_position) if isinstance(by_position, tuple) else by_position)}"]
    return [
        "with " + ", ".join(f"{name} = {_shown(name, value, redactor)}" for name, value in parameters.items())
        for parameters in named
        if parameters
    ]


def _rows(asked: Asked, redactor: Redactor) -> list[str]:
    if not asked.rows.returns:
        return ["It returns no rows."]
    total = asked.rows.total
    if not asked.columns or not asked.values:
        return ["1 row" if total == 1 else f"{total or 'no'} rows"]
    table = [
        asked.columns,
        *([_shown(*pair, redactor) for pair in zip(asked.columns, row, strict=True)] for row in asked.values),
    ]
    more = total - len(asked.values)
    return [*_aligned(table), *([f"… and {more} more {'row' if more == 1 else 'rows'}"] if more > 0 else [])]


def _shown(name: str, value: object, redactor: Redactor) -> str:
    if redactor.is_secret(name) and value is not None and not isinstance(value, bool):
        return MASK
    return shown(redactor.masked(as_json(value))) if isinstance(value, dict | list) else shown(value)


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    return [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in table]
