"""A query, or a table that was read: the record, and how it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asgherkin.databases.cells import as_json, shown
from asgherkin.evidence.message_text import milliseconds
from asgherkin.evidence.page_parts import MOST, Part, Text, counted, duration, text_of
from asgherkin.evidence.record import Document, Record, Section
from asgherkin.redaction.data import Cell, Fields

if TYPE_CHECKING:
    from asgherkin.databases.port import Rows

CAP = 50
"""Rows that are shown."""
_FIRST_WORD = r"(?i)[\s(]*(?:select|with|values|table|show)\b"
_CHANGES = r"(?i)\b(?:insert|update|delete|merge|into)\b"
# Texts, quoted names and comments, whose words are no statement.
_ASIDE = r"""(?s)'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/"""


@dataclass(slots=True)
class QueryRecord(Record):
    """A query and its rows, or a table that was read."""

    kind = "query"

    rows: Rows
    seconds: float

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return [column.name for column in self.rows.columns]

    def as_json(self) -> Document:
        """The statements with their parameters, and the first rows."""
        columns = self.columns
        document = {
            "statements": [
                {"text": statement.text.strip(), "parameters": _fields(_json(statement.parameters)) or None}
                for statement in self.rows.statements
            ],
            "columns": columns,
            "rows": [[_cell(*pair) for pair in zip(columns, row, strict=True)] for row in self.rows.values[:CAP]],
            "total": self.rows.total,
            "milliseconds": milliseconds(self.seconds),
        }
        return document if self.rows.returns else {**document, "returns": False}

    def unshown(self) -> object:
        """All rows, for the secrets in those that are not shown."""
        return [Fields(zip(self.columns, map(_json, row), strict=True)) for row in self.rows.values]

    @staticmethod
    def as_text(document: Mapping[str, Any]) -> list[Section]:
        """The statements with their parameters, and the rows as a table."""
        lines: list[str] = []
        for statement in document["statements"]:
            lines += [*statement["text"].splitlines(), *_parameters(statement["parameters"]), ""]
        lines += _rows(document)
        return [(f"The query, after {document['milliseconds']:.0f} ms", "\n".join(lines))]

    @staticmethod
    def as_part(document: Mapping[str, Any]) -> Part:
        """The statements with their parameters, and the rows."""
        total, rows = int(document.get("total") or 0), document.get("rows") or []
        texts: list[tuple[str, Text]] = []
        for statement in document["statements"]:
            texts.append(("Statement", text_of(str(statement["text"]))))
            if statement.get("parameters"):
                parameters = json.dumps(statement["parameters"], indent=2, ensure_ascii=False)
                texts.append(("Parameters", text_of(parameters)))
        took = duration(document["milliseconds"] / 1000) if document.get("milliseconds") is not None else ""
        table = tuple(tuple(str(cell) for cell in row) for row in rows[:MOST])
        note = (f"{len(table):,} of {counted(total, 'row')} are shown.",) if total > len(table) > 0 else ()
        first = " ".join(texts[0][1].text.split())[:80] if texts else "no statement"
        title = " · ".join(filter(None, (f"Query {first}", counted(total, "row"), took)))
        columns = tuple(str(column) for column in document.get("columns") or ())
        return Part("query", title, texts=tuple(texts), columns=columns, rows=table, notes=note)


def reads_only(text: str) -> bool:
    """Whether a query can be run again without harm, by its words."""
    text = re.sub(_ASIDE, " ", text)
    return re.match(_FIRST_WORD, text) is not None and re.search(_CHANGES, text) is None


def _json(value: object) -> object:
    return json.loads(json.dumps(as_json(value), default=str))


def _fields(value: object) -> object:
    """Parameters of a statement, whose names may be secret."""
    if isinstance(value, dict):
        return Fields(value)
    return list(map(_fields, value)) if isinstance(value, list) else value


def _cell(name: str, value: object) -> Cell:
    # A date or a decimal is shown otherwise than its text in JSON.
    show = shown if isinstance(value, dict | list) else lambda _: shown(value)
    return Cell(name, as_json(value), show)


def _parameters(parameters: object) -> list[str]:
    given = parameters if isinstance(parameters, list) else [parameters]
    named = [row for row in given if isinstance(row, Mapping)]
    if not named and parameters:
        return [f"with {shown(parameters)}"]
    return ["with " + ", ".join(f"{name} = {shown(value)}" for name, value in row.items()) for row in named if row]


def _rows(document: Mapping[str, Any]) -> list[str]:
    if not document.get("returns", True):
        return ["It returns no rows."]
    total, rows = document["total"], document["rows"]
    if not document["columns"] or not rows:
        return ["1 row" if total == 1 else f"{total or 'no'} rows"]
    table = [document["columns"], *rows]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    aligned = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in table]
    more = total - len(rows)
    return [*aligned, f"… and {more} more {'row' if more == 1 else 'rows'}"] if more > 0 else aligned
