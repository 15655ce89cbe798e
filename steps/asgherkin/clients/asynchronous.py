"""The client `async`: httpx2's AsyncClient over an ASGI transport of ours, all on one loop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

import anyio
import httpx2

from asgherkin.clients.adapter import BASE_URL, Adapter, Outcome
from asgherkin.clients.bridge import Bridge
from asgherkin.clients.transport import RAISING, WHOLE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from asgherkin.clients.deadlines import Abandon
    from asgherkin.clients.port import Loop
    from asgherkin.clients.recorder import Recorder
    from asgherkin.errors import AppError


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
        options["follow_redirects"] = follow_redirects
        send = self._sending(self._loop.leave, method, url, options)
        return self._respond(method, url, partial(self._loop.run, send, apart=True))

    def request_together(
        self, count: int, method: str, url: str, *, follow_redirects: bool, **options: object
    ) -> list[httpx2.Response]:
        """Send the same request `count` times at once, each in a task of its own."""
        options["follow_redirects"] = follow_redirects

        def gather(outcomes: list[Outcome]) -> None:
            together = _Together(outcomes, self._loop)
            abandons = [partial(together.abandon, index) for index in range(count)]
            sendings = [self._sending(abandon, method, url, options) for abandon in abandons]
            self._loop.run(together.run, sendings)

        return self._respond_together(count, method, url, gather)

    def send(self, request: httpx2.Request, *, follow_redirects: bool) -> httpx2.Response:
        """Send a request that is made already."""
        if self._plugged is None:
            request.extensions = _extended(request.extensions, self._loop.leave)
        send = partial(self._client().send, request, follow_redirects=follow_redirects)
        return self._respond(request.method, str(request.url), partial(self._loop.run, send, apart=True))

    def _sending(self, abandon: Abandon, method: str, url: str, options: dict[str, object]) -> _Sending:
        if self._plugged is None:
            given = cast("Mapping[str, object]", options.get("extensions", {}))
            options = {**options, "extensions": _extended(given, abandon)}
        return partial(self._client().request, method, url, **options)

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


_Sending: TypeAlias = "Callable[[], Awaitable[httpx2.Response]]"


class _AnyClient(Protocol):
    """httpx2.AsyncClient, or a user's own httpx.AsyncClient, with options that are passed on as they are."""

    async def request(self, method: str, url: str, **options: object) -> httpx2.Response: ...

    async def send(self, request: httpx2.Request, *, follow_redirects: bool) -> httpx2.Response: ...


class _Together:
    """Requests at the same time. The run is left when each has its outcome, if one of them does not end."""

    def __init__(self, outcomes: list[Outcome], loop: Loop) -> None:
        self._outcomes = outcomes
        self._loop = loop
        self._error: AppError | None = None

    async def run(self, sendings: list[_Sending]) -> None:
        """Send them all."""
        async with anyio.create_task_group() as group:
            for index, send in enumerate(sendings):
                group.start_soon(self._one, index, send)

    def abandon(self, index: int, error: AppError) -> None:
        """Do not wait for one of them any more."""
        self._error = error
        self._settle(index, error)

    async def _one(self, index: int, send: _Sending) -> None:
        try:
            self._settle(index, await send())
        except Exception as error:  # noqa: BLE001 - it is one of the outcomes
            self._settle(index, error)

    def _settle(self, index: int, outcome: Outcome) -> None:
        if self._outcomes[index] is None:
            self._outcomes[index] = outcome
            if self._error is not None and None not in self._outcomes:
                self._loop.leave(self._error)


def _extended(extensions: Mapping[str, object], abandon: Abandon) -> dict[str, object]:
    return {**extensions, WHOLE: abandon, RAISING: False}
