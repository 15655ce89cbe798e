"""httpx2 transports over real sockets: to a server of this process, or to a deployed one. Nothing waits without end.

Exchanges are recorded as the client sees them: nothing else of a deployed server can be observed.
"""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

import anyio
import httpx2

from asgherkin.clients.network import failed, late
from asgherkin.clients.recorder import decoded
from asgherkin.clients.response_stream import ObservedCall, ResponseStream, StreamTransport
from asgherkin.evidence.exchange_record import BODY_CAP, Exchange

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from anyio.abc import AsyncResource

    from asgherkin.clients.asgi import Spawn
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.server import Server
    from asgherkin.errors import AppError

    Serving: TypeAlias = Callable[[], Awaitable[Server | None]]

_SAFE = frozenset(("GET", "HEAD", "OPTIONS", "QUERY"))
OF_CONNECTION = frozenset((b"connection", b"transfer-encoding"))  # added by uvicorn, and not there in-process
BROKEN = (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.TimeoutException)
"""The errors for a server that gives no whole answer; others are about the request."""


class LiveWholeTransport(httpx2.AsyncBaseTransport):
    """Sends requests by `pool`, and gives out whole responses.

    They go to the server that `serving` gives, or, where there is none, to where their URLs say. A bare 500 where the
    app in this process crashed. Raises `Unreachable` where a server gives no whole answer in time.
    """

    def __init__(self, pool: httpx2.AsyncBaseTransport, recorder: Recorder, serving: Serving) -> None:
        self._pool = pool
        self._recorder = recorder
        self._serving = serving

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        sending = _Sending(self._pool, self._recorder, request, await self._serving())
        chunks: list[bytes] = []
        try:
            with anyio.fail_after(sending.call.patience):
                await sending.begin()
                while (chunk := await sending.chunk()) is not None:
                    chunks.append(chunk)
        except (TimeoutError, *BROKEN) as error:
            await sending.lost(error)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await sending.call.dismiss()
            raise
        if sending.status:
            await sending.close()
        if sending.exchange.complete:
            await sending.call.outcome()
        stream = httpx2.ByteStream(b"".join(chunks))
        return httpx2.Response(sending.status or 500, headers=sending.headers, stream=stream)


class LiveStreamTransport(StreamTransport):
    """Sends requests by `pool`, and gives out responses when they have started; a task reads what comes.

    Streams stand in `open_streams` until they are closed.
    """

    def __init__(
        self,
        pool: httpx2.AsyncBaseTransport,
        recorder: Recorder,
        serving: Serving,
        spawn: Spawn,
        open_streams: set[ResponseStream],
        *,
        raising: bool = True,
        start_within: float | None = None,
    ) -> None:
        super().__init__(recorder, spawn, {}, raising=raising, start_within=start_within)
        self._pool = pool
        self._serving = serving
        self._open_streams = open_streams

    async def _begin(self, request: httpx2.Request, stream: ResponseStream) -> None:
        sending = _Sending(self._pool, self._recorder, request, await self._serving())
        patience = sending.call.patience if self._start_within is None else None  # that of the reader, then
        pump = _Pump(sending, stream, patience, self._open_streams)
        stream.attach(sending.call, pump.close)
        self._spawn(pump.run)

    async def _started(self, request: httpx2.Request, stream: ResponseStream) -> None:
        await super()._started(request, stream)
        if self._start_within is None:
            # The server knows no mode: to its watch a response that goes on for long is one that does not end.
            stream.rest()

    async def _late(self, request: httpx2.Request, stream: ResponseStream, seconds: float) -> AppError:
        if await self._serving() is None:
            return late(request, seconds)
        return await super()._late(request, stream, seconds)


class _Sending:
    """One request over a connection, and its response, both recorded."""

    def __init__(
        self, pool: httpx2.AsyncBaseTransport, recorder: Recorder, request: httpx2.Request, server: Server | None
    ) -> None:
        target = request.url.raw_path.decode("latin-1")
        headers = [(name.lower(), value) for name, value in decoded(request.headers.raw)]  # as an app gets them
        self.exchange = Exchange(request.method, target, headers)
        recorder.evidence.add(self.exchange)
        doing = f"{request.method} {target}"
        self.call: CallOverSocket = _DeployedCall(recorder.timeout) if server is None else server.served_call(doing)
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._pool = pool
        self._recorder = recorder
        self._request = request
        self._server = server
        self._began = perf_counter()
        self._stream: httpx2.AsyncByteStream
        self._connection: AsyncResource
        self._parts: AsyncGenerator[bytes]

    async def begin(self) -> None:
        """Send the request, and wait for the start of the response."""
        self._note_request()
        response = await self._sent()
        self.call.answered(response)
        self._connection = response.extensions["network_stream"]
        self._stream = cast("httpx2.AsyncByteStream", response.stream)
        self._parts = cast("AsyncGenerator[bytes]", aiter(self._stream))
        self.status, self.headers = response.status_code, response.headers.raw
        if self._server is not None:
            self.headers = [(name, value) for name, value in self.headers if name.lower() not in OF_CONNECTION]
        self.exchange.status, self.exchange.response_headers = self.status, decoded(self.headers)

    async def _sent(self) -> httpx2.Response:
        if self._server is not None:
            return await self._pool.handle_async_request(self._server.addressed(self._request))
        opened: list[str] = []

        async def trace(event: str, _: object) -> None:
            if event.startswith("connection.connect"):
                opened.append(event)

        self._request.extensions = {**self._request.extensions, "trace": trace}
        try:
            return await self._pool.handle_async_request(self._request)
        except BROKEN:
            if opened or self._request.method not in _SAFE:
                raise
            # The server has closed a connection that was kept, which crossed with the request: RFC 9112, 9.3.1.
            return await self._pool.handle_async_request(self._request)

    async def chunk(self) -> bytes | None:
        """The next part of the body, None at its end."""
        exchange = self.exchange
        try:
            chunk = await anext(self._parts)
        except StopAsyncIteration:
            exchange.complete = True
            exchange.seconds = perf_counter() - self._began
            return None
        if room := BODY_CAP - len(exchange.response_body):
            exchange.response_body += chunk[:room]
        exchange.response_size += len(chunk)
        return chunk

    async def close(self) -> None:
        """Give the connection back, or close it where the response is not complete."""
        with suppress(*BROKEN):
            # A generator that is left in its middle would be closed by its loop at some later time.
            await self._parts.aclose()
            await self._stream.aclose()
            if self._server is None and httpx2.codes.is_server_error(self.status):
                # Servers close a connection on which an app has crashed, and say so to nobody.
                await self._connection.aclose()

    async def lost(self, error: Exception) -> None:
        """Raise `Unreachable`, unless the app in this process has crashed: then that is what happened."""
        if await self.call.outcome() is not None:
            return
        self.exchange.lost = True
        status, size, timeout = self.status, self.exchange.response_size, self._recorder.timeout
        if isinstance(error, TimeoutError):
            raise late(self._request, timeout, status=status, size=size)
        raise failed(error, self._request, timeout, status=status, size=size)

    def _note_request(self) -> None:
        try:
            content = self._request.content
        except httpx2.RequestNotRead:
            self._request.stream = _Sent(cast("httpx2.AsyncByteStream", self._request.stream), self.exchange)
        else:
            _add_request(self.exchange, content)


class _Pump:
    """The task that reads a response, and feeds its stream: what waits for the next part with a deadline loses none."""

    def __init__(
        self, sending: _Sending, stream: ResponseStream, patience: float | None, open_streams: set[ResponseStream]
    ) -> None:
        self._sending = sending
        self._stream = stream
        self._patience = patience
        self._open_streams = open_streams
        self._ended = anyio.Event()
        self._scope = anyio.CancelScope()
        open_streams.add(stream)

    async def run(self) -> None:
        """Read until the end. To be spawned; raises nothing."""
        error: Exception | None = None
        try:
            with self._scope:
                await self._read()
        except Exception as failure:  # noqa: BLE001 - told where the stream is read
            error = failure
        finally:
            self._stream.end(error)
            self._ended.set()

    async def _read(self) -> None:
        sending, stream = self._sending, self._stream
        try:
            with anyio.fail_after(self._patience):
                await sending.begin()
            stream.start(sending.status, sending.headers)
            while True:
                with anyio.fail_after(self._patience):
                    chunk = await sending.chunk()
                if chunk is None:
                    break
                await stream.add(chunk)
            stream.complete = True
        except (TimeoutError, *BROKEN) as error:
            await sending.lost(error)

    async def close(self) -> None:
        """Stop reading, and let go of the connection."""
        self._open_streams.discard(self._stream)
        self._scope.cancel()
        await self._ended.wait()
        if self._sending.status:
            await self._sending.close()


class CallOverSocket(ObservedCall, Protocol):
    """The app's call behind a response that comes over a socket."""

    patience: float
    """Seconds that the client waits."""

    def answered(self, response: httpx2.Response) -> None:
        """A response has come."""


class _DeployedCall:
    """Behind a deployed server the app's call cannot be observed, and no watch of ours stops it."""

    def __init__(self, timeout: float) -> None:
        self.patience = timeout

    def answered(self, response: httpx2.Response) -> None: ...

    def rest(self) -> None: ...

    def resume(self) -> None: ...

    def leaves(self) -> None: ...

    def place(self) -> str:
        return ""

    async def dismiss(self) -> None: ...

    async def outcome(self) -> None: ...


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
