"""The client `live`: real sockets, to uvicorn in a thread of this process, or to a deployed server."""

from __future__ import annotations

import importlib
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import httpx2

from asgherkin.clients.adapter import BASE_URL
from asgherkin.clients.asynchronous import AsyncAdapter
from asgherkin.clients.bridge import Bridge
from asgherkin.clients.hosting import make_pool
from asgherkin.clients.live_transport import LiveTransport
from asgherkin.errors import ConfigurationError, NotObservable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from asgherkin.clients.connection import WebSocketConnection
    from asgherkin.clients.conversation import Side
    from asgherkin.clients.hosting import Host, Hosts
    from asgherkin.clients.live_wire import Wire
    from asgherkin.clients.port import Loop
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.server import Server
    from asgherkin.clients.sockets import Sockets

T = TypeVar("T")


class LiveAdapter(AsyncAdapter):
    """What both have in common. The sentences' requests go over the worker's connections, on the host's loop."""

    name = "live"
    base_url = BASE_URL

    def __init__(self, recorder: Recorder, host: Host, *, verify: bool) -> None:
        super().__init__(recorder, host.loop)
        self._host = host
        self._verify = verify
        self._wires: set[Wire] = set()

    @property
    def _holds(self) -> bool:
        """Whether something may be open."""
        return bool(self._wires) or self._streams is not None or "_sockets" in vars(self)

    async def _serving(self) -> Server | None:
        """The server of this process that requests go to, listening; None for a deployed one."""
        return None

    def _transport(self, *, raising: bool) -> LiveTransport:  # type: ignore[override] # another kind of transport
        pool = self._host.pool(verify=self._verify)
        return LiveTransport(pool, self.recorder, self._serving, self._spawn, self._wires, raise_app_exceptions=raising)

    async def _hang_up(self, code: int, by: Side) -> None:
        await super()._hang_up(code, by)
        for wire in list(self._wires):  # what a user's own code has left open
            await wire.leave()

    def _async_client(self, *, raising: bool) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=self._transport(raising=raising),
            base_url=self.base_url,
            cookies=self.cookies,
            follow_redirects=True,
            timeout=None,  # the transport has its own
        )

    @cached_property
    def _sockets(self) -> Sockets:
        check_extra("wsproto")
        from asgherkin.clients.live_sockets import LiveSockets  # most scenarios have none

        return LiveSockets(self._async_client(raising=False), self.recorder, self._spawn, self._run, {})

    def close_loop(self) -> None:
        """Let go of the scenario. The loop stays: the next one uses it too."""
        if vars(self):
            self.close()
            vars(self).clear()


class LocalAdapter(LiveAdapter):
    """Reaches the app of this process under uvicorn.

    The app is started by the first scenario that needs it, and stays for the others. One that belongs to the scenario
    alone ends with it.
    """

    def __init__(self, recorder: Recorder, hosts: Hosts, loop_name: str) -> None:
        check_extra("uvicorn", "wsproto")  # uvicorn's own websockets need it too
        super().__init__(recorder, hosts.host(loop_name), verify=False)
        self._hosts = hosts
        self._served: Server | None = None
        self._started = False

    def start(self, *, again: bool = False) -> None:
        """Start the app, unless another scenario has; `again` starts it anew, if this scenario has not yet."""
        self._hosts.rest(self.recorder.app, but=self._host)
        server = self._host.server(self.recorder.app)
        if not (again or self._started) and server.lifespan.running:
            # Another scenario has started it, and no task is running: there is no need to go to its thread.
            self._served, self._started = server, True
            server.attach(self.recorder)
            return
        self._act("start-up", partial(self.loop.run, self._start, again))

    def shut_down(self) -> None:
        """Shut the app down; the server stays, as requests reach the app as it is."""
        self._act("shut-down", partial(self.loop.run, self._stop))

    def finish(self) -> None:
        """Leave what is open. The app is shut down if it is the scenario's alone."""
        served = self._served
        if served is not None and not self._holds and self._hosts.keeps(served.app):
            served.attach(None)
            return
        self._act("shut-down", partial(self.loop.run, self._finish))

    async def _serving(self) -> Server | None:
        if self._served is None:
            served = self._host.server(self.recorder.app)
            await served.open()
            served.attach(self.recorder)
            self._served = served
        return self._served

    async def _start(self, again: bool) -> None:
        served = await self._serving()
        assert served is not None, "it is in this process"
        if self._started and not again:
            await served.lifespan.start()
            return
        if not self._started and again:
            await served.lifespan.stop()
        self._started = True
        await served.lifespan.start(again=True)

    async def _stop(self) -> None:
        await super()._hang_up(1012, "app")
        served = await self._serving()
        assert served is not None, "it is in this process"
        await served.lifespan.stop()

    async def _finish(self) -> None:
        await self._hang_up(1000, "client")
        served = self._served
        if served is None:
            return
        try:
            if not self._hosts.keeps(served.app):
                await self._host.stop(served)
        finally:
            served.attach(None)


class RemoteAdapter(LiveAdapter):
    """Reaches a deployed server. What runs on the user's side, `async def` steps among it, has a loop of its own."""

    def __init__(self, recorder: Recorder, host: Host, base_url: str, user_loop: Callable[[], Loop]) -> None:
        super().__init__(recorder, host, verify=True)
        self.base_url = base_url
        self.host = httpx2.URL(base_url).host
        self._make_user_loop = user_loop
        self._user_pool: httpx2.AsyncHTTPTransport | None = None
        self._user_wires: set[Wire] = set()

    @cached_property
    def _user_loop(self) -> Loop:
        return self._make_user_loop()

    def start(self, *, again: bool = False) -> None:
        """A deployed app runs already. Raises `NotObservable` where its start is asked for."""
        if again:
            raise NotObservable("the start of a deployed app")

    def shut_down(self) -> None:
        """Raise `NotObservable`: nobody shuts a deployed app down from here."""
        raise NotObservable("the shut-down of a deployed app")

    def finish(self) -> None:
        """Leave what is open."""
        self._act("", partial(self.loop.run, self._hang_up, 1000, "client"))

    def run(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run an async function on pytest-asyncio's loop, where the user's async fixtures are."""
        return self._user_loop.run(function, *args)

    @property
    def http(self) -> httpx2.Client:
        """A client for sync code."""
        if self._http is None:
            bridge = Bridge(self._user_transport(), self.run)
            self._http = httpx2.Client(
                transport=bridge, base_url=self.base_url, cookies=self.cookies, follow_redirects=True, timeout=None
            )
        return self._http

    @property
    def async_http(self) -> httpx2.AsyncClient:
        """A client for async code, on pytest-asyncio's loop."""
        if self._async_http is None:
            self._async_http = httpx2.AsyncClient(
                transport=self._user_transport(),
                base_url=self.base_url,
                cookies=self.cookies,
                follow_redirects=True,
                timeout=None,
            )
        return self._async_http

    def websocket_connect(
        self, url: str, subprotocols: Sequence[str] | None = None, **options: object
    ) -> WebSocketConnection:
        """A websocket for a user's own code, on the loop that it runs on."""
        from asgherkin.clients.connection import WebSocketConnection

        sockets = self._user_sockets
        scope = sockets.scope(url, subprotocols or (), options)
        return WebSocketConnection(self.recorder, sockets, scope, self._run_for_user)

    @cached_property
    def _user_sockets(self) -> Sockets:
        check_extra("wsproto")
        from asgherkin.clients.live_sockets import LiveSockets  # most scenarios have none

        return LiveSockets(self.async_http, self.recorder, self._user_loop.start, self._run_for_user, {})

    def _run_for_user(self, doing: str, function: Callable[..., Awaitable[T]], *args: object) -> T:
        del doing  # no watch here looks at the loop
        return self.run(function, *args)

    def _user_transport(self) -> LiveTransport:
        if self._user_pool is None:
            self._user_pool = make_pool()
        return LiveTransport(self._user_pool, self.recorder, self._serving, self._user_loop.start, self._user_wires)

    def close(self) -> None:
        """End what the scenario holds."""
        if self._user_pool is not None and not self._closed:
            self._user_loop.run(self._leave_user)
        self._async_http = None
        super().close()

    async def _leave_user(self) -> None:
        if "_user_sockets" in vars(self):
            await self._user_sockets.leave(1000, "client")
        for wire in list(self._user_wires):
            await wire.leave()
        assert self._user_pool is not None, "it was used"
        await self._user_pool.aclose()


def check_extra(*modules: str) -> None:
    """Raise `ConfigurationError` where what the client live needs is not installed."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise ConfigurationError(
                f'The client live needs {module}. Install it with: pip install "asgherkin[live]"'
            ) from error
