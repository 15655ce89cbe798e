"""An httpx2 client for sync code over an async transport on the app's loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar, cast

import httpx2

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

T = TypeVar("T")


class Run(Protocol):
    """Runs an async function on the app's loop."""

    def __call__(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Run it to its end."""
        ...


class Bridge(httpx2.BaseTransport):
    """Sends each request through `transport`; its response is read part by part, each by a `run`."""

    def __init__(self, transport: httpx2.AsyncBaseTransport, run: Run) -> None:
        self._transport = transport
        self._run = run

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        request.read()
        response = self._run(self._transport.handle_async_request, request)
        response.stream = _Stream(cast("httpx2.AsyncByteStream", response.stream), self._run)
        return response


class _Stream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, run: Run) -> None:
        self._stream = stream
        self._run = run

    def __iter__(self) -> Iterator[bytes]:
        parts = aiter(self._stream)
        while True:
            try:
                yield self._run(anext, parts)
            except StopAsyncIteration:
                return

    def close(self) -> None:
        self._run(self._stream.aclose)
