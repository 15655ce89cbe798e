"""The types of ASGI, and those of the callbacks of clients and loops.

Messages are dictionaries of mixed values by specification (https://asgi.readthedocs.io/en/latest/specs/main.html),
so `Any` is the honest type of their values.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from pathlib import Path

    from asgherkin.clients.recorder import Recorder, Wrapper

T = TypeVar("T")
Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGI3: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

WRAPPERS: dict[str, Callable[[Recorder, Scope, Receive, Send], Wrapper]] = {}
"""The factory of the wrapper for a scope's type. A capability adds its own when pytest loads it."""

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


def in_words(seconds: float) -> str:
    """A duration for a message: "5 seconds", "1 second"."""
    return f"{seconds:g} second" if seconds == 1 else f"{seconds:g} seconds"
