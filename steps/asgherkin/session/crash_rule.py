"""The crash rule: an exception that leaves the app fails the step that caused it, unless the scenario expects it.

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
    from asgherkin.session.app_under_test import AppUnderTest

    class Step(Protocol):
        """What is asked of a step that follows."""

        @property
        def kind(self) -> str:
            """given, when or then."""

        @property
        def function(self) -> Callable[..., object] | None:
            """The function that will run it."""

        @property
        def fixtures(self) -> Sequence[str]:
            """What the function asks for."""

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
    """Whether the first of the steps, which caused a crash, or one of the others up to the next When expects it."""
    for position, step in enumerate(steps):
        if position and step.kind == "when":
            return False
        when = getattr(step.function, _MARK, None)
        if when is not None and when(step.slots(), step.table):
            return True
    return False


class CrashRule:
    """Watches the crashes of a scenario's app, step by step."""

    def __init__(self, app: AppUnderTest) -> None:
        self._app = app
        self._steps: Sequence[Step] = ()
        self._at = 0
        self._known = 0
        self._act_began = 0
        self.raised: Crash | None = None
        """The crash that has failed the scenario."""

    def begin(self, steps: Sequence[Step]) -> None:
        """Know the scenario's steps, the first of which runs now."""
        self._steps = steps

    @property
    def position(self) -> int:
        """The number of the running step, from 0 on; of steps, where the last one has ended."""
        return self._at

    @property
    def is_over(self) -> bool:
        """Whether the last step has ended."""
        return self._at == len(self._steps)

    @property
    def ahead(self) -> Sequence[Step]:
        """The running step, and those after it."""
        return self._steps[self._at :]

    @property
    def of_act(self) -> list[Crash]:
        """The crashes since the last When began."""
        return self._app.crashes[self._act_began :]

    @property
    def untold(self) -> list[Crash]:
        """Those of them that are neither the failure nor known to the caller."""
        return [crash for crash in self.of_act if not crash.delivered and crash is not self.raised]

    def after_step(self) -> None:
        """Go on to the next step; raise what left the app during this one, unless that is expected."""
        self.check()
        self._at += 1
        if not self.is_over and self._steps[self._at].kind == "when":
            self._act_began = len(self._app.crashes)

    def check(self, *, at_end: bool = False) -> None:
        """Raise what has left the app by now, unless it is expected; `at_end`, no step expects anything."""
        crashes = self._app.crashes
        if len(crashes) == self._known:
            return
        fresh = [crash for crash in crashes[self._known :] if not crash.delivered]
        self._known = len(crashes)
        if fresh and not self._app.server_errors_returned and not is_expected(() if at_end else self.ahead):
            self.raised = fresh[0]
            raise crash_error(fresh[0], self._app.surroundings.root)


def crash_error(crash: Crash, root: Path) -> AppError:
    """The failure that tells of a crash: what the app was doing, what it raised, the app's own frames."""
    if isinstance(crash.exception, AppError):
        return crash.exception
    headline = f"The app raised {summary(crash.exception)} ({crash.doing})."
    error = AppError(f"{headline}\n\n{user_frames(crash.exception, root)}")
    error.__cause__ = crash.exception
    return error
