"""An alarm for an app that blocks its thread, where nothing on the event loop can run any more."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from types import FrameType, TracebackType
from typing import Self, TypeAlias

from asgherkin.clients.asgi import in_words
from asgherkin.errors import AppError

PATIENCE = 0.5
"""Seconds that a loop has to answer a ping, and seconds between two alarms."""

# The C function itself: the public one around it spends several times its time on making enumerations.
_set_handler: Callable[[int, object], object] = getattr(signal, "_signal", signal).signal

Ping: TypeAlias = Callable[[Callable[[], None]], object]
Explain: TypeAlias = Callable[[FrameType | None], str]


class AppBlocked(BaseException):
    """Raised in the main thread when an app blocks its thread; no `except Exception` of the app's holds it up."""

    def __init__(self, error: AppError) -> None:
        super().__init__(str(error))
        self.error = error


class alarm:  # noqa: N801 - used as a function is: `with alarm(5):`
    """Raise `AppBlocked` in this block when it is blocked, one second later than `seconds` after its start.

    It is raised again every half second until the block is left, since a clean-up may block again. Given a
    `ping`, which calls a function on the event loop from any thread, a loop that answers it is only busy and
    gets the whole time again. An outer timer of the process (pytest-timeout has one) goes off in its own time.
    Does nothing outside the main thread and on platforms without `setitimer`. `error` is set once it went off.
    """

    __slots__ = (
        *("_alive", "_due", "_explain", "_interval", "_on", "_outer", "_outer_due", "_ping", "_pinged"),
        *("_seconds", "error"),
    )

    def __init__(self, seconds: float, *, explain: Explain | None = None, ping: Ping | None = None) -> None:
        self._seconds = seconds
        self._explain = explain or (lambda _: f"The app blocked its thread for {in_words(seconds)}.")
        self._ping = ping
        self._pinged = self._alive = False
        self.error: AppError | None = None

    def __enter__(self) -> Self:
        self._on = _available()
        if self._on:
            now = monotonic()
            self._due = now + self._seconds + (2 * PATIENCE if self._ping is None else PATIENCE)
            self._outer = _set_handler(signal.SIGALRM, self.ring)
            left, self._interval = signal.setitimer(signal.ITIMER_REAL, self._due - now)
            self._outer_due = now + left if left else math.inf
            if self._outer_due < self._due:
                self._set_timer()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._on:
            self._due = math.inf
            signal.setitimer(signal.ITIMER_REAL, 0)
            _set_handler(signal.SIGALRM, self._outer or int(signal.SIG_DFL))
            self._set_timer(self._interval)

    def _set_timer(self, interval: float = 0) -> None:
        due = min(self._due, self._outer_due)
        if due < math.inf:
            signal.setitimer(signal.ITIMER_REAL, max(due - monotonic(), 0.001), interval)

    def ring(self, number: int, frame: FrameType | None) -> None:
        """Handle the signal."""
        try:
            if monotonic() >= self._outer_due:
                self._ring_outer(number, frame)
            if monotonic() >= self._due and not self._answers():
                self._due = monotonic() + PATIENCE
                self._raise(frame)
        finally:
            self._set_timer()

    def _ring_outer(self, number: int, frame: FrameType | None) -> None:
        self._outer_due = monotonic() + self._interval if self._interval else math.inf
        if callable(self._outer):
            self._outer(number, frame)

    def _answers(self) -> bool:
        """Whether there is still hope: the loop was only just asked, or it has answered."""
        if self._ping is None or self.error is not None:
            return False
        hope = not self._pinged or self._alive
        self._due = monotonic() + (self._seconds + PATIENCE if self._pinged else PATIENCE)
        self._pinged, self._alive = not self._pinged, False
        if self._pinged:
            with suppress(RuntimeError):  # the loop is closed
                self._ping(self._answer)
        return hope

    def _answer(self) -> None:
        self._alive = True

    def _raise(self, frame: FrameType | None) -> None:
        if self.error is None:
            self.error = AppError(self._explain(frame))
        raise AppBlocked(self.error)


def _available() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
