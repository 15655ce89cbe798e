"""The ports: what a scenario asks of a client, and what a client asks of an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from http.cookiejar import CookieJar
    from pathlib import Path
    from types import FrameType

    import httpx2

    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.timing import Work
    from asgherkin.errors import AppError

T = TypeVar("T")


class Client(Protocol):
    """A way to reach the app, for one scenario. Its methods are called on the main thread."""

    name: str
    """What a feature calls it: `async`, `test`."""
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

    def plug(self, http: object) -> None:
        """Use a user's own client for `request` and `send`; exceptions that are not httpx's are crashes."""
        ...

    def close(self) -> None:
        """End what the scenario holds: clients, the app's calls, the lifespan. The loop stays usable."""
        ...

    def close_loop(self) -> None:
        """End the loop, if it is the client's own."""
        ...


class Loop(Protocol):
    """An event loop that is driven from outside."""

    blocked: bool
    """Whether the app blocked its thread for good, so that nothing runs on it any more."""

    def run(self, function: Callable[..., Awaitable[T]], *args: object, apart: bool = False) -> T:
        """Run an async function to its end, and return what it returns.

        `apart`: in a context of its own, so that a context variable set in there is not seen outside.
        """
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
