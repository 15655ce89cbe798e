"""The client `test`: Starlette's TestClient, entered once, with the app on its portal's loop."""

from __future__ import annotations

import threading
from contextvars import copy_context
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal, Protocol, cast

from asgherkin.clients.adapter import Adapter, Outcome
from asgherkin.clients.loop import PortalLoop, check_loop
from asgherkin.clients.transport import CLIENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx2
    from starlette.testclient import TestClient

    from asgherkin.clients.port import Loop, Socket
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.session_socket import SessionSockets


class TestClientAdapter(Adapter):
    """Reaches the app through Starlette's TestClient.

    `request` and `send` go through a quiet one, which returns a crash as a response. `http` is another one,
    which raises it, on the same portal and with the same cookies.
    """

    __test__ = False
    name = "test"

    def __init__(
        self, recorder: Recorder, backend: Literal["asyncio", "trio"] = "asyncio", *, use_uvloop: bool = False
    ) -> None:
        super().__init__(recorder)
        check_loop("uvloop" if use_uvloop else backend)
        self._backend = backend
        self._use_uvloop = use_uvloop
        self._quiet: TestClient | None = None
        self._http: TestClient | None = None
        self._loop: PortalLoop | None = None

    @property
    def loop(self) -> Loop:
        """The loop of TestClient's portal; the first use enters TestClient."""
        if self._loop is None:
            client = self._quiet = self._made(raising=False, whole=True)
            client.__enter__()
            assert client.portal is not None, "it was entered"
            self._loop = PortalLoop(client.portal, client)
        return self._loop

    @property
    def http(self) -> httpx2.Client:
        """The TestClient for sync code."""
        if self._http is None:
            quiet = self._opened()
            self._http = self._made(raising=not self.return_server_errors, whole=False)
            self._http.portal = quiet.portal
            self._http.app_state.update(self._lifespan.state)
        return self._http

    def start(self, *, again: bool = False) -> None:
        """Start the app, once; `again` starts it anew after a shut-down. Raises `AppError` when it fails."""
        super().start(again=again)
        for client in filter(None, (self._quiet, self._http)):
            client.app_state.clear()
            client.app_state.update(self._lifespan.state)

    def request(self, method: str, url: str, *, follow_redirects: bool, **options: object) -> httpx2.Response:
        """Send a request and read the whole response, after the call of the app has ended."""
        send = partial(self._client().request, method, url, follow_redirects=follow_redirects, **options)
        return self._respond(method, url, send)

    def request_together(
        self, count: int, method: str, url: str, *, follow_redirects: bool, **options: object
    ) -> list[httpx2.Response]:
        """Send the same request `count` times at once, each from a thread of its own."""
        send = partial(self._client().request, method, url, follow_redirects=follow_redirects, **options)
        return self._respond_together(count, method, url, partial(_gather, send))

    def send(self, request: httpx2.Request, *, follow_redirects: bool) -> httpx2.Response:
        """Send a request that is made already."""
        send = partial(self._client().send, request, follow_redirects=follow_redirects)
        return self._respond(request.method, str(request.url), send)

    def open_socket(self, url: str, subprotocols: Sequence[str] = (), **options: object) -> Socket:
        """Open a websocket, as a session of TestClient's."""
        return self._sessions.open(url, subprotocols, options)

    @cached_property
    def _sessions(self) -> SessionSockets:
        from asgherkin.clients.session_socket import SessionSockets  # most scenarios have none

        return SessionSockets(self._opened(), self._sockets, self.act, self.run_as)

    def close(self) -> None:
        """End what the scenario holds. The portal stays usable."""
        if not self.loop.blocked:
            for client in filter(None, (self._http, self._quiet)):
                client.close()
        super().close()
        if "_sessions" in vars(self) and not self.loop.blocked:
            self._sessions.exit()

    def _client(self) -> _AnyClient:
        return cast("_AnyClient", self._opened() if self._plugged is None else self._plugged)

    def _opened(self) -> TestClient:
        """The entered TestClient, with the owner task ready: each request's call of the app is its child."""
        _ = self.loop
        assert self._quiet is not None, "the loop was used"
        return self._quiet

    def _made(self, *, raising: bool, whole: bool) -> TestClient:
        # Starlette's TestClient takes its time to import.
        from asgherkin.clients.entrance import AlarmedTestClient, Entrance

        client = AlarmedTestClient(
            Entrance(self.recorder, self.spawn, raising=raising, whole=whole),
            raise_server_exceptions=raising,
            backend=self._backend,
            backend_options={"use_uvloop": True} if self._use_uvloop else None,
            cookies=self.cookies,
            client=CLIENT,
        )
        client.act = _plainly if whole else self.act
        return client


class _AnyClient(Protocol):
    """A TestClient, or a user's own httpx.Client, with options that are passed on as they are."""

    def request(self, method: str, url: str, **options: object) -> httpx2.Response: ...

    def send(self, request: httpx2.Request, *, follow_redirects: bool) -> httpx2.Response: ...


def _plainly(_: str, function: Callable[[], httpx2.Response]) -> httpx2.Response:
    """Call a function that is called under an alarm already."""
    return function()


def _gather(send: Callable[[], httpx2.Response], outcomes: list[Outcome]) -> None:
    def one(index: int) -> None:
        try:
            outcomes[index] = send()
        except Exception as error:  # noqa: BLE001 - it is one of the outcomes
            outcomes[index] = error

    threads = [
        threading.Thread(target=copy_context().run, args=(one, index), daemon=True) for index in range(len(outcomes))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
