"""Differences of rows as a table, where a failure's text has one."""

from __future__ import annotations

import re
from typing import NamedTuple

_ROW = re.compile(r"\| (?P<cells>.*) \|(?:  (?P<remark>.*))?")
_MARKED = re.compile(r"\*(?P<text>.+)\*")


class Cell(NamedTuple):
    """A value; `marked`: it is the one that differs."""

    text: str
    marked: bool = False


class Row(NamedTuple):
    """A row, and what is said of it."""

    cells: tuple[Cell, ...]
    remark: str = ""


class Rows(NamedTuple):
    """A table of rows that differ. `rest` is what is said below it."""

    heading: tuple[str, ...]
    rows: tuple[Row, ...]
    rest: str = ""

    @property
    def short(self) -> str:
        """What differs, in a few words; "" where no row says so."""
        near = next((one.remark for one in self.rows if "differs" in one.remark), "")
        return f"the nearest row {near[near.index('differs') :]}".replace(" from the row above", "") if near else ""


def rows_in(differences: str) -> Rows | None:
    """The table that differences are; None where they are something else, or the borders of a cell cannot be told."""
    lines = differences.split("\n")
    found = [_ROW.fullmatch(line.strip()) for line in lines]
    count = next((at for at, one in enumerate(found) if one is None), len(found))
    split = [one["cells"].split(" | ") for one in found[:count] if one]
    if count < 2 or any(len(one) != len(split[0]) for one in split):
        return None
    rows = [
        Row(tuple(_cell(cell.strip()) for cell in cells), one["remark"] or "")
        for cells, one in zip(split[1:], filter(None, found[1:count]), strict=True)
    ]
    return Rows(tuple(cell.strip() for cell in split[0]), tuple(rows), "\n".join(lines[count:]).strip())


def _cell(text: str) -> Cell:
    marked = _MARKED.fullmatch(text)
    return Cell(marked["text"], marked=True) if marked else Cell(text)
