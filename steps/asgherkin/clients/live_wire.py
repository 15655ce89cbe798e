"""One request over a socket and its response: recorded as the client sees them, never waited for without end."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Protocol, cast

import anyio
import httpx2

from asgherkin.clients.asgi import decoded
from asgherkin.clients.live_calls import CallBehind
from asgherkin.clients.network import failed, late
from asgherkin.errors import AppError
from asgherkin.evidence.exchange_record import BODY_CAP, Exchange
from asgherkin.frames import summary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.server import Server
    from asgherkin.errors import Unreachable

_SAFE = frozenset(("GET", "HEAD", "OPTIONS", "QUERY"))
_SERVER_ERROR = 500
OF_CONNECTION = frozenset((b"connection", b"transfer-encoding"))
"""Headers that uvicorn adds, and no app that is asked in-process."""
BROKEN = (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.TimeoutException)
"""What says that a server gave no whole answer; other errors are about the request."""


def as_sent(request: httpx2.Request) -> list[tuple[str, str]]:
    """The headers of a request, with their names as an app gets them."""
    return [(name.lower(), value) for name, value in decoded(request.headers.raw)]


def addressed(request: httpx2.Request, server: Server | None) -> httpx2.Request:
    """The request as it is sent. To a server of this process it keeps its host's name, but goes to the port."""
    if server is None:
        return request
    return httpx2.Request(
        request.method,
        _url(server.port, request.url.raw_path),
        headers=request.headers,
        stream=request.stream,
        extensions=request.extensions,
    )


@lru_cache(maxsize=256)
def _url(port: int, raw_path: bytes) -> httpx2.URL:
    # Making one takes its time, and a scenario's requests are alike.
    return httpx2.URL(scheme="http", host="127.0.0.1", port=port, raw_path=raw_path)


class Wire:
    """One request over a connection, and its response, both recorded."""

    def __init__(
        self,
        pool: httpx2.AsyncBaseTransport,
        recorder: Recorder,
        request: httpx2.Request,
        server: Server | None,
        *,
        raising: bool,
    ) -> None:
        target = request.url.raw_path.decode("latin-1")
        self.exchange = Exchange(request.method, target, as_sent(request))
        recorder.evidence.add(self.exchange)
        self.call = CallBehind(server, self.exchange, recorder.timeout)
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._pool = pool
        self._recorder = recorder
        self._request = request
        self._server = server
        self._raising = raising
        self._began = perf_counter()
        self._kept_in: set[Wire] = set()
        self._stream: httpx2.AsyncByteStream
        self._connection: _Closing
        self._parts: AsyncIterator[bytes]

    async def whole(self) -> httpx2.Response:
        """Send the request, and read the whole response, all in one time.

        A bare 500 where the app in this process crashed instead. Raises `Unreachable`.
        """
        chunks: list[bytes] = []
        try:
            with anyio.fail_after(self.call.patience):
                await self._begin()
                async for chunk in self._parts:
                    self._take(chunk)
                    chunks.append(chunk)
        except (TimeoutError, *BROKEN) as error:
            await self._lost(self._told(error))
        except BaseException:
            await self._abandon()
            raise
        else:
            self._complete()
        if self.status:
            await self.close()
        return httpx2.Response(self.status or 500, headers=self.headers, stream=httpx2.ByteStream(b"".join(chunks)))

    async def open(self, deadline: float | None) -> bool:
        """Send the request, and wait for the start of the response.

        False where the app in this process crashed instead. Raises `Unreachable`.
        """
        try:
            with anyio.fail_after(None if deadline is None else deadline - monotonic()):
                await self._begin()
        except (TimeoutError, *BROKEN) as error:
            await self._lost(self._told(error))
            return False
        except BaseException:
            await self._abandon()
            raise
        return True

    async def _begin(self) -> None:
        self._note_request()
        response = await self._sent()
        self.call.found(response)
        self._connection = response.extensions["network_stream"]
        self._stream = cast("httpx2.AsyncByteStream", response.stream)
        self._parts = aiter(self._stream)
        self.status, self.headers = response.status_code, response.headers.raw
        if self._server is not None:
            self.headers = [(name, value) for name, value in self.headers if name.lower() not in OF_CONNECTION]
        self.exchange.status, self.exchange.response_headers = self.status, decoded(self.headers)

    async def _sent(self) -> httpx2.Response:
        if self._server is not None:
            return await self._pool.handle_async_request(addressed(self._request, self._server))
        tracked = _Tracked(self._request)
        try:
            return await self._pool.handle_async_request(self._request)
        except BROKEN:
            if tracked.fresh or self._request.method not in _SAFE:
                raise
            # The server has closed a connection that was kept, which crossed with the request: RFC 9112, 9.3.1.
            return await self._pool.handle_async_request(self._request)

    async def chunk(self, deadline: float | None) -> bytes | None:
        """The next part of the body, None at its end. Raises `Unreachable`, and what the app raised."""
        try:
            with anyio.fail_after(None if deadline is None else deadline - monotonic()):
                chunk = await anext(self._parts)
        except StopAsyncIteration:
            self._complete()
            return None
        except (TimeoutError, *BROKEN) as error:
            await self._lost(self._told(error))
            return None
        self._take(chunk)
        return chunk

    def _take(self, chunk: bytes) -> None:
        exchange = self.exchange
        if room := BODY_CAP - len(exchange.response_body):
            exchange.response_body += chunk[:room]
        exchange.response_size += len(chunk)

    def _complete(self) -> None:
        self.exchange.complete = True
        self.exchange.seconds = perf_counter() - self._began

    def _told(self, error: Exception) -> Unreachable:
        status, size, timeout = self.status, self.exchange.response_size, self._recorder.timeout
        if isinstance(error, TimeoutError):
            return late(self._request, timeout, status=status, size=size)
        return failed(error, self._request, timeout, status=status, size=size)

    async def _abandon(self) -> None:
        """Let the app end whose client was cancelled."""
        with anyio.CancelScope(shield=True):
            self.call.leaves()
            await self.call.dismiss()

    def keep(self, wires: set[Wire]) -> None:
        """Stand among those that are open, until it is closed."""
        self._kept_in = wires
        wires.add(self)

    async def leave(self) -> None:
        """Close it, whatever the app raised."""
        self._raising = False
        await self.close()

    async def close(self) -> None:
        """Leave the app, or wait for the end of one whose response is complete. Raises what the app raised."""
        self._kept_in.discard(self)
        if not self.exchange.complete:
            self.call.leaves()
        with suppress(*BROKEN):
            # A generator that is left in its middle would be closed by its loop at some later time.
            await cast("_Closing", self._parts).aclose()
            await self._stream.aclose()
            if self._server is None and self.status >= _SERVER_ERROR:
                # Servers close a connection on which an app has crashed, and say so to nobody.
                await self._connection.aclose()
        if self.exchange.complete:
            self.call.resume()
            self._raise(await self.call.failure())
        else:
            await self.call.dismiss()

    async def _lost(self, error: Unreachable) -> None:
        """Raise an error, unless the app in this process has crashed: then that is what happened."""
        failure = await self.call.failure()
        if failure is None:
            self.exchange.lost = True
            raise error
        self._raise(failure)

    def _raise(self, failure: BaseException | None) -> None:
        """Raise the app's exception into the caller's own code, once."""
        if failure is None or not self._raising:
            return
        self._raising = False
        self._recorder.deliver(failure)
        if isinstance(failure, Exception):
            raise failure
        # An exit would end the thread of the loop.
        raise AppError(f"The app raised {summary(failure)}") from failure

    def _note_request(self) -> None:
        try:
            content = self._request.content
        except httpx2.RequestNotRead:
            self._request.stream = _Sent(cast("httpx2.AsyncByteStream", self._request.stream), self.exchange)
        else:
            _add_request(self.exchange, content)


class _Closing(Protocol):
    async def aclose(self) -> None: ...


class _Tracked:
    """Notes whether a request has opened a connection of its own."""

    def __init__(self, request: httpx2.Request) -> None:
        self.fresh = False
        request.extensions = {**request.extensions, "trace": self._trace}

    async def _trace(self, event: str, _: object) -> None:
        self.fresh = self.fresh or event.startswith("connection.connect")


class Body(httpx2.AsyncByteStream):
    """The body of a response, read as it comes, each part with a deadline."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        chunk = await self._wire.chunk(monotonic() + self._wire.call.patience)
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Leave the app, or wait for its end."""
        await self._wire.close()


class _Sent(httpx2.AsyncByteStream):
    """The body of a request that is made while it is sent."""

    def __init__(self, stream: httpx2.AsyncByteStream, exchange: Exchange) -> None:
        self._stream = stream
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            _add_request(self._exchange, chunk)
            yield chunk


def _add_request(exchange: Exchange, chunk: bytes) -> None:
    if room := BODY_CAP - len(exchange.request_body):
        exchange.request_body += chunk[:room]
    exchange.request_size += len(chunk)
