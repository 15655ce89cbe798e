"""Where an app hangs: the place in its code that a task, or a thread, is waiting at."""

from __future__ import annotations

import gc
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

import anyio

from asgherkin.frames import is_machinery, is_users, place, source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# These hide the generator that they belong to; only the garbage collector finds it.
_OPAQUE = frozenset({"async_generator_asend", "async_generator_athrow", "anext_awaitable", "coroutine_wrapper"})
_THREAD_BRIDGES = frozenset({"run_sync_in_worker_thread", "to_thread_run_sync", "to_thread"})


def hanging_place(task: int, root: Path) -> str:
    """Where the task with the id `task` waits, or the task of its family that is deepest in the user's code.

    Of the frames under `root` it is the innermost, else the innermost one that is not a library's.
    Empty where no frame can be found. To be called on the loop of the task.
    """
    chains = [list(_frames(member.coro)) for member in family(task)]
    own = (_innermost(chain, root) for chain in chains)
    return _in_thread(chains, root) or next((text for text in own if text), "") or _any_place(chains, root)


def family(task: int) -> list[anyio.TaskInfo]:
    """A task and its descendants, the deepest first; empty when the task has ended."""
    running = anyio.get_running_tasks()
    found = [info for info in running if info.id == task]
    for member in found:
        found.extend(info for info in running if info.parent_id == member.id)
    return found[::-1]


def thread_place(thread: int, root: Path) -> str:
    """Where a running thread is, by its id: in the user's code, else in what is no machinery; empty where unknown."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - documented for just this
    chain = list(_callers(frame))[::-1]
    return _innermost(chain, root) or _any_place([chain], root)


def _frames(awaitable: object) -> Iterator[FrameType]:
    while awaitable is not None:
        for prefix in ("cr", "ag", "gi"):
            frame = getattr(awaitable, f"{prefix}_frame", None)
            if isinstance(frame, FrameType):
                yield frame
                break
        awaitable = _awaited(awaitable)


def _awaited(awaitable: object) -> object:
    if type(awaitable).__name__ in _OPAQUE:
        named = ("cr_frame", "ag_frame", "gi_frame")
        inner = gc.get_referents(awaitable)
        return next((x for x in inner if type(x).__name__ in _OPAQUE or any(hasattr(x, name) for name in named)), None)
    for name in ("cr_await", "ag_await", "gi_yieldfrom"):
        if hasattr(awaitable, name):
            return getattr(awaitable, name)
    return None


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _innermost(chain: list[FrameType], root: Path) -> str:
    return next((_at(frame, root) for frame in chain[::-1] if is_users(frame.f_code.co_filename, root)), "")


def _any_place(chains: list[list[FrameType]], root: Path) -> str:
    frames = [frame for chain in chains for frame in chain[::-1]]
    return next((_at(frame, root) for frame in frames if not is_machinery(frame)), "")


def _in_thread(chains: list[list[FrameType]], root: Path) -> str:
    """The place of a worker thread, if one of the tasks waits for a function that runs in one."""
    if not any(frame.f_code.co_name in _THREAD_BRIDGES for chain in chains for frame in chain):
        return ""
    others = {thread.ident for thread in threading.enumerate()} - {
        threading.get_ident(),
        threading.main_thread().ident,
    }
    places = (
        _innermost(list(_callers(frame))[::-1], root)
        for ident, frame in sys._current_frames().items()  # noqa: SLF001 - documented for just this
        if ident in others
    )
    return next((text for text in places if text), "")


def _at(frame: FrameType, root: Path) -> str:
    where = place(frame.f_code, frame.f_lineno, root)
    text = source(frame.f_code, frame.f_lineno)
    return f"{where}: {text}" if text else where
