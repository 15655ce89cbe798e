"""The ports: what a scenario asks of a client, and what a client asks of an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from http.cookiejar import CookieJar
    from pathlib import Path
    from types import FrameType

    import httpx2
    from starlette.testclient import TestClient

    from asgherkin.clients.deadlines import Work
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.server import Server
    from asgherkin.errors import AppError

T = TypeVar("T")


class Client(Protocol):
    """A way to reach the app, for one scenario. Its methods are called on the main thread."""

    name: str
    """What a feature calls it: `async`, `test`, `live`."""
    host: str
    """The host that its requests name; a cookie belongs to it."""
    recorder: Recorder
    """Where its exchanges and the app's crashes are."""
    cookies: CookieJar
    """The one jar of all its HTTP clients."""
    return_server_errors: bool
    """Whether `http` and `async_http` return a crash as a response; to be set before their first use."""

    def start(self, *, again: bool = False) -> None:
        """Start the app, once; `again` starts it anew after a shut-down. Raises `AppError` when it fails."""
        ...

    def shut_down(self) -> None:
        """Shut the app down. Requests reach it as it is then. Raises `AppError` when it fails."""
        ...

    def finish(self) -> None:
        """The scenario's steps are over: shut the app down, unless it serves other scenarios too.

        Raises `AppError` when that fails.
        """
        ...

    def request(self, method: str, url: str, *, follow_redirects: bool, **options: object) -> httpx2.Response:
        """Send a request, with httpx2's options, and read the whole response.

        Returns after the call of the app has ended, background tasks included. Never raises the app's own
        exception: that is recorded, and the response is the app's 500 or a bare one.
        """
        ...

    def request_together(
        self, count: int, method: str, url: str, *, follow_redirects: bool, **options: object
    ) -> list[httpx2.Response]:
        """Send the same request `count` times at once."""
        ...

    def send(self, request: httpx2.Request, *, follow_redirects: bool) -> httpx2.Response:
        """Send a request that is made already, such as a response's `next_request`."""
        ...

    def run(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function on the app's loop."""
        ...

    @property
    def http(self) -> httpx2.Client:
        """A client for sync code. Raises the app's exceptions, as `async_http` does."""
        ...

    @property
    def async_http(self) -> httpx2.AsyncClient:
        """A client for async code on the app's loop."""
        ...

    def stream_transport(self) -> httpx2.AsyncBaseTransport:
        """A transport for responses that are read with deadlines; each response's stream is a `ResponseStream`.

        Raises `AppError` when a response has not started within the timeout.
        """
        ...

    def httpx_client(self, transport: httpx2.AsyncBaseTransport) -> httpx2.AsyncClient:
        """An httpx2 client for the app's loop with the scenario's cookies and base URL."""
        ...

    before_shut_down: list[BeforeShutDown]
    """What capabilities have to leave before the app is shut down."""

    @property
    def state(self) -> Mapping[str, object]:
        """What the app keeps from its start-up; each scope gets a copy."""
        ...

    @property
    def user_side(self) -> Side:
        """The same for a user's own code, which may run on another loop."""
        ...

    def act(self, doing: str, function: Callable[[], T]) -> T:
        """Call a function that waits for the app. Raises `AppError` when the app blocks its event loop."""
        ...

    def run_as(self, doing: str, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function on the app's loop; see `RunAs`."""
        ...

    def spawn(self, work: Work) -> None:
        """Start a task on the app's loop that lives until the scenario ends. It must not raise."""
        ...

    def build_request(self, method: str, url: str, **options: object) -> httpx2.Request:
        """A request with the scenario's cookies and base URL; `options` are httpx2's."""
        ...

    def plug(self, http: object) -> None:
        """Use a user's own client for `request` and `send`; exceptions that are not httpx's are crashes."""
        ...

    def close(self) -> None:
        """End what the scenario holds: clients, the app's calls, the lifespan. The loop stays usable."""
        ...

    def close_loop(self) -> None:
        """End the loop, if it is the client's own."""
        ...


class Run(Protocol):
    """Runs an async function on the app's loop."""

    def __call__(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run it to its end."""
        ...


class RunAs(Protocol):
    """Runs an async function on the app's loop; `doing` is what the app is asked for: `GET /board`."""

    def __call__(self, doing: str, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run it to its end. Raises `AppError` when the app blocks its event loop."""
        ...


class Spawn(Protocol):
    """Starts a task on the app's loop that spans acts. It must not raise."""

    def __call__(self, work: Work) -> None:
        """Start it."""
        ...


class BeforeShutDown(Protocol):
    """Called on the app's loop before the app is shut down, to leave what a capability holds open."""

    async def __call__(self, *, restarts: bool) -> None:
        """`restarts`: it is the app that goes, in the middle of a scenario; else the scenario has ended."""
        ...


class Side(Protocol):
    """What a capability builds upon: a client as sentences use it, or as a user's own code does (`user_side`)."""

    name: str
    """What a feature calls the client: `async`, `test`, `live`."""
    recorder: Recorder
    before_shut_down: list[BeforeShutDown]

    @property
    def state(self) -> Mapping[str, object]:
        """What the app keeps from its start-up; each scope gets a copy."""
        ...

    def act(self, doing: str, function: Callable[[], T]) -> T:
        """Call a function that waits for the app. Raises `AppError` when the app blocks its event loop."""
        ...

    def run_as(self, doing: str, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function on the app's loop; see `RunAs`."""
        ...

    def spawn(self, work: Work) -> None:
        """Start a task on the loop that lives until the scenario ends. It must not raise."""
        ...

    def build_request(self, method: str, url: str, **options: object) -> httpx2.Request:
        """A request with the scenario's cookies and base URL; `options` are httpx2's."""
        ...


class Limits(Protocol):
    """What bounds the calls of an app; a `Recorder` has it."""

    timeout: float
    """Seconds."""
    root: Path
    """Places in the code are relative to it."""

    def record(self, exception: BaseException, doing: str) -> object:
        """Record a crash."""
        ...


class TestClientSide(Side, Protocol):
    """What the client `test` offers beside."""

    @property
    def test_client(self) -> TestClient:
        """The entered one."""
        ...


class LiveSide(Side, Protocol):
    """What a live client offers beside."""

    cookies: CookieJar

    @property
    def pool(self) -> httpx2.AsyncBaseTransport:
        """The connections that requests go over."""
        ...

    async def serving(self) -> Server | None:
        """The server of this process that requests go to, listening; None for a deployed one."""
        ...


class Loop(Protocol):
    """An event loop that is driven from outside."""

    blocked: bool
    """Whether the app blocked its thread for good, so that nothing runs on it any more."""

    def run(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function to its end, and return what it returns."""
        ...

    def run_apart(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """The same in a context of its own, so that a context variable set in there is not seen outside."""
        ...

    def start(self, work: Work) -> None:
        """Start a background task that lives across runs; also called on the loop. It must not raise."""
        ...

    def leave(self, error: AppError) -> None:
        """Make the present `run` raise `error` though its function has not ended. Called on the loop."""
        ...

    def forget(self, task: int) -> None:
        """Stop waiting for a task and its descendants, which do not end. Called on the loop."""
        ...

    def ping(self, answer: Callable[[], None]) -> None:
        """Call `answer` on the loop, from any thread and from a signal handler."""
        ...

    def place(self, frame: FrameType | None, root: Path) -> str:
        """Where the loop's thread is at; `frame` is the main thread's."""
        ...

    def interrupted(self) -> None:
        """Take note that an alarm went off because this loop was blocked."""
        ...

    def close(self) -> None:
        """End the loop, if it is this object's own."""
        ...
