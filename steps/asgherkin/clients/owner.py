"""The owner task: what spans acts lives in its task group, so that each scope is left where it was entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import anyio

from asgherkin.clients.deadlines import comes

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup

    from asgherkin.clients.deadlines import Work

    Spawn: TypeAlias = Callable[[Work], None]


class Owner:
    """Keeps a task group open from an act of a scenario to its end.

    What is spawned in it must not raise, or the rest would be cancelled.
    """

    def __init__(self) -> None:
        self.task = 0
        """The id of the owner's task."""
        self._group: TaskGroup | None = None
        self._early: list[Work] = []
        self._closing = anyio.Event()
        self._closed = anyio.Event()

    async def serve(self) -> None:
        """Be the owner task."""
        self.task = anyio.get_current_task().id
        async with anyio.create_task_group() as group:
            self._group = group
            for work in self._early:
                group.start_soon(work)
            await self._closing.wait()
            group.cancel_scope.cancel()
        self._closed.set()

    def spawn(self, work: Work) -> None:
        """Start a task that may live across acts; at once, or as soon as the owner task has started."""
        if self._group is None:
            self._early.append(work)
        else:
            self._group.start_soon(work)

    async def close(self, seconds: float) -> bool:
        """Cancel what still runs; False if it does not end within `seconds`."""
        self._closing.set()
        return await comes(self._closed, seconds)
