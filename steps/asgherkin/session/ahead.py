"""What sentences tell about the scenario's database before they run, by marks on their functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from asgherkin.session.crashes import Step

Function = TypeVar("Function", bound="Callable[..., Any]")
_USE, _SLOT = "__asgherkin_database__", "__asgherkin_seeds__"


def uses_database(function: Function) -> Function:
    """Mark a step function: it looks into the database that the fixture `database` gives."""
    setattr(function, _USE, "uses")
    return function


def chooses_database(function: Function) -> Function:
    """Mark a step function: it names another database for the scenario than that of the fixture."""
    setattr(function, _USE, "chooses")
    return function


def seeds_table(slot: str) -> Callable[[Function], Function]:
    """Mark a step function: it empties the table that this slot of its sentence names."""

    def mark(function: Function) -> Function:
        setattr(function, _SLOT, slot)
        return uses_database(function)

    return mark


def needed_fixtures(steps: Sequence[Step]) -> list[str]:
    """The fixtures that the scenario's sentences ask for only when they run."""
    uses = {getattr(step.function, _USE, "") for step in steps}
    return ["database"] if "uses" in uses and "chooses" not in uses else []


def seeded_tables(steps: Sequence[Step]) -> list[object]:
    """The slots with the tables that the first steps empty, up to a step that is about something else."""
    slots: list[object] = []
    for step in steps:
        slot = getattr(step.function, _SLOT, None)
        if slot is None:
            break
        slots.append(step.slots()[slot])
    return slots
