"""The client `test`: Starlette's TestClient, entered once, with the app on its portal's loop."""

from __future__ import annotations

import threading
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import anyio
import anyio.lowlevel
from starlette.testclient import TestClient

from asgherkin.clients.deadlines import AppCall, is_failure
from asgherkin.clients.in_process import Client, Outcome
from asgherkin.clients.loop import PortalLoop, TaskOwner, check_loop
from asgherkin.clients.transport import CLIENT, doing_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx2

    from asgherkin.clients.asgi import Message, Receive, Scope, Send, Spawn
    from asgherkin.clients.recorder import Recorder

T = TypeVar("T")


class TestClientAdapter(Client):
    """Reaches the app through Starlette's TestClient.

    `request` and `send` go through a quiet one, which returns a crash as a response. `http` is another one,
    which raises it, on the same portal and with the same cookies.
    """

    __test__ = False
    name = "test"

    def __init__(
        self, recorder: Recorder, backend: Literal["asyncio", "trio"] = "asyncio", *, use_uvloop: bool = False
    ) -> None:
        check_loop("uvloop" if use_uvloop else backend)
        owner = TaskOwner()
        client = TestClient(
            AppForTestClient(recorder, owner.spawn, raising=False, whole=True),
            raise_server_exceptions=False,
            backend=backend,
            backend_options={"use_uvloop": True} if use_uvloop else None,
            client=CLIENT,
        )
        client.__enter__()
        assert client.portal is not None, "it was entered"
        super().__init__(recorder, PortalLoop(client.portal, client), owner)
        client.cookies = self.cookies
        self.test_client = client
        """The quiet TestClient, entered."""
        self._http: _AlarmedTestClient | None = None

    @property
    def http(self) -> httpx2.Client:
        """The TestClient for sync code."""
        if self._http is None:
            raising = not self.return_server_errors
            app = AppForTestClient(self.recorder, self.spawn, raising=raising, whole=False)
            self._http = _AlarmedTestClient(app, raise_server_exceptions=raising, cookies=self.cookies, client=CLIENT)
            self._http.act = self.act
            self._http.portal = self.test_client.portal
            self._http.app_state.update(self._lifespan.state)
        return self._http

    def start(self, *, again: bool = False) -> None:
        """Start the app, once; `again` starts it anew after a shut-down. Raises `AppError` when it fails."""
        super().start(again=again)
        for client in filter(None, (self.test_client, self._http)):
            client.app_state.clear()
            client.app_state.update(self._lifespan.state)

    def close(self) -> None:
        """End what the scenario holds. The portal stays usable."""
        if not self.loop.blocked:
            for client in filter(None, (self._http, self.test_client)):
                client.close()
        super().close()

    def _client(self, *, together: bool = False) -> Any:
        del together  # a TestClient may be used in several threads
        return self._plugged or self.test_client

    def _call(self, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        return send()

    def _gather(self, send: Callable[[], httpx2.Response], outcomes: list[Outcome]) -> None:
        def settle(index: int) -> None:
            try:
                outcomes[index] = send()
            except Exception as error:  # noqa: BLE001 - it is one of the outcomes
                outcomes[index] = error

        numbers = range(len(outcomes))
        threads = [threading.Thread(target=copy_context().run, args=(settle, at), daemon=True) for at in numbers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


class _AlarmedTestClient(TestClient):
    """A TestClient for a user's own code, whose requests are called under the alarm for a blocked event loop."""

    __test__ = False
    act: Callable[[str, Callable[[], httpx2.Response]], httpx2.Response]

    def send(self, request: httpx2.Request, **options: object) -> httpx2.Response:
        """Send a request."""
        send = cast("Callable[..., httpx2.Response]", super().send)
        return self.act(doing_of(request), partial(send, request, **options))


class AppForTestClient:
    """What TestClient takes for the app: it calls the app through the recorder, each request in a task of its own.

    So TestClient is not held up by an app that does not stop, and a client that leaves early gives the app a
    disconnect before it is cancelled. The lifespan is answered here: the toolkit's own runs beside.
    """

    def __init__(self, recorder: Recorder, spawn: Spawn, *, raising: bool, whole: bool) -> None:
        """`raising`: the client raises the app's exceptions. `whole`: it reads each response to its end."""
        self._recorder = recorder
        self._spawn = spawn
        self._raising = raising
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app as TestClient does."""
        if scope["type"] == "lifespan":
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await self._call_raising(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = _LeavingClient(receive, send)
        call = AppCall(self._recorder)
        answer = self._recorder.answer
        self._spawn(partial(call.run, partial(answer, scope, client.receive, client.send, call, whole=self._whole)))
        try:
            await call.ended.wait()
        except BaseException:
            client.leave()
            await call.dismiss()
            raise
        if call.failure is not None and self._raising:
            self._recorder.raise_in_caller(call.failure)

    async def _call_raising(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._recorder(scope, receive, send)
        except BaseException as exception:
            if not is_failure(exception):
                raise
            # TestClient raises a websocket's exceptions whatever it was told.
            if self._recorder.crash_of(exception) is not None:
                self._recorder.raise_in_caller(exception)


class _LeavingClient:
    """TestClient's receive and send; once the client has left, a disconnect and nobody to send to."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._left = False
        self._waiting: set[anyio.CancelScope] = set()

    async def receive(self) -> Message:
        """What the client sends."""
        return await self._until_left(self._receive) or {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Send to the client."""
        await self._until_left(self._send, message)

    def leave(self) -> None:
        """The client has left: interrupt what waits for it."""
        self._left = True
        for scope in self._waiting:
            scope.cancel()

    async def _until_left(self, function: Callable[..., Awaitable[T]], *args: object) -> T | None:
        if self._left:
            await anyio.lowlevel.checkpoint()
            return None
        with anyio.CancelScope() as scope:
            self._waiting.add(scope)
            try:
                return await function(*args)
            finally:
                self._waiting.discard(scope)
        return None
