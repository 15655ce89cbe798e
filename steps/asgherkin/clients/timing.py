"""Timers and a flag for the hot path, on asyncio and on trio: AnyIO's own do more than is needed here."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Work: TypeAlias = Callable[[], Coroutine[object, object, None]]

_working: set[asyncio.Task[None]] = set()


class Timer(Protocol):
    """Something that happens later, if it is not cancelled before."""

    def cancel(self) -> object:
        """Let it not happen."""
        ...


class Flag:
    """An event, cheap to make: set once, on the loop of the tasks that wait for it."""

    __slots__ = ("_wakers", "is_set")

    def __init__(self) -> None:
        self.is_set = False
        self._wakers: list[Callable[[], object]] = []

    def set(self) -> None:
        """Wake the tasks that wait."""
        self.is_set = True
        for wake in self._wakers:
            wake()
        self._wakers.clear()

    async def wait(self) -> None:
        """Wait until it is set."""
        if self.is_set:
            return
        loop = _asyncio_loop()
        if loop is None:
            import trio

            event = trio.Event()
            self._wakers.append(event.set)
            await event.wait()
        else:
            waiter = loop.create_future()
            self._wakers.append(partial(_resolve, waiter))
            await waiter


def current_task_id() -> int:
    """The id of the current task, as AnyIO has it."""
    if _asyncio_loop() is None:
        import trio

        return id(trio.lowlevel.current_task())
    return id(asyncio.current_task())


def call_later(delay: float, function: Callable[[], None]) -> Timer:
    """Call a function on this loop after `delay` seconds."""
    loop = _asyncio_loop()
    return _call_later_on_trio(delay, function) if loop is None else loop.call_later(delay, function)


def start_soon(work: Work) -> None:
    """Start a task that nobody waits for, from a function that `call_later` calls too. It must not raise."""
    loop = _asyncio_loop()
    if loop is None:
        import trio

        trio.lowlevel.spawn_system_task(work)
    else:
        task = loop.create_task(work())
        _working.add(task)
        task.add_done_callback(_working.discard)


def _resolve(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _asyncio_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _call_later_on_trio(delay: float, function: Callable[[], None]) -> Timer:
    # Only there where the loop is trio's.
    import trio

    scope = trio.CancelScope()

    async def wait() -> None:
        with scope:
            await trio.sleep(delay)
        if not scope.cancelled_caught:
            function()

    trio.lowlevel.spawn_system_task(wait)
    return scope
