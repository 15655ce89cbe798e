"""Event loops, on the main thread and in a thread of their own, and the task that owns what outlives an act."""

from __future__ import annotations

import asyncio
import contextvars
import ctypes
import importlib
import sys
import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Self, TypeAlias, TypeVar

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal

from asgherkin.clients.deadlines import comes, start_soon
from asgherkin.clients.hang import family
from asgherkin.errors import AppError, AsgherkinError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractContextManager

    from anyio.abc import TaskGroup

    from asgherkin.clients.asgi import Work

T = TypeVar("T")
LOOPS = ("asyncio", "uvloop", "trio")
_GRACE = 1.0
_BUSY = (
    'The client cannot be used inside an "async def" step: the event loop is busy with that step. '
    'Use the "async_client" fixture there, for example: response = await async_client.get("/").'
)

# Tasks and threads that do not end. Kept, so that no generator of theirs is closed in its middle.
_abandoned: list[object] = []


def make_loop(name: str, given: asyncio.AbstractEventLoop | None = None) -> Loop:
    """The loop of that name for the `async` client; `given` is a running session's own asyncio loop."""
    check_loop(name)
    if name == "trio":
        return PortalLoop.made("trio")
    if name == "uvloop":
        import uvloop  # only there with the extra

        return MainThreadLoop(uvloop.new_event_loop(), own=True)
    return MainThreadLoop(asyncio.new_event_loop(), own=True) if given is None else MainThreadLoop(given)


def check_loop(name: str) -> None:
    """Raise `ConfigurationError` when there is no such loop, or when its extra is not installed."""
    if name not in LOOPS:
        raise ConfigurationError(f'"{name}" is not an event loop. Write one of: {", ".join(LOOPS)}.')
    if sys.modules.get(name) is None:
        try:
            importlib.import_module(name)
        except ImportError as error:
            message = f'{name} is not installed. Install it with: pip install "asgherkin[{name}]"'
            raise ConfigurationError(message) from error


class MainThreadLoop:
    """An asyncio loop driven from the main thread. All its runs share one context; `own` ones are closed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, own: bool = False) -> None:
        self.blocked = False
        """Whether the app blocked its thread for good, so that nothing runs on it any more."""
        self.thread = threading.get_ident()
        self._loop = loop
        self._own = own
        self._context = contextvars.copy_context()
        self._task: asyncio.Task[object] | None = None
        self._error: AppError | None = None

    def run(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function to its end, and return what it returns."""
        return self._run(self._context, function, args)

    def run_apart(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """The same in a context of its own, so that a context variable set in there is not seen outside."""
        return self._run(self._context.copy(), function, args)

    def _run(self, context: contextvars.Context, function: Callable[..., Awaitable[T]], args: tuple[object, ...]) -> T:
        loop = self._loop
        if loop.is_running():
            raise AsgherkinError(_BUSY)
        task = self._task = loop.create_task(_awaited(function, args), context=context)
        task.add_done_callback(self._stop)
        try:
            # Not run_until_complete: AnyIO ends its worker threads with a task that was run by that.
            loop.run_forever()
        except BaseException:
            self._cancel(task)
            raise
        if not task.done():
            raise self._not_done(task)
        return task.result()

    def start(self, work: Work) -> None:
        """Start a background task that lives across runs; also called on the loop. It must not raise."""
        task = self._loop.create_task(work(), context=self._context.copy())
        task.add_done_callback(_look_at)

    def leave(self, error: AppError) -> None:
        """Make the present `run` raise `error` though its function has not ended. Called on the loop."""
        self._error = error
        self.forget(id(self._task))
        self._loop.stop()

    def forget(self, task: int) -> None:
        """Let go of a task and its descendants, which do not end: the loop's end does not wait for them either."""
        ids = {member.id for member in family(task)}
        lost = {member for member in asyncio.all_tasks(self._loop) if id(member) in ids}
        for member in lost:
            asyncio._unregister_task(member)  # noqa: SLF001 - documented in "Extending asyncio"
        for thread in threading.enumerate():
            # An AnyIO worker, which would wait for the end of its task, and keep the process from its own.
            if getattr(thread, "root_task", None) in lost:
                thread.stop()  # type: ignore[attr-defined] # AnyIO names its worker threads nowhere in public
        _abandoned.append(lost)

    def ping(self, answer: Callable[[], None]) -> None:
        """Call `answer` on the loop, from any thread and from a signal handler."""
        self._loop.call_soon_threadsafe(answer)

    def interrupted(self) -> None:
        """An alarm went off. It interrupted the main thread, and with it the app: the loop can go on."""

    def close(self) -> None:
        """End the loop's tasks and the loop, if it is this object's own."""
        if self._own and not self._loop.is_closed():
            try:
                self.run(_end_tasks)
            finally:
                self._loop.close()

    def _stop(self, task: asyncio.Task[object]) -> None:
        # The callback of an interrupted run may come late, and must not stop the next one.
        if task is self._task:
            self._loop.stop()

    def _not_done(self, task: asyncio.Task[T]) -> AppError:
        error, self._error = self._error, None
        if error is None:
            self._cancel(task)
            return AppError("The app stopped the event loop that it runs on.")
        self._task = None
        return error

    def _cancel(self, task: asyncio.Task[T]) -> None:
        if not task.done():
            task.cancel()
            timer = self._loop.call_later(_GRACE, self._loop.stop)
            self._loop.run_forever()
            timer.cancel()
        self._task = None
        _look_at(task)


class PortalLoop:
    """An event loop in another thread, reached through an AnyIO portal. `own` is left when this is closed."""

    def __init__(self, portal: BlockingPortal, own: AbstractContextManager[object] | None = None) -> None:
        self.blocked = False
        self._portal = portal
        self._own = own
        self._lost = False
        self._send_away: Callable[[BaseException], None]
        self.thread, self._call_soon = portal.call(_native)

    @classmethod
    def made(cls, backend: str, *, use_uvloop: bool = False) -> Self:
        """A loop in a thread of its own, which ends with it."""
        manager = start_blocking_portal(backend, {"use_uvloop": True} if use_uvloop else None)
        return cls(manager.__enter__(), manager)

    def run(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function to its end, and return what it returns. Its context is always its own."""
        if threading.get_ident() == self.thread:
            raise AsgherkinError(_BUSY)
        outcome: Future[T] = Future()
        self._send_away = outcome.set_exception
        cancel = self._begin(partial(_deliver, function, args, outcome))
        try:
            return outcome.result()
        except BaseException:
            if not outcome.done():
                cancel()
            raise

    run_apart = run

    def _begin(self, work: Work) -> Callable[[], object]:
        """Start a task; what is returned cancels it."""
        return self._portal.start_task_soon(work).cancel

    def start(self, work: Work) -> None:
        """Start a background task that lives across runs."""
        if threading.get_ident() == self.thread:
            start_soon(work)
        else:
            self._portal.start_task_soon(work)

    def leave(self, error: AppError) -> None:
        """Make the present `run` raise `error` though its function has not ended."""
        self._lost = True
        self._send_away(error)

    def forget(self, _task: int) -> None:
        """Do not wait for the thread of a task that does not end."""
        self._lost = True

    def ping(self, answer: Callable[[], None]) -> None:
        """Call `answer` on the loop, from any thread and from a signal handler."""
        self._call_soon(answer)

    def interrupted(self) -> None:
        """An alarm went off. It interrupted the main thread, but nothing can interrupt the app in its own."""
        self.blocked = True

    def close(self) -> None:
        """End the thread, if it is this object's own; one that does not end is left alone."""
        own, self._own = self._own, None
        if self.blocked or self._lost:
            _keep_for_good((own, self._portal))
        elif own is not None:
            own.__exit__(None, None, None)


class ThreadLoop(PortalLoop):
    """An asyncio loop in a thread of its own, for many short runs: a task is made without a portal's provisions."""

    def _begin(self, work: Work) -> Callable[[], object]:
        tasks: list[asyncio.Task[object]] = []

        def begin() -> None:
            tasks.append(asyncio.get_running_loop().create_task(work()))

        def cancel() -> None:
            tasks[0].cancel()

        self._call_soon(begin)
        return partial(self._call_soon, cancel)


Loop: TypeAlias = MainThreadLoop | PortalLoop
"""An event loop that is driven from outside."""


class TaskOwner:
    """A task that keeps a task group open from an act of a scenario to its end, so that scopes are left in their task.

    What is spawned in it must not raise, or the rest would be cancelled.
    """

    def __init__(self) -> None:
        self.loop: Loop
        self.used = False
        self.task = 0
        """The id of its task."""
        self._group: TaskGroup | None = None
        self._early: list[Work] = []
        self._closed: anyio.Event | None = None

    def spawn(self, work: Work) -> None:
        """Start a task that may live across acts; at once, or as soon as the owner task has started."""
        if not self.used:
            self.used = True
            self.loop.start(self._serve)
        if self._group is None:
            self._early.append(work)
        else:
            self._group.start_soon(work)

    async def _serve(self) -> None:
        self.task = anyio.get_current_task().id
        self._closed = anyio.Event()
        with anyio.CancelScope() as self._scope:
            async with anyio.create_task_group() as group:
                self._group = group
                for work in self._early:
                    group.start_soon(work)
                await anyio.sleep_forever()
        self._closed.set()

    async def close(self, seconds: float) -> None:
        """Cancel what still runs, and forget what does not end within `seconds`."""
        if self._closed is not None:
            self._scope.cancel()
            if not await comes(self._closed, seconds):
                self.loop.forget(self.task)


def _keep_for_good(portal: object) -> None:
    """Never let go of what leads to a thread that does not end, not even when the interpreter ends.

    It would be closed then, which waits for that thread for ever. A reference that nobody gives back prevents it.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(portal))


async def _awaited(function: Callable[..., Awaitable[T]], args: tuple[object, ...]) -> T:
    return await function(*args)


async def _deliver(function: Callable[..., Awaitable[T]], args: tuple[object, ...], outcome: Future[T]) -> None:
    """Put a function's outcome into a future, unless `leave` has put an error into it."""
    with suppress(InvalidStateError):
        try:
            outcome.set_result(await function(*args))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for: an exit would end the thread
            outcome.set_exception(error)


def _look_at(task: asyncio.Task[T]) -> None:
    """Retrieve an exception, which has been dealt with, so that asyncio does not log it."""
    if task.done() and not task.cancelled():
        task.exception()


async def _end_tasks() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        _, pending = await asyncio.wait(others, timeout=_GRACE)
        _abandoned.extend(pending)
        for task in others:
            _look_at(task)
    await asyncio.get_running_loop().shutdown_asyncgens()


async def _native() -> tuple[int, Callable[[Callable[[], None]], object]]:
    """The id of this thread, and the way to call a function on its loop from anywhere."""
    try:
        return threading.get_ident(), asyncio.get_running_loop().call_soon_threadsafe
    except RuntimeError:
        import trio  # only there where the loop is trio's

        return threading.get_ident(), trio.lowlevel.current_trio_token().run_sync_soon
