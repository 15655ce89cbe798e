"""Filling tables: the tables of consecutive steps are emptied together, so that foreign keys allow any order of steps.

Marks on the step functions say, before the steps run, which tables they empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from asgherkin.errors import SentenceError
from asgherkin.session.loops import asks_for, replaces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from asgherkin.databases.port import Cell
    from asgherkin.session.expected_crashes import Step
    from asgherkin.session.session import Session

    Rows = Sequence[tuple[Cell, ...]]
    Write = Callable[[str, Sequence[str], Sequence[str], Rows], None]

Function = TypeVar("Function", bound="Callable[..., Any]")
_SLOT = "__asgherkin_seeds__"

uses_database = asks_for("database")
chooses_database = replaces("database")


def seeds_table(slot: str) -> Callable[[Function], Function]:
    """Mark a step function: it empties the table that this slot of its sentence names."""

    def mark(function: Function) -> Function:
        setattr(function, _SLOT, slot)
        return uses_database(function)

    return mark


class Seeder:
    """Empties and fills tables. The first step of a group empties the tables of the whole group.

    `write` does the seeding; `knows` says whether a table exists.
    """

    def __init__(self, session: Session, write: Write, knows: Callable[[str], bool]) -> None:
        self._session, self._write, self._knows = session, write, knows
        self._emptied: set[str] = set()
        self._steps_after_group: int | None = None

    def seed(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        """Empty a table, unless an earlier step of its group did, and insert rows into it."""
        if self._steps_after_group is None or len(self._session.ahead) <= self._steps_after_group:
            self._begin_group(table, columns, rows)
        elif table not in self._emptied:
            self._write(table, (table,), columns, rows)
        else:
            self._emptied.remove(table)
            if rows:
                self._write(table, (), columns, rows)

    def _begin_group(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        slots = _seeded(self._session.ahead)
        self._steps_after_group = len(self._session.ahead) - len(slots)
        names = dict.fromkeys(name for slot in slots[1:] if (name := self._filled(slot)) not in (None, table))
        others = tuple(map(str, names))
        try:
            self._write(table, (table, *others), columns, rows)
        except SentenceError:
            # A table that is unknown is the error of its own step, not of this one.
            known = tuple(filter(self._knows, others))
            if known == others:
                raise
            others = known
            self._write(table, (table, *others), columns, rows)
        self._emptied = set(others)

    def _filled(self, slot: object) -> object:
        try:
            return self._session.fill({"table": slot})["table"]
        except SentenceError:  # the slot's own step will raise it
            return None


def _seeded(steps: Sequence[Step]) -> list[object]:
    """The tables that the next steps empty, as written, up to a step that empties none."""
    slots: list[object] = []
    for step in steps:
        slot = getattr(step.function, _SLOT, None)
        if slot is None:
            break
        slots.append(step.slots()[slot])
    return slots
