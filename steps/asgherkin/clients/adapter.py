"""What the in-process clients have in common: the owner task, the lifespan, the alarm, the crash rule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

import httpx2

from asgherkin.clients.asgi import in_words
from asgherkin.clients.deadlines import AppBlocked, alarm, grace
from asgherkin.clients.lifespan import Lifespan
from asgherkin.clients.log import HOST, keep_out
from asgherkin.clients.owner import Owner
from asgherkin.clients.transport import ASGITransport
from asgherkin.errors import AppError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from http.cookiejar import CookieJar
    from types import FrameType

    from asgherkin.clients.connection import WebSocketConnection
    from asgherkin.clients.deadlines import Work
    from asgherkin.clients.port import BeforeShutDown, Loop, Side, Socket, Stream
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.sockets import Sockets
    from asgherkin.clients.streaming import Streams

T = TypeVar("T")
BASE_URL = f"http://{HOST}"
Outcome: TypeAlias = httpx2.Response | Exception | None
_HTTPX = frozenset({"httpx", "httpx2", "httpcore", "httpcore2"})


class Adapter(ABC):
    """A client of an app in this process. See `asgherkin.clients.port.Client`."""

    name: str
    host = "testserver"

    def __init__(self, recorder: Recorder) -> None:
        keep_out()
        self.recorder = recorder
        # httpx2's own kind of jar: finding a cookie in it takes no search.
        self.cookies: CookieJar = httpx2.Cookies().jar
        self.return_server_errors = False
        self._owner = Owner()
        self._lifespan = Lifespan(recorder, self._start_task)
        self._owned = False
        self._closed = False
        self._plugged: object = None
        self._async_http: httpx2.AsyncClient | None = None
        self._builder: httpx2.AsyncClient | None = None
        self._streams: Streams | None = None
        self.before_shut_down: list[BeforeShutDown] = []

    @property
    @abstractmethod
    def loop(self) -> Loop:
        """The app's loop."""

    def start(self, *, again: bool = False) -> None:
        """Start the app, once; `again` starts it anew after a shut-down. Raises `AppError` when it fails."""
        self.act("start-up", lambda: self.loop.run(partial(self._lifespan.start, again=again)))

    def shut_down(self) -> None:
        """Shut the app down. Raises `AppError` when it fails."""
        self.act("shut-down", lambda: self.loop.run(self._stop))

    def finish(self) -> None:
        """The scenario's steps are over: shut the app down. Raises `AppError` when it fails."""
        self.shut_down()

    def run(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function on the app's loop."""
        return self.act("", lambda: self.loop.run(function, *args))

    # For capabilities

    @property
    def state(self) -> Mapping[str, object]:
        """What the app keeps from its start-up."""
        return self._lifespan.state

    @property
    def user_side(self) -> Side:
        """Where a user's own code runs."""
        return self

    def run_as(self, doing: str, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function on the app's loop; `doing` is what the app is asked for: `GET /board`."""
        return self.act(doing, lambda: self.loop.run(function, *args), raising=True)

    def spawn(self, work: Work) -> None:
        """Start a task that lives until the scenario ends, in the owner task."""
        if not self._owned:
            self._owned = True
            self.loop.start(self._owner.serve)
        self._owner.spawn(work)

    def build_request(self, method: str, url: str, **options: object) -> httpx2.Request:
        """A request with the scenario's cookies and base URL; `options` are httpx2's."""
        if self._builder is None:
            self._builder = self._async_client(raising=False)
        build = cast("Callable[..., httpx2.Request]", self._builder.build_request)
        return build(method, url, **options)

    @property
    def async_http(self) -> httpx2.AsyncClient:
        """A client for async code on the app's loop."""
        if self._async_http is None:
            self._async_http = self._async_client(raising=not self.return_server_errors)
        return self._async_http

    def open_socket(self, url: str, subprotocols: Sequence[str] = (), **options: object) -> Socket:
        """Open a websocket. Raises `AppError` when the app neither accepts nor refuses it in time."""
        return self._sockets.open(url, subprotocols, options)

    def websocket_connect(
        self, url: str, subprotocols: Sequence[str] | None = None, **options: object
    ) -> WebSocketConnection:
        """A websocket for a user's own code, to be opened by `with` or `async with`."""
        from asgherkin.clients.connection import WebSocketConnection

        sockets = self._sockets
        return WebSocketConnection(self.recorder, sockets, sockets.scope(url, subprotocols or (), options), self.run_as)

    @cached_property
    def _sockets(self) -> Sockets:
        from asgherkin.clients.sockets import Sockets  # most scenarios have none

        http = self._async_client(raising=False)
        sockets = Sockets(http, self.recorder, self.spawn, self.run_as, self._lifespan.state)
        self.before_shut_down.append(sockets.leave)
        return sockets

    def open_stream(self, url: str, **options: object) -> Stream:
        """Send a GET request, and read its response as it comes."""
        if self._streams is None:
            from asgherkin.clients.streaming import Streams  # most scenarios have none

            self._streams = Streams(self._async_client(raising=False), self.recorder, self.run_as)
            self.before_shut_down.append(self._streams.leave)
        return self._streams.open(url, options)

    def plug(self, http: object) -> None:
        """Use a user's own client for `request` and `send`."""
        self._plugged = http

    def close(self) -> None:
        """End what the scenario holds. The loop stays usable."""
        if not self._closed:
            self._closed = True
            ends = self._owned or self._lifespan.running or self._async_http is not None
            if ends and not self.loop.blocked:
                self.act("", lambda: self.loop.run(self._end))

    def close_loop(self) -> None:
        """End the loop, if it is the client's own."""
        if vars(self):
            self.close()
            self.loop.close()
            # Its parts lead back to it: without circles all of it goes at once, not by garbage collection.
            vars(self).clear()

    def act(self, doing: str, function: Callable[[], T], *, raising: bool = False) -> T:
        """Call a function that waits for the app. Raises `AppError` when the app blocks its event loop.

        `raising`: also where the app was interrupted, failed with that, and the function has returned.
        """
        if self.loop.blocked:
            raise AppError("The app still blocks its event loop, so it cannot be reached any more.")
        watch = alarm(self.recorder.timeout, explain=partial(self._explain, doing), ping=partial(self._ping, doing))
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

    async def _stop(self) -> None:
        await self._leave_open(restarts=True)
        await self._lifespan.stop()

    async def _leave_open(self, *, restarts: bool) -> None:
        """Let capabilities leave what is still open, before the app is shut down."""
        for leave in self.before_shut_down:
            await leave(restarts=restarts)

    def _start_task(self, work: Work) -> None:
        self.loop.start(work)

    async def _end(self) -> None:
        await self._leave_open(restarts=False)
        if self._async_http is not None:
            await self._async_http.aclose()
        lost = await self._lifespan.end()
        if self._owned and not await self._owner.close(grace(self.recorder.timeout)):
            self.loop.forget(self._owner.task)
        if lost:
            self.loop.forget(lost)

    def _respond(self, method: str, url: str, function: Callable[[], httpx2.Response]) -> httpx2.Response:
        try:
            return self.act(f"{method} {url}", function)
        except Exception as error:
            if not self._is_crash(error):
                raise
            return self._bare(error, method, url)

    def _respond_together(
        self, count: int, method: str, url: str, function: Callable[[list[Outcome]], None]
    ) -> list[httpx2.Response]:
        """Call a function that fills in the outcomes of `count` equal requests."""
        outcomes: list[Outcome] = [None] * count
        missing: AppError | None = None
        try:
            self.act(f"{method} {url}", partial(function, outcomes))
        except AppError as error:
            missing = error
        return [self._settled(missing if outcome is None else outcome, method, url) for outcome in outcomes]

    def _settled(self, outcome: Outcome, method: str, url: str) -> httpx2.Response:
        if not isinstance(outcome, Exception):
            return cast("httpx2.Response", outcome)
        if not self._is_crash(outcome):
            raise outcome
        return self._bare(outcome, method, url)

    def _is_crash(self, error: Exception) -> bool:
        """Whether an error that came in place of a response is the app's; else it is the request's."""
        if isinstance(error, Unreachable):
            return False
        return isinstance(error, AppError) or (self._plugged is not None and not _is_httpx(error))

    def _bare(self, error: Exception, method: str, url: str) -> httpx2.Response:
        # It came out here, and not in the caller's own code: a user's client may be this toolkit's, and raise.
        self.recorder.record(error, f"{method} {url}").delivered = False
        return httpx2.Response(500, request=httpx2.Request(method, httpx2.URL(BASE_URL).join(url)))

    def _explain(self, doing: str, frame: FrameType | None) -> str:
        during = f" during {doing}" if doing else ""
        where = self.loop.place(frame, self.recorder.root)
        at = f", at {where}" if where else ""
        return f"The app blocked its event loop for {in_words(self.recorder.timeout)}{during}{at}"

    def _ping(self, doing: str, answer: Callable[[], None]) -> None:
        # A user's own async function may block the loop, as a sync one does; an app may not.
        if doing or self.recorder.running:
            self.loop.ping(answer)
        else:
            answer()

    def _transport(self, *, raising: bool) -> ASGITransport:
        return ASGITransport(self.recorder, self.spawn, self._lifespan.state, raise_app_exceptions=raising)

    def _async_client(self, *, raising: bool) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=self._transport(raising=raising),
            base_url=BASE_URL,
            cookies=self.cookies,
            follow_redirects=True,
        )


def _is_httpx(error: Exception) -> bool:
    return any(kind.__module__.partition(".")[0] in _HTTPX for kind in type(error).__mro__)
