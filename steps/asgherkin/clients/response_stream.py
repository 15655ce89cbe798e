"""Responses that are read as they come: a stream that a source feeds, and the httpx2 transport of in-process ones."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

import anyio
import anyio.lowlevel
import httpx2

from asgherkin.clients.asgi import in_words
from asgherkin.clients.deadlines import AppCall, comes, waiting_at
from asgherkin.clients.transport import RequestCycle, doing_of, http_scope
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from asgherkin.clients.asgi import Run, Spawn
    from asgherkin.clients.recorder import Recorder

_BUFFER = 64 * 1024
"""Bytes that an app can send ahead of a reader before it has to wait, as it can to a server's socket."""


class StreamTransport(httpx2.AsyncBaseTransport):
    """Calls the app for each request, in a task of its own, and gives out the response when it has started.

    Its stream is a `ResponseStream`. `raising`: what the app raises is raised where the client is at: sending, reading
    or closing. `start_within`: seconds to the start of the response. From then on the reader has its own deadlines, and
    no watch stops the app; without it the watch does.
    """

    def __init__(
        self,
        recorder: Recorder,
        spawn: Spawn,
        state: Mapping[str, object],
        *,
        raising: bool = True,
        start_within: float | None = None,
    ) -> None:
        self._recorder = recorder
        self._spawn = spawn
        self._state = state
        self._raising = raising
        self._start_within = start_within

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to the app."""
        stream = ResponseStream(self._recorder, raising=self._raising)
        await self._begin(request, stream)
        try:
            await self._started(request, stream)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await stream.leave()
            raise
        if not stream.status:
            await stream.check()
        return httpx2.Response(stream.status or 500, headers=stream.headers, stream=stream)

    async def _begin(self, request: httpx2.Request, stream: ResponseStream) -> None:
        """Let `stream` be fed."""
        cycle = RequestCycle(request, stream)
        call = AppCall(self._recorder, doing_of(request), at_end=stream.end)
        stream.attach(call, cycle.close)
        scope = http_scope(request, self._state)
        answer = partial(self._recorder.answer, scope, cycle.receive, cycle.send, call, whole=False)
        self._spawn(partial(call.run, answer))

    async def _started(self, request: httpx2.Request, stream: ResponseStream) -> None:
        if self._start_within is None:
            await stream.started.wait()
            return
        # An endless stream may be quiet for long.
        stream.rest()
        if not await comes(stream.started, self._start_within):
            raise await self._late(request, stream, self._start_within)

    async def _late(self, request: httpx2.Request, stream: ResponseStream, seconds: float) -> AppError:
        within = f"within {in_words(seconds)}"
        return AppError(f"The app did not answer {doing_of(request)} {within}.{waiting_at(stream.place())}")


class ObservedCall(Protocol):
    """The app's call behind a response: an `AppCall`, or what can be known of one over a socket."""

    def rest(self) -> None:
        """Let no watch stop it: the client has deadlines of its own."""

    def resume(self) -> None:
        """Let the watch stop it again."""

    def leaves(self) -> None:
        """The client leaves."""

    def place(self) -> str:
        """Where it waits; empty where that is not known."""

    async def dismiss(self) -> None:
        """Let it end after its client has left; it is cancelled after a while."""

    async def outcome(self) -> BaseException | None:
        """What has left the app, once the call has ended."""


class ResponseStream(httpx2.AsyncByteStream):
    """The body of a response that is read as it comes.

    Its source feeds it by `start`, `add` and `end`: what the app sends in this process, or what comes over a socket.
    Closing it early gives the app a disconnect, and cancels it after a while; closing it at its end waits for the app.
    """

    def __init__(self, recorder: Recorder, *, raising: bool) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.started = anyio.Event()
        """Set when the response has started, or cannot any more."""
        self.complete = False
        self._recorder = recorder
        self._raising = raising
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._ended = False
        self._error: Exception | None = None
        self._resting = False
        self._news = anyio.Event()
        self._room = anyio.Event()

    def attach(self, call: ObservedCall, close_source: Callable[[], Awaitable[None]]) -> None:
        """Take note of the app's call, and of a way to let the source know that the reader has left."""
        self._call = call
        self._close_source = close_source

    # For the source

    def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """The status and the headers have come."""
        self.status, self.headers = status, headers
        self.started.set()

    async def add(self, chunk: bytes) -> None:
        """Take a part of the body, when the reader has room for it; nothing once the reader has left."""
        # An empty part tells nobody anything, and without end it would fill the memory.
        if chunk and not self._ended:
            self._chunks.append(chunk)
            self._size += len(chunk)
            self._news.set()
        await anyio.lowlevel.checkpoint()
        while self._size > _BUFFER and not self._ended:
            self._room = anyio.Event()
            await self._room.wait()

    def end(self, error: Exception | None = None) -> None:
        """Nothing more comes; `error` is raised after all that came before it."""
        self._ended = True
        self._error = error or self._error
        for event in (self.started, self._news, self._room):
            event.set()

    # For the reader

    def rest(self) -> None:
        """Let no watch stop the app."""
        self._resting = True
        self._call.rest()

    def place(self) -> str:
        """Where the app's task for it waits; empty where that is not known."""
        return self._call.place()

    async def comes(self, seconds: float) -> bool:
        """Wait until `next_chunk` has no need to; False where that is not so within `seconds`."""
        # A deadline that has passed must not be waited for: an app that never stops sending may come first each time.
        if seconds > 0 and not (self._chunks or self._ended):
            self._news = anyio.Event()
            await comes(self._news, seconds)
        return bool(self._chunks) or self._ended

    async def next_chunk(self) -> bytes | None:
        """The next part of the body, None at its end. Raises what has cut it off."""
        while not (self._chunks or self._ended):
            self._news = anyio.Event()
            await self._news.wait()
        if not self._chunks:
            await self.check()
            return None
        chunk = self._chunks.popleft()
        self._size -= len(chunk)
        self._room.set()
        return chunk

    async def check(self) -> None:
        """Raise what has cut it off: the network's error, or what the app has raised, once."""
        error, self._error = self._error, None
        if error is not None:
            raise error
        if not self.complete:
            self._raise(await self._call.outcome())

    def __aiter__(self) -> AsyncIterator[bytes]:
        # No generator: one that is left in its middle is closed by its loop at some later time.
        return self

    async def __anext__(self) -> bytes:
        chunk = await self.next_chunk()
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Leave the app, or wait for the end of one whose response is complete."""
        if not self.complete:
            await self.leave()
            return
        await self._close_source()
        if self._resting:
            # An app that has sent all of its response may hang in what it does afterwards.
            self._resting = False
            self._call.resume()
        self._raise(await self._call.outcome())

    async def leave(self) -> None:
        """Tell the app that its client has left; cancel it if it does not end soon."""
        self._call.leaves()
        self.end()
        await self._close_source()
        await self._call.dismiss()

    async def drop(self) -> None:
        """Close it, whatever the app has raised."""
        self._raising = False
        await self.aclose()

    def _raise(self, failure: BaseException | None) -> None:
        if failure is not None and self._raising:
            self._raising = False
            self._recorder.raise_in_caller(failure)


class Bridge(httpx2.BaseTransport):
    """For sync code, a transport on the app's loop: a response is read part by part, each by a `run`."""

    def __init__(self, transport: httpx2.AsyncBaseTransport, run: Run) -> None:
        self._transport = transport
        self._run = run

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        request.read()
        response = self._run(self._transport.handle_async_request, request)
        response.stream = _BridgedStream(cast("httpx2.AsyncByteStream", response.stream), self._run)
        return response


class _BridgedStream(httpx2.SyncByteStream):
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
