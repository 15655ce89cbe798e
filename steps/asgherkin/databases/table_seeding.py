"""Filling tables: those of steps that follow each other are emptied together, whatever their foreign keys say.

Which those are is told, before they run, by marks on the functions of sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from asgherkin.errors import SentenceError
from asgherkin.session.loops import asks_for, replaces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from asgherkin.databases.port import Cell, Seeding
    from asgherkin.session.expected_crashes import Step
    from asgherkin.session.session import Session

    Rows = Sequence[tuple[Cell, ...]]

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
    """Empties and fills tables. The first step of a group empties the tables of all.

    `write` does what a seeding says, `knows` tells whether there is a table of a name.
    """

    def __init__(self, session: Session, write: Callable[[Seeding], None], knows: Callable[[str], bool]) -> None:
        self._session, self._write, self._knows = session, write, knows
        self._emptied: set[str] = set()
        self._steps_after_group: int | None = None

    def seed(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        """Empty a table, unless an earlier step of its group did, and put rows into it."""
        from asgherkin.databases.port import Seeding

        if self._steps_after_group is None or len(self._session.ahead) <= self._steps_after_group:
            self._begin_group(table, columns, rows)
        elif table not in self._emptied:
            self._write(Seeding(table, (table,), tuple(columns), rows))
        else:
            self._emptied.remove(table)
            if rows:
                self._write(Seeding(table, (), tuple(columns), rows))

    def _begin_group(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        from asgherkin.databases.port import Seeding

        slots = _seeded(self._session.ahead)
        self._steps_after_group = len(self._session.ahead) - len(slots)
        names = dict.fromkeys(name for slot in slots[1:] if (name := self._filled(slot)) not in (None, table))
        others = tuple(map(str, names))
        try:
            self._write(Seeding(table, (table, *others), tuple(columns), rows))
        except SentenceError:
            known = tuple(filter(self._knows, others))
            if known == others:
                raise
            others = known
            self._write(Seeding(table, (table, *others), tuple(columns), rows))
        self._emptied = set(others)

    def _filled(self, slot: object) -> object:
        try:
            return self._session.fill({"table": slot})["table"]
        except SentenceError:  # told of when its own step runs
            return None


def _seeded(steps: Sequence[Step]) -> list[object]:
    """The slots with the tables that the first steps empty, up to a step that is about something else."""
    slots: list[object] = []
    for step in steps:
        slot = getattr(step.function, _SLOT, None)
        if slot is None:
            break
        slots.append(step.slots()[slot])
    return slots
