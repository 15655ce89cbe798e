"""The types of ASGI, and what a scope calls itself.

Messages are dictionaries of mixed values by specification (https://asgi.readthedocs.io/en/latest/specs/main.html),
so `Any` is the honest type of their values.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

if TYPE_CHECKING:
    from asgherkin.clients.recorder import Recorder, Wrapper

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGI3: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

WRAPPERS: dict[str, Callable[[Recorder, Scope, Receive, Send], Wrapper]] = {}
"""What makes the wrapper of the app for a type of scopes. A capability puts its own into it, when pytest loads it."""


def target(scope: Scope) -> str:
    """The path and the query of a scope, as they stand in a request line."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    query: bytes = scope.get("query_string", b"")
    return (raw + b"?" + query if query else raw).decode("latin-1")


def decoded(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Headers as text."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def in_words(seconds: float) -> str:
    """A duration for a message: "5 seconds", "1 second"."""
    return f"{seconds:g} second" if seconds == 1 else f"{seconds:g} seconds"
