"""Rows that differ from those that a step expects: the record, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asgherkin.errors import DifferingRow, DifferingRows
from asgherkin.evidence.page_parts import Part
from asgherkin.evidence.record import Document, Record, Section
from asgherkin.redaction.data import Cell

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class DifferingRowsRecord(Record):
    """The rows of a `Mismatch`. Its text is a failure's own; a page shows them as a table."""

    kind = "differing-rows"
    shown = "never"

    rows: DifferingRows
    note: str = ""
    """What the failure says below them."""

    def as_json(self) -> Document:
        """The rows with what is said of each."""
        heading = [str(name) for name in self.rows.heading]
        rows = [
            {
                "cells": [Cell(name, cell) for name, cell in zip(heading, row.cells, strict=True)],
                "remark": row.remark,
                "differing": list(row.differing),
            }
            for row in self.rows.rows
        ]
        return {"heading": heading, "rows": rows, "more": self.rows.more, "note": self.note}

    @staticmethod
    def as_text(document: Mapping[str, Any]) -> list[Section]:  # noqa: ARG004 - see the class
        """Nothing: they stand in the failure already."""
        return []

    @staticmethod
    def as_part(document: Mapping[str, Any]) -> Part:
        """The rows, for a reader that does not put them into the failure."""
        table = differing_rows(document)
        rows = tuple((*row.cells, row.remark) for row in table.rows)
        return Part("differing-rows", "Rows that differ", columns=(*table.heading, ""), rows=rows, notes=(table.more,))


def differing_rows(document: Mapping[str, Any]) -> DifferingRows:
    """The rows of a document. A malformed document may raise any error."""
    rows = [
        DifferingRow([str(cell) for cell in row["cells"]], str(row["remark"]), [int(at) for at in row["differing"]])
        for row in document["rows"]
    ]
    more = "\n".join(str(document[key]) for key in ("more", "note") if document[key])
    return DifferingRows([str(name) for name in document["heading"]], rows, more)
