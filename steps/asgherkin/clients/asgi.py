"""The types of ASGI, and what a scope calls itself.

Messages are dictionaries of mixed values by specification (https://asgi.readthedocs.io/en/latest/specs/main.html),
so `Any` is the honest type of their values.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from asgherkin.clients.recorder import Recorder, Wrapper

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGI3: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

WRAPPERS: dict[str, Callable[[Recorder, Scope, Receive, Send], Wrapper]] = {}
"""What makes the wrapper of the app for a type of scopes. A capability puts its own into it, when pytest loads it."""


def in_words(seconds: float) -> str:
    """A duration for a message: "5 seconds", "1 second"."""
    return f"{seconds:g} second" if seconds == 1 else f"{seconds:g} seconds"
