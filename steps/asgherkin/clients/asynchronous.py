"""The client `async`: httpx2's AsyncClient over an ASGI transport of ours, all on one loop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

import anyio
import httpx2

from asgherkin.clients.adapter import BASE_URL, Adapter, Outcome
from asgherkin.clients.bridge import Bridge
from asgherkin.clients.transport import RAISING, WHOLE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from asgherkin.clients.port import Loop
    from asgherkin.clients.recorder import Recorder


class AsyncAdapter(Adapter):
    """Reaches the app on `loop`, where the scenario's async functions run too."""

    name = "async"

    def __init__(self, recorder: Recorder, loop: Loop) -> None:
        super().__init__(recorder)
        self._loop = loop
        self._inner: httpx2.AsyncClient | None = None
        self._http: httpx2.Client | None = None

    @property
    def loop(self) -> Loop:
        """The app's loop."""
        return self._loop

    @property
    def http(self) -> httpx2.Client:
        """A client for sync code: each of its calls runs on the app's loop."""
        if self._http is None:
            bridge = Bridge(self._transport(raising=not self.return_server_errors), self.run)
            self._http = httpx2.Client(transport=bridge, base_url=BASE_URL, cookies=self.cookies, follow_redirects=True)
        return self._http

    def request(self, method: str, url: str, *, follow_redirects: bool, **options: object) -> httpx2.Response:
        """Send a request and read the whole response, after the call of the app has ended."""
        send = self._sending(method, url, follow_redirects=follow_redirects, **options)
        return self._respond(method, url, partial(self._on_loop, send, apart=True))

    def request_together(
        self, count: int, method: str, url: str, *, follow_redirects: bool, **options: object
    ) -> list[httpx2.Response]:
        """Send the same request `count` times at once, each in a task of its own."""
        send = self._sending(method, url, follow_redirects=follow_redirects, **options)
        return self._respond_together(count, method, url, partial(self._on_loop, _gather, send))

    def send(self, request: httpx2.Request, *, follow_redirects: bool) -> httpx2.Response:
        """Send a request that is made already."""
        if self._plugged is None:
            request.extensions = self._extended(request.extensions)
        send = partial(self._client().send, request, follow_redirects=follow_redirects)
        return self._respond(request.method, str(request.url), partial(self._on_loop, send, apart=True))

    def _sending(self, method: str, url: str, **options: object) -> Callable[[], Awaitable[httpx2.Response]]:
        if self._plugged is None:
            given = cast("Mapping[str, object]", options.get("extensions", {}))
            options["extensions"] = self._extended(given)
        return partial(self._client().request, method, url, **options)

    def _extended(self, extensions: Mapping[str, object]) -> dict[str, object]:
        return {**extensions, WHOLE: self._loop.leave, RAISING: False}

    def _client(self) -> _AnyClient:
        if self._plugged is not None:
            return cast("_AnyClient", self._plugged)
        if self._inner is None:
            self._inner = self._async_client(raising=False)
        return cast("_AnyClient", self._inner)

    async def _end(self) -> None:
        if self._inner is not None:
            await self._inner.aclose()
        await super()._end()


class _AnyClient(Protocol):
    """httpx2.AsyncClient, or a user's own httpx.AsyncClient, with options that are passed on as they are."""

    async def request(self, method: str, url: str, **options: object) -> httpx2.Response: ...

    async def send(self, request: httpx2.Request, *, follow_redirects: bool) -> httpx2.Response: ...


async def _gather(send: Callable[[], Awaitable[httpx2.Response]], outcomes: list[Outcome]) -> None:
    async def one(index: int) -> None:
        try:
            outcomes[index] = await send()
        except Exception as error:  # noqa: BLE001 - it is one of the outcomes
            outcomes[index] = error

    async with anyio.create_task_group() as group:
        for index in range(len(outcomes)):
            group.start_soon(one, index)
