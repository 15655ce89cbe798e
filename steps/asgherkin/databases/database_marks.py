"""What sentences tell about the scenario's database before they run, by marks on their functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from asgherkin.session.loops import asks_for, replaces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from asgherkin.session.crashes import Step

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


def seeded_tables(steps: Sequence[Step]) -> list[object]:
    """The slots with the tables that the first steps empty, up to a step that is about something else."""
    slots: list[object] = []
    for step in steps:
        slot = getattr(step.function, _SLOT, None)
        if slot is None:
            break
        slots.append(step.slots()[slot])
    return slots
