"""The hang watch: stops a call of the app that makes no progress, and says where it was waiting."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

import anyio

from asgherkin.clients.hang import hanging_place
from asgherkin.clients.timing import Flag, call_later, current_task_id, start_soon
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

Abandon: TypeAlias = Callable[[AppError], None]


def grace(timeout: float) -> float:
    """Seconds that a cancelled app is waited for: the timeout again, at most one."""
    return min(timeout, 1.0)


def waiting_at(where: str) -> str:
    """The end of a message about an app that hangs; empty where its place is not known."""
    return f" It was waiting at {where}" if where else ""


class Watch:
    """Watches one call of the app by `moved`, the time of its last step forward, and by `rests`.

    While `rests` is not 0 it is the client's turn, not the app's, and no time runs.
    """

    __slots__ = (
        *("_abandon", "_describe", "_over", "_root", "_scope", "_task", "_timer"),
        *("error", "left", "moved", "rests", "timeout"),
    )

    def __init__(self, timeout: float, root: Path) -> None:
        self.timeout = timeout
        self._root = root
        self.error: AppError | None = None
        self.rests = 0
        self.left = False
        """Whether the client has left, so that nobody waits for the rest of a response."""
        self._over = Flag()

    async def guard(self, call: Awaitable[None], describe: Callable[[], str], abandon: Abandon) -> None:
        """Await `call`. Raises `AppError` when it hung, whatever it did after it was cancelled.

        `describe` says what the app failed to do. `abandon` is called when it does not stop at all.
        """
        self._describe = describe
        self._abandon = abandon
        self._task = current_task_id()
        self.moved = monotonic()
        self._timer = call_later(self.timeout, self._look)
        try:
            with anyio.CancelScope() as self._scope:
                await call
        except Exception as failure:
            if self.error is None:
                raise
            raise self.error from failure
        finally:
            self._timer.cancel()
            self._over.set()
            # They lead back to here: without a circle all of it goes at once, not by garbage collection.
            del self._describe, self._abandon, self._scope, self._timer
        if self.error is not None:
            raise self.error

    def _look(self) -> None:
        left = self.timeout if self.rests else self.moved + self.timeout - monotonic()
        if left > 0:
            self._timer = call_later(left, self._look)
        else:
            start_soon(self._stop)

    async def _stop(self) -> None:
        if self._over.is_set:
            return
        where = waiting_at(hanging_place(self._task, self._root))
        text = self._describe()
        self.error = AppError(text + where)
        self._scope.cancel()
        with anyio.move_on_after(grace(self.timeout)):
            await self._over.wait()
            return
        self.error = AppError(f"{text} It did not stop when it was cancelled either.{where}")
        self._abandon(self.error)
