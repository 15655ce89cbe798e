"""Filling tables: those of steps that follow each other are emptied together, whatever their foreign keys say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.databases.database_marks import seeded_tables
from asgherkin.databases.port import Seeding
from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.databases.port import Cell
    from asgherkin.databases.scenario_database import Databases
    from asgherkin.session.session import Session

    Rows = Sequence[tuple[Cell, ...]]


class Seeder:
    """Empties and fills tables. The first step of a group empties the tables of all."""

    def __init__(self) -> None:
        self._emptied: set[str] = set()
        self._steps_after_group: int | None = None

    def seed(self, databases: Databases, table: str, columns: Sequence[str], rows: Rows) -> None:
        """Empty a table, unless an earlier step of its group did, and put rows into it."""
        ahead = len(databases.session.ahead)
        if self._steps_after_group is None or ahead <= self._steps_after_group:
            self._begin_group(databases, table, columns, rows)
        elif table in self._emptied:
            self._emptied.remove(table)
            if rows:
                databases.write(Seeding(table, (), tuple(columns), rows))
        else:
            databases.write(Seeding(table, (table,), tuple(columns), rows))

    def _begin_group(self, databases: Databases, table: str, columns: Sequence[str], rows: Rows) -> None:
        session = databases.session
        slots = seeded_tables(session.ahead)
        self._steps_after_group = len(session.ahead) - len(slots)
        others = dict.fromkeys(name for slot in slots[1:] if (name := _filled(session, slot)) not in (None, table))
        together = (table, *(str(name) for name in others))
        try:
            databases.write(Seeding(table, together, tuple(columns), rows))
        except SentenceError:
            known = (table, *(name for name in together[1:] if databases.knows(name)))
            if known == together:
                raise
            together = known
            databases.write(Seeding(table, together, tuple(columns), rows))
        self._emptied = set(together[1:])


def _filled(session: Session, slot: object) -> object:
    try:
        return session.fill({"table": slot})["table"]
    except SentenceError:  # told of when its own step runs
        return None
