"""Deadlines: no wait for an app is endless, and what hangs is named by the line of the user's code.

Two watches, since neither sees what the other does: `AppCall.watch` cancels a call on the app's loop, and `alarm`
interrupts an app that blocks the loop, where nothing on it can run any more.
"""

from __future__ import annotations

import asyncio
import math
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Self, TypeAlias

import anyio

from asgherkin.clients.asgi import in_words
from asgherkin.clients.hang import hanging_place, thread_place
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from types import FrameType, TracebackType

    from asgherkin.clients.asgi import Limits, Work

PATIENCE = 0.5
"""Seconds that a loop has to answer a ping, and seconds between two alarms."""

Abandon: TypeAlias = Callable[[AppError], None]

_unwaited: set[asyncio.Task[None]] = set()
"""References, since asyncio keeps only weak ones to its tasks."""


def grace(timeout: float) -> float:
    """Seconds that a cancelled app is waited for: the timeout again, at most one."""
    return min(timeout, 1.0)


def waiting_at(where: str) -> str:
    """The end of a message about an app that hangs; empty where its place is not known."""
    return f" It was waiting at {where}" if where else ""


def blocked_loop(limits: Limits, thread: int, doing: str) -> str:
    """The message about an app that blocks the event loop in a thread; `doing` is what the app is asked for."""
    during = f" during {doing}" if doing else ""
    where = thread_place(thread, limits.root)
    at = f", at {where}" if where else ""
    return f"The app blocked its event loop for {in_words(limits.timeout)}{during}{at}"


async def comes(event: anyio.Event, seconds: float) -> bool:
    """Wait for an event; False where it does not come within `seconds`."""
    with anyio.move_on_after(seconds):
        await event.wait()
    return event.is_set()


def is_failure(exception: BaseException) -> bool:
    """Whether an exception is the app's failure: no cancellation, no Ctrl-C. To be called on a loop."""
    return not isinstance(exception, (KeyboardInterrupt, GeneratorExit, anyio.get_cancelled_exc_class()))


class AppCall:
    """One call of the app: for a request, a websocket or its lifespan.

    It can be waited for, watched, cancelled, and abandoned when it does not stop. The watch goes by `moved`, the time
    of the call's last step forward, and by `rests`: while that is not 0 it is the client's turn, and no time runs.
    """

    __slots__ = (
        *("_abandon", "_at_end", "_cancel_timer", "_scope"),
        *("doing", "ended", "error", "failure", "left", "limits", "moved", "rests", "task"),
    )

    def __init__(
        self,
        limits: Limits,
        doing: str = "",
        *,
        at_end: Callable[[], None] | None = None,
        abandon: Abandon | None = None,
    ) -> None:
        """`doing` is what the app is asked for: the recorder sets a request's. `at_end` is called when `ended` is set.

        `abandon` is called in place of the method when the watched call hung, and did not stop when it was cancelled.
        """
        self.doing = doing
        self.ended = anyio.Event()
        self.failure: BaseException | None = None
        """What the call has raised, or why it was abandoned."""
        self.error: AppError | None = None
        """Why the watch has stopped it."""
        self.task = 0
        """The id of its task, as AnyIO has it."""
        self.moved = monotonic()
        self.rests = 0
        self.left = False
        """Whether the client has left, so that nobody waits for the rest of a response."""
        self.limits = limits
        self._at_end = at_end
        self._abandon = abandon
        self._scope = anyio.CancelScope()
        self._cancel_timer: Callable[[], object]

    async def run(self, function: Callable[[], Awaitable[None]]) -> None:
        """Await what calls the app, and keep the exception that it fails with: none of the app's is raised."""
        self.task = anyio.get_current_task().id
        try:
            with self._scope:
                await function()
        except BaseException as exception:
            if not is_failure(exception):
                raise
            self.failure = exception
        finally:
            self._end()

    def place(self) -> str:
        """Where it waits; empty where that is not known. To be called on its loop."""
        return hanging_place(self.task, self.limits.root)

    async def ends(self) -> bool:
        """Wait a while for its end; False where it does not come."""
        if not self.ended.is_set():
            with anyio.move_on_after(grace(self.limits.timeout), shield=True):
                await self.ended.wait()
        return self.ended.is_set()

    async def outcome(self) -> BaseException | None:
        """What it has failed with, once it has ended."""
        await self.ended.wait()
        return self.failure

    def cancel(self) -> None:
        """Cancel it."""
        self._scope.cancel()

    def abandon(self, error: AppError) -> None:
        """Wait for it no more: it does not end."""
        self.failure = error
        self._end()

    def _end(self) -> None:
        self.ended.set()
        # Called once, and let go of: it may lead back to here, and without a circle all of it goes at once.
        at_end, self._at_end = self._at_end, None
        if at_end is not None:
            at_end()

    def leaves(self) -> None:
        """The client leaves."""
        # The client's turn for good: the app does not hang, it is given its time.
        self.rests += 1
        self.left = True

    async def dismiss(self) -> None:
        """Let it end after its client has left. It is cancelled after a while, and abandoned after another."""
        self.leaves()
        if await self.ends():
            return
        self.cancel()
        if not await self.ends():
            within = f"within {in_words(grace(self.limits.timeout))} of its cancellation.{waiting_at(self.place())}"
            self.give_up(f"The client left {self.doing}, and the app did not end {within}")

    def give_up(self, text: str) -> None:
        """Abandon it for a reason, which is a crash."""
        error = AppError(text)
        self.limits.record(error, self.doing)
        self.abandon(error)

    def rest(self) -> None:
        """Let no watch stop it: the client has deadlines of its own."""
        self.rests += 1

    def resume(self) -> None:
        """Let the watch stop it again, the timeout from now."""
        self.rests -= 1
        self.moved = monotonic()

    async def watch(self, call: Awaitable[None], describe: Callable[[], str]) -> None:
        """Await `call`, in `run`. Raises `AppError` when it makes no progress, whatever it does when it is cancelled.

        `describe` says what the app failed to do.
        """
        # Nothing in here leads from the call to `describe`: without a circle all of it goes at once.
        self._cancel_timer = _call_later(self.limits.timeout, partial(self._look, describe))
        try:
            await call
        except BaseException as failure:
            if self.error is None or isinstance(failure, KeyboardInterrupt | GeneratorExit):
                raise
            raise self.error from (failure if is_failure(failure) else None)
        finally:
            self._cancel_timer()
        if self.error is not None:
            raise self.error

    def _look(self, describe: Callable[[], str]) -> None:
        timeout = self.limits.timeout
        left = timeout if self.rests else self.moved + timeout - monotonic()
        if left > 0:
            self._cancel_timer = _call_later(left, partial(self._look, describe))
        else:
            start_soon(partial(self._stop, describe))

    async def _stop(self, describe: Callable[[], str]) -> None:
        if self.ended.is_set():
            return
        where = waiting_at(self.place())
        text = describe()
        self.error = AppError(text + where)
        self.cancel()
        if not await self.ends():
            self.error = AppError(f"{text} It did not stop when it was cancelled either.{where}")
            self.limits.record(self.error, self.doing)
            (self._abandon or self.abandon)(self.error)


def start_soon(work: Work) -> None:
    """Start a task that nobody waits for, from a function that a timer calls too. It must not raise."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        import trio  # only there where the loop is trio's

        trio.lowlevel.spawn_system_task(work)
    else:
        task = loop.create_task(work())
        _unwaited.add(task)
        task.add_done_callback(_unwaited.discard)


def _call_later(delay: float, function: Callable[[], None]) -> Callable[[], object]:
    """Call a function on this loop after `delay` seconds, unless what is returned is called before."""
    # No task that sleeps: each request has its timer, which takes 2 µs to make and to cancel, a task group 60.
    with suppress(RuntimeError):  # the loop is trio's
        return asyncio.get_running_loop().call_later(delay, function).cancel
    scope = anyio.CancelScope()

    async def wait() -> None:
        with scope:
            await anyio.sleep(delay)
        if not scope.cancelled_caught:
            function()

    start_soon(wait)
    return scope.cancel


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

    def __init__(
        self,
        seconds: float,
        *,
        explain: Callable[[], str] | None = None,
        ping: Callable[[Callable[[], None]], object] | None = None,
    ) -> None:
        self._seconds = seconds
        self._explain = explain or (lambda: f"The app blocked its thread for {in_words(seconds)}.")
        self._ping = ping
        self._pinged = self._alive = False
        self.error: AppError | None = None

    def __enter__(self) -> Self:
        self._on = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        if self._on:
            now = monotonic()
            self._due = now + self._seconds + (2 * PATIENCE if self._ping is None else PATIENCE)
            self._outer = signal.signal(signal.SIGALRM, self.ring)
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
            signal.signal(signal.SIGALRM, self._outer or int(signal.SIG_DFL))
            self._set_timer(self._interval)

    def _set_timer(self, interval: float = 0) -> None:
        due = min(self._due, self._outer_due)
        if due < math.inf:
            signal.setitimer(signal.ITIMER_REAL, max(due - monotonic(), 0.001), interval)

    def ring(self, number: int, frame: FrameType | None) -> None:
        """Handle the signal."""
        try:
            if monotonic() >= self._outer_due:
                self._outer_due = monotonic() + self._interval if self._interval else math.inf
                if callable(self._outer):
                    self._outer(number, frame)
            if monotonic() >= self._due and not self._answers():
                self._due = monotonic() + PATIENCE
                self.error = self.error or AppError(self._explain())
                raise AppBlocked(self.error)
        finally:
            self._set_timer()

    def _answers(self) -> bool:
        """Whether the loop may still answer a ping, or has answered."""
        if self._ping is None or self.error is not None:
            return False
        hope = not self._pinged or self._alive
        self._due = monotonic() + (self._seconds + PATIENCE if self._pinged else PATIENCE)
        self._pinged, self._alive = not self._pinged, False
        if self._pinged:
            with suppress(RuntimeError):  # the loop is closed
                self._ping(partial(setattr, self, "_alive", True))
        return hope
