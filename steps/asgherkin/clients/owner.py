"""The owner task: what spans acts lives in its task group, so that each scope is left where it was entered."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, TypeAlias

import anyio

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

Spawn: TypeAlias = Callable[[Callable[[], Coroutine[object, object, None]]], None]


class Owner:
    """Keeps a task group open from the first act of a scenario to its end.

    What is spawned in it must not raise, or the rest would be cancelled.
    """

    def __init__(self) -> None:
        self.task = 0
        """The id of the owner's task."""
        self._group: TaskGroup | None = None
        self._opened = anyio.Event()
        self._closing = anyio.Event()
        self._closed = anyio.Event()

    async def serve(self) -> None:
        """Be the owner task."""
        self.task = anyio.get_current_task().id
        async with anyio.create_task_group() as self._group:
            self._opened.set()
            await self._closing.wait()
            self._group.cancel_scope.cancel()
        self._closed.set()

    async def opened(self) -> None:
        """Wait until something can be spawned."""
        if self._group is None:
            await self._opened.wait()

    def spawn(self, function: Callable[[], Coroutine[object, object, None]]) -> None:
        """Start a task that may live across acts."""
        assert self._group is not None, "opened() comes first"
        self._group.start_soon(function)

    async def close(self, seconds: float) -> bool:
        """Cancel what still runs; False if it does not end within `seconds`."""
        self._closing.set()
        with anyio.move_on_after(seconds):
            await self._closed.wait()
        return self._closed.is_set()
