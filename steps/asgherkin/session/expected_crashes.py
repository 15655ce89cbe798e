"""The crashes that a scenario expects, and the failure for an unexpected crash.

A scenario expects a crash where a step up to the next When says so: a sentence whose function carries
`expects_crash` (for instance `the app raised …`, or a 5xx status), or `server errors are returned as responses`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from asgherkin.errors import AppError
from asgherkin.frames import summary, user_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any, Protocol

    from asgherkin.evidence.crash_record import Crash

    class Step(Protocol):
        """A step of the scenario."""

        @property
        def kind(self) -> str:
            """given, when or then."""

        @property
        def function(self) -> Callable[..., object] | None:
            """The function that runs it."""

        @property
        def fixtures(self) -> Sequence[str]:
            """The fixtures of the function."""

        @property
        def table(self) -> Sequence[Sequence[object]]:
            """The data table under it."""

        def slots(self) -> Mapping[str, object]:
            """The slots of its sentence, as written."""


Function = TypeVar("Function", bound="Callable[..., Any]")
_MARK = "__asgherkin_expects_crash__"


def expects_crash(
    when: Callable[[Mapping[str, object], Sequence[Sequence[object]]], bool],
) -> Callable[[Function], Function]:
    """Mark a step function: it expects a crash if `when` says so of the sentence's slots and table."""

    def mark(function: Function) -> Function:
        setattr(function, _MARK, when)
        return function

    return mark


def is_expected(steps: Sequence[Step]) -> bool:
    """Whether the first step, which caused a crash, or a later step before the next When expects it."""
    for position, step in enumerate(steps):
        if position and step.kind == "when":
            return False
        when = getattr(step.function, _MARK, None)
        if when is not None and when(step.slots(), step.table):
            return True
    return False


def crash_error(crash: Crash, root: Path) -> AppError:
    """The failure for a crash: what the app was doing, what it raised, the app's own frames."""
    if isinstance(crash.exception, AppError):
        return crash.exception
    headline = f"The app raised {summary(crash.exception)} ({crash.doing})."
    error = AppError(f"{headline}\n\n{user_frames(crash.exception, root)}")
    error.__cause__ = crash.exception
    return error
