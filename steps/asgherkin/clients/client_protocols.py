"""The callbacks of clients and loops, as types."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path


T = TypeVar("T")
Work: TypeAlias = Callable[[], Coroutine[object, object, None]]
Spawn: TypeAlias = Callable[[Work], None]
"""Starts a task on the app's loop that lives until the scenario ends. It must not raise."""


class Run(Protocol):
    """Runs an async function on the app's loop."""

    def __call__(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run it to its end."""


class RunAs(Protocol):
    """Runs an async function on the app's loop; `doing` is what the app is asked for: `GET /board`."""

    def __call__(self, doing: str, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run it to its end. Raises `AppError` when the app blocks its event loop."""


class BeforeShutDown(Protocol):
    """Called on the app's loop before the app is shut down."""

    async def __call__(self, *, restarts: bool) -> None:
        """Leave what a capability holds open. `restarts`: the scenario goes on after the shut-down."""


class Limits(Protocol):
    """What bounds the calls of an app; a `Recorder` has it."""

    timeout: float
    """Seconds."""
    root: Path
    """Places in the code are relative to it."""

    def record(self, exception: BaseException, doing: str) -> object:
        """Record a crash."""
