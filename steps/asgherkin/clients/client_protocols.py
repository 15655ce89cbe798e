"""Protocols: what a capability builds upon, and the callbacks of clients and loops. For type checkers alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping
    from http.cookiejar import CookieJar
    from pathlib import Path

    import httpx2

    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.server import Server

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


class Side(Protocol):
    """What a capability builds upon: a client as sentences use it, or as a user's own code does (`user_side`)."""

    name: str
    """What a feature calls the client: `async`, `test`, `live`."""
    recorder: Recorder
    """It has the scenario's exchanges, and the app's crashes."""
    before_shut_down: list[BeforeShutDown]
    """What capabilities have to leave before the app is shut down."""

    @property
    def state(self) -> Mapping[str, object]:
        """What the app keeps from its start-up; each scope gets a copy."""

    def act(self, doing: str, function: Callable[[], T]) -> T:
        """Call a function that waits for the app. Raises `AppError` when the app blocks its event loop."""

    def run_as(self, doing: str, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function on the app's loop; see `RunAs`."""

    def build_request(self, method: str, url: str, **options: object) -> httpx2.Request:
        """A request with the scenario's cookies and base URL; `options` are httpx2's."""

    def spawn(self, work: Work) -> None:
        """Start a task on the app's loop that lives until the scenario ends. It must not raise."""


class LiveSide(Side, Protocol):
    """What a live client offers beside."""

    cookies: CookieJar

    @property
    def pool(self) -> httpx2.AsyncBaseTransport:
        """The connections that requests go over."""

    async def serving(self) -> Server | None:
        """The server of this process that requests go to, listening; None for a deployed server."""


class Limits(Protocol):
    """What bounds the calls of an app; a `Recorder` has it."""

    timeout: float
    """Seconds."""
    root: Path
    """Places in the code are relative to it."""

    def record(self, exception: BaseException, doing: str) -> object:
        """Record a crash."""
