"""The client `live`: real sockets, to uvicorn in a thread of this process, or to a deployed server."""

from __future__ import annotations

import importlib
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import httpx2

from asgherkin.clients.in_process import AsyncAdapter
from asgherkin.clients.live_transport import LiveStreamTransport, LiveWholeTransport
from asgherkin.clients.server_threads import make_pool
from asgherkin.errors import ConfigurationError, NotObservable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from http.cookiejar import CookieJar

    from asgherkin.clients.live_transport import Serving
    from asgherkin.clients.loop import Loop
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.response_stream import ResponseStream
    from asgherkin.clients.server import Server
    from asgherkin.clients.server_threads import ServerThread, ServerThreads

T = TypeVar("T")


class LiveAdapter(AsyncAdapter):
    """Reaches an app over sockets. The sentences' requests run on the loop of the server's thread."""

    name = "live"

    def __init__(self, recorder: Recorder, loop: Loop, pool: httpx2.AsyncBaseTransport, serving: Serving) -> None:
        """`pool` has the connections; `serving` gives the server of this process that requests go to, or None."""
        super().__init__(recorder, loop)
        self.pool = pool
        self.serving = serving
        self._open_streams: set[ResponseStream] = set()

    def _whole_transport(self, *, together: bool = False) -> httpx2.AsyncBaseTransport:
        del together  # over sockets no request can hold up another
        return LiveWholeTransport(self.pool, self.recorder, self.serving)

    def _stream_transport(self, *, raising: bool, start_within: float | None = None) -> httpx2.AsyncBaseTransport:
        return LiveStreamTransport(
            self.pool,
            self.recorder,
            self.serving,
            self.spawn,
            self._open_streams,
            raising=raising,
            start_within=start_within,
        )

    async def _leave_open(self, *, restarts: bool) -> None:
        await super()._leave_open(restarts=restarts)
        for stream in list(self._open_streams):  # what a user's own code has left open
            await stream.drop()

    def httpx_client(self, transport: httpx2.AsyncBaseTransport) -> httpx2.AsyncClient:
        """An httpx2 client for the loop of the server's thread. It has no deadlines: the transport has its own."""
        return httpx2.AsyncClient(
            transport=transport, base_url=self.base_url, cookies=self.cookies, follow_redirects=True, timeout=None
        )

    def close_loop(self) -> None:
        """Let go of the scenario. The loop stays: the next one uses it too."""
        self.close()


class LocalAdapter(LiveAdapter):
    """Reaches the app of this process under uvicorn.

    The app is started by the first scenario that needs it, and stays for the others. One that belongs to the scenario
    alone ends with it.
    """

    def __init__(self, recorder: Recorder, server_threads: ServerThreads, loop_name: str) -> None:
        check_extra("uvicorn", "wsproto")  # uvicorn's own websockets need it too
        thread = server_threads.thread(loop_name)
        self._server = _AttachedServer(recorder, thread)
        super().__init__(recorder, thread.loop, thread.pool(verify=False), self._server.listening)
        self._thread = thread
        self._server_threads = server_threads
        self._started = False

    def start(self, *, again: bool = False) -> None:
        """Start the app, unless another scenario has; `again` starts it anew, if this scenario has not yet."""
        self._server_threads.shut_down(self.recorder.app, but=self._thread)
        server = self._thread.server(self.recorder.app)
        if not (again or self._started) and server.lifespan.running:
            # Another scenario has started it, and no task is running: there is no need to go to its thread.
            self._started = True
            self._server.attach(server)
            return
        self.act("start-up", partial(self.loop.run, self._start, again))

    def shut_down(self) -> None:
        """Shut the app down; the server stays, as requests reach the app as it is."""
        self.act("shut-down", partial(self.loop.run, self._stop))

    def finish(self) -> None:
        """Leave what is open. The app is shut down if it is the scenario's alone."""
        served = self._server.attached
        holds = self._open_streams or self.before_shut_down
        if served is not None and not holds and self._server_threads.keeps(served.app):
            served.attach(None)
            return
        self.act("shut-down", partial(self.loop.run, self._finish))

    async def _start(self, again: bool) -> None:
        served = await self._server.listening()
        if self._started and not again:
            await served.start_app()
            return
        if not self._started and again:
            await served.lifespan.stop()
        self._started = True
        await served.start_app(again=True)

    async def _stop(self) -> None:
        await self._leave_open(restarts=True)
        served = await self._server.listening()
        await served.lifespan.stop()

    async def _finish(self) -> None:
        await self._leave_open(restarts=False)
        served = self._server.attached
        if served is None:
            return
        try:
            if not self._server_threads.keeps(served.app):
                await self._thread.stop(served)
        finally:
            served.attach(None)


class _AttachedServer:
    """The server of a scenario's app, when the scenario has come to use it."""

    def __init__(self, recorder: Recorder, thread: ServerThread) -> None:
        self.attached: Server | None = None
        self._recorder = recorder
        self._thread = thread

    def attach(self, server: Server) -> Server:
        """Use a server."""
        server.attach(self._recorder)
        self.attached = server
        return server

    async def listening(self) -> Server:
        """The server, which listens."""
        if self.attached is None:
            server = self._thread.server(self._recorder.app)
            await server.open()
            self.attach(server)
        assert self.attached is not None, "attached"
        return self.attached


async def _nowhere() -> None:
    """No server of this process."""


class RemoteAdapter(LiveAdapter):
    """Reaches a deployed server. What runs on the user's side, `async def` steps among it, has a loop of its own."""

    def __init__(self, recorder: Recorder, thread: ServerThread, base_url: str, user_loop: Callable[[], Loop]) -> None:
        super().__init__(recorder, thread.loop, thread.pool(verify=True), _nowhere)
        self.base_url = base_url
        self.host = httpx2.URL(base_url).host
        self._make_user_loop = user_loop
        self._user_side: UserSide | None = None

    @property
    def user_side(self) -> UserSide:
        """Where a user's own code runs: pytest-asyncio's loop, where the user's async fixtures are."""
        if self._user_side is None:
            self._user_side = UserSide(self.recorder, self._make_user_loop(), self.base_url, self.cookies)
        return self._user_side

    def start(self, *, again: bool = False) -> None:
        """A deployed app runs already. Raises `NotObservable` where its start is asked for."""
        if again:
            raise NotObservable("the start of a deployed app")

    def shut_down(self) -> None:
        """Raise `NotObservable`: nobody shuts a deployed app down from here."""
        raise NotObservable("the shut-down of a deployed app")

    def finish(self) -> None:
        """Leave what is open."""
        self.act("", partial(self.loop.run, partial(self._leave_open, restarts=False)))

    def run(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function on pytest-asyncio's loop, where the user's async fixtures are."""
        return self.user_side.run(function, *args)

    @property
    def http(self) -> httpx2.Client:
        """A client for sync code."""
        return self.user_side.http

    @property
    def async_http(self) -> httpx2.AsyncClient:
        """A client for async code, on pytest-asyncio's loop."""
        return self.user_side.async_http

    def close(self) -> None:
        """End what the scenario holds."""
        if self._user_side is not None and not self._closed:
            self._user_side.close()
        super().close()


class UserSide(LiveAdapter):
    """A user's own code and a deployed server: on another loop than the sentences, with connections of its own."""

    def __init__(self, recorder: Recorder, loop: Loop, base_url: str, cookies: CookieJar) -> None:
        super().__init__(recorder, loop, make_pool(), _nowhere)
        self.base_url = base_url
        self.cookies = cookies

    def act(self, doing: str, function: Callable[[], T], *, raising: bool = False) -> T:
        """Call a function, without an alarm: no app runs on this loop."""
        del doing, raising
        return function()

    def close(self) -> None:
        """End what the user's code holds."""
        super().close()
        self.loop.run(self.pool.aclose)


def check_extra(*modules: str) -> None:
    """Raise `ConfigurationError` where what the client live needs is not installed."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise ConfigurationError(
                f'The client live needs {module}. Install it with: pip install "asgherkin[live]"'
            ) from error
