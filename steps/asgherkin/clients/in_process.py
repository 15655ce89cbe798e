"""The clients of an app in this process: what they have in common, and the client `async`, all on one loop."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import anyio
import httpx2

from asgherkin.clients.deadlines import AppBlocked, alarm, blocked_loop, grace
from asgherkin.clients.lifespan import Lifespan
from asgherkin.clients.loop import TaskOwner
from asgherkin.clients.response_stream import Bridge, StreamTransport
from asgherkin.clients.transport import WholeTransport
from asgherkin.errors import AppError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from http.cookiejar import CookieJar

    from asgherkin.clients.asgi import BeforeShutDown
    from asgherkin.clients.loop import Loop
    from asgherkin.clients.recorder import Recorder

T = TypeVar("T")
Outcome: TypeAlias = httpx2.Response | Exception | None
_HOST = "testserver"
BASE_URL = f"http://{_HOST}"
_HTTPX = frozenset({"httpx", "httpx2", "httpcore", "httpcore2"})


class Client(ABC):
    """A way to reach the app, for one scenario. Its methods are called on the main thread."""

    name: str
    """What a feature calls it: `async`, `test`, `live`."""
    host = _HOST
    """The host that its requests name; a cookie belongs to it."""
    base_url = BASE_URL

    def __init__(self, recorder: Recorder, loop: Loop, owner: TaskOwner) -> None:
        """`loop` is the app's. What spans acts runs in `owner`."""
        # Whatever level an app or a project has set for all loggers.
        logging.getLogger("httpx2").addFilter(_is_of_others)
        self.recorder = recorder
        # httpx2's own kind of jar: finding a cookie in it takes no search.
        self.cookies: CookieJar = httpx2.Cookies().jar
        self.return_server_errors = False
        """Whether `http` and `async_http` return a crash as a response; to be set before their first use."""
        self.before_shut_down: list[BeforeShutDown] = []
        self.loop = loop
        self.spawn = owner.spawn
        self._owner = owner
        owner.loop = loop
        self._lifespan = Lifespan(recorder)
        self._closed = False
        self._plugged: Any = None  # of httpx or of httpx2, sync or async
        self._async_http: httpx2.AsyncClient | None = None
        self._builder: httpx2.AsyncClient | None = None

    # The lifespan

    def start(self, *, again: bool = False) -> None:
        """Start the app, once; `again` starts it anew after a shut-down. Raises `AppError` when it fails."""
        self.act("start-up", lambda: self.loop.run(partial(self._lifespan.start, self.loop.start, again=again)))

    def shut_down(self) -> None:
        """Shut the app down. Requests reach it as it is then. Raises `AppError` when it fails."""
        self.act("shut-down", lambda: self.loop.run(self._stop))

    def finish(self) -> None:
        """The scenario's steps are over: shut the app down, unless it serves other scenarios too.

        Raises `AppError` when that fails.
        """
        self.shut_down()

    async def _stop(self) -> None:
        await self._leave_open(restarts=True)
        await self._lifespan.stop()

    async def _leave_open(self, *, restarts: bool) -> None:
        """Let capabilities leave what is still open, before the app is shut down."""
        for leave in self.before_shut_down:
            await leave(restarts=restarts)

    # For capabilities

    @property
    def state(self) -> Mapping[str, object]:
        """What the app keeps from its start-up; each scope gets a copy."""
        return self._lifespan.state

    @property
    def user_side(self) -> Client:
        """The same for a user's own code, which may run on another loop."""
        return self

    def act(self, doing: str, function: Callable[[], T], *, raising: bool = False) -> T:
        """Call a function that waits for the app. Raises `AppError` when the app blocks its event loop.

        `raising`: also where the app was interrupted, failed with that, and the function has returned.
        """
        if self.loop.blocked:
            raise AppError("The app still blocks its event loop, so it cannot be reached any more.")
        watch = alarm(
            self.recorder.timeout,
            explain=partial(blocked_loop, self.recorder, self.loop.thread, doing),
            ping=partial(self._ping, doing),
        )
        try:
            with watch:
                result = function()
        except AppBlocked as blocked:
            self.loop.interrupted()
            raise blocked.error from None
        finally:
            # An app may have swallowed it: what it did is a crash all the same.
            if watch.error is not None:
                self.recorder.record(watch.error, doing)
        if raising and watch.error is not None:
            raise watch.error
        return result

    def _ping(self, doing: str, answer: Callable[[], None]) -> None:
        # A user's own async function may block the loop, as a sync one does; an app may not.
        if doing or self.recorder.running:
            self.loop.ping(answer)
        else:
            answer()

    def run(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function on the app's loop."""
        return self.act("", lambda: self.loop.run(function, *args))

    def run_as(self, doing: str, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function on the app's loop; `doing` is what the app is asked for: `GET /board`."""
        return self.act(doing, lambda: self.loop.run(function, *args), raising=True)

    def build_request(self, method: str, url: str, **options: object) -> httpx2.Request:
        """A request with the scenario's cookies and base URL; `options` are httpx2's."""
        if self._builder is None:
            self._builder = self.httpx_client(self._stream_transport(raising=False))
        build = cast("Callable[..., httpx2.Request]", self._builder.build_request)
        return build(method, url, **options)

    # Requests

    def request(self, method: str, url: str, *, follow_redirects: bool, **options: object) -> httpx2.Response:
        """Send a request, with httpx2's options, and read the whole response.

        Returns after the call of the app has ended, background tasks included. Never raises the app's own
        exception: that is recorded, and the response is the app's 500 or a bare one.
        """
        send = partial(self._client().request, method, url, follow_redirects=follow_redirects, **options)
        return self._respond(method, url, send)

    def request_together(
        self, count: int, method: str, url: str, *, follow_redirects: bool, **options: object
    ) -> list[httpx2.Response]:
        """Send the same request `count` times at once."""
        send = partial(self._client(together=True).request, method, url, follow_redirects=follow_redirects, **options)
        outcomes: list[Outcome] = [None] * count
        missing: AppError | None = None
        try:
            self.act(f"{method} {url}", partial(self._gather, send, outcomes))
        except AppError as error:
            missing = error
        return [self._settled(missing if outcome is None else outcome, method, url) for outcome in outcomes]

    def send(self, request: httpx2.Request, *, follow_redirects: bool) -> httpx2.Response:
        """Send a request that is made already, such as a response's `next_request`."""
        send = partial(self._client().send, request, follow_redirects=follow_redirects)
        return self._respond(request.method, str(request.url), send)

    @abstractmethod
    def _client(self, *, together: bool = False) -> Any:
        """The quiet HTTP client, or a user's own; `together`: for requests at the same time."""

    @abstractmethod
    def _call(self, send: Callable[[], Any]) -> httpx2.Response:
        """Call a method of that client."""

    @abstractmethod
    def _gather(self, send: Callable[[], Any], outcomes: list[Outcome]) -> None:
        """Call it for all outcomes at once."""

    @property
    @abstractmethod
    def http(self) -> httpx2.Client:
        """A client for sync code. Raises the app's exceptions, as `async_http` does."""

    @property
    def async_http(self) -> httpx2.AsyncClient:
        """A client for async code on the app's loop."""
        if self._async_http is None:
            self._async_http = self.httpx_client(self._stream_transport(raising=not self.return_server_errors))
        return self._async_http

    def stream_transport(self) -> httpx2.AsyncBaseTransport:
        """A transport for responses that are read with deadlines; each response's stream is a `ResponseStream`.

        Raises `AppError` when a response has not started within the timeout.
        """
        return self._stream_transport(raising=False, start_within=self.recorder.timeout)

    def _stream_transport(self, *, raising: bool, start_within: float | None = None) -> httpx2.AsyncBaseTransport:
        return StreamTransport(
            self.recorder, self.spawn, self._lifespan.state, raising=raising, start_within=start_within
        )

    def httpx_client(self, transport: httpx2.AsyncBaseTransport) -> httpx2.AsyncClient:
        """An httpx2 client for the app's loop with the scenario's cookies and base URL."""
        return httpx2.AsyncClient(transport=transport, base_url=BASE_URL, cookies=self.cookies, follow_redirects=True)

    def plug(self, http: object) -> None:
        """Use a user's own client for `request` and `send`; exceptions that are not httpx's are crashes."""
        self._plugged = http

    def _respond(self, method: str, url: str, send: Callable[[], Any]) -> httpx2.Response:
        try:
            return self.act(f"{method} {url}", partial(self._call, send))
        except Exception as error:  # noqa: BLE001 - raised again, unless it is the app's
            return self._settled(error, method, url)

    def _settled(self, outcome: Outcome, method: str, url: str) -> httpx2.Response:
        """The response; a bare 500 where an error of the app's came in its place. Other errors are the request's."""
        if not isinstance(outcome, Exception):
            return cast("httpx2.Response", outcome)
        is_httpx = any(kind.__module__.partition(".")[0] in _HTTPX for kind in type(outcome).__mro__)
        own = isinstance(outcome, AppError) or (self._plugged is not None and not is_httpx)
        if not own or isinstance(outcome, Unreachable):
            raise outcome
        # It came out here, and not in the caller's own code: a user's client may be this toolkit's, and raise.
        self.recorder.record(outcome, f"{method} {url}").delivered = False
        return httpx2.Response(500, request=httpx2.Request(method, httpx2.URL(BASE_URL).join(url)))

    # The end

    def close(self) -> None:
        """End what the scenario holds. The loop stays usable."""
        if not self._closed:
            self._closed = True
            ends = self._owner.used or self._lifespan.running or self._async_http is not None
            if ends and not self.loop.blocked:
                self.act("", lambda: self.loop.run(self._end))

    def close_loop(self) -> None:
        """End the loop, if it is the client's own."""
        self.close()
        self.loop.close()

    async def _end(self) -> None:
        await self._leave_open(restarts=False)
        if self._async_http is not None:
            await self._async_http.aclose()
        lost = await self._lifespan.end()
        await self._owner.close(grace(self.recorder.timeout))
        if lost:
            self.loop.forget(lost)


class AsyncAdapter(Client):
    """Reaches the app by httpx2's AsyncClient on `loop`, where the scenario's async functions run too."""

    name = "async"

    def __init__(self, recorder: Recorder, loop: Loop) -> None:
        super().__init__(recorder, loop, TaskOwner())
        self._quiet: httpx2.AsyncClient | None = None
        self._http: httpx2.Client | None = None

    @property
    def http(self) -> httpx2.Client:
        """A client for sync code: each of its calls runs on the app's loop."""
        if self._http is None:
            bridge = Bridge(self._stream_transport(raising=not self.return_server_errors), self.run)
            # No timeouts of httpx2's own: the transport has deadlines.
            self._http = httpx2.Client(
                transport=bridge, base_url=self.base_url, cookies=self.cookies, follow_redirects=True, timeout=None
            )
        return self._http

    def _client(self, *, together: bool = False) -> Any:
        if self._plugged is not None:
            return self._plugged
        if together:
            return self.httpx_client(self._whole_transport(together=True))
        if self._quiet is None:
            self._quiet = self.httpx_client(self._whole_transport())
        return self._quiet

    def _call(self, send: Callable[[], Awaitable[httpx2.Response]]) -> httpx2.Response:
        return self.loop.run_apart(send)

    def _gather(self, send: Callable[[], Awaitable[httpx2.Response]], outcomes: list[Outcome]) -> None:
        self.loop.run(_gather, send, outcomes)

    def _whole_transport(self, *, together: bool = False) -> httpx2.AsyncBaseTransport:
        # One that hangs for good would end the run for those beside it: together, each call has a task of its own.
        if together:
            return WholeTransport(self.recorder, self._lifespan.state, spawn=self.spawn)
        return WholeTransport(self.recorder, self._lifespan.state, abandon=self.loop.leave)

    async def _end(self) -> None:
        if self._quiet is not None:
            await self._quiet.aclose()
        await super()._end()


async def _gather(send: Callable[[], Awaitable[httpx2.Response]], outcomes: list[Outcome]) -> None:
    async def settle(index: int) -> None:
        try:
            outcomes[index] = await send()
        except Exception as error:  # noqa: BLE001 - it is one of the outcomes
            outcomes[index] = error

    async with anyio.create_task_group() as group:
        for index in range(len(outcomes)):
            group.start_soon(settle, index)


def _is_of_others(record: logging.LogRecord) -> bool:
    """Whether httpx2 logs a request to another host. The app's are in the evidence, and a log masks no secrets."""
    # 'HTTP Request: %s %s "%s %d %s"': the second is the URL.
    url = record.args[1] if isinstance(record.args, tuple) and len(record.args) > 1 else None
    return getattr(url, "host", None) != _HOST
