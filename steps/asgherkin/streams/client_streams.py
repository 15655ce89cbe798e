"""Responses that are read as they come, from outside of the loop: event streams and streamed bodies."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, TypeVar, cast

import anyio
import httpx2

from asgherkin.clients.response_stream import ResponseStream
from asgherkin.clients.transport import doing_of
from asgherkin.streams.event_stream import Event, EventParser
from asgherkin.streams.stream_log import StreamLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from asgherkin.clients.asgi import RunAs
    from asgherkin.clients.in_process import Client

T = TypeVar("T")
# What is compressed is no text to read as it comes; an app that compresses unasked is read as it is.
_HEADERS = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}


class ClientStreams:
    """The streams of one client.

    They go through our own transport, on the client `test` too: TestClient returns a response when the app has
    ended, so it would wait for an endless one without a deadline.
    """

    def __init__(self, client: Client) -> None:
        self._transport = _KeepingTransport(client.stream_transport())
        self._http = client.httpx_client(self._transport)
        self._run = client.run_as
        self._open: list[OpenStream] = []
        client.before_shut_down.append(self._leave)

    def open(self, url: str, options: Mapping[str, object]) -> OpenStream:
        """Send a GET request; `options` are httpx2's. Raises `AppError` when no response starts in time."""
        follows = bool(options.get("follow_redirects", True))
        request = self._request(url, {name: value for name, value in options.items() if name != "follow_redirects"})
        return self._run(doing_of(request), self._opened, request, follows)

    async def _leave(self, *, restarts: bool) -> None:
        """Leave all that are open, at once."""
        del restarts  # they are left alike
        async with anyio.create_task_group() as group:
            for stream in self._open:
                group.start_soon(stream.leave)
        self._open.clear()

    def _request(self, url: str, options: dict[str, object]) -> httpx2.Request:
        headers = httpx2.Headers(cast("Mapping[str, str] | None", options.pop("headers", None)))
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        build = cast("Callable[..., httpx2.Request]", self._http.build_request)
        return build("GET", url, headers=headers, **options)

    async def _opened(self, request: httpx2.Request, follows: bool) -> OpenStream:
        stream = await self._started(request)
        redirects = 0
        # Not httpx2's own way: it reads the body of a redirect to its end, whenever that is.
        while follows and stream.response.next_request is not None:
            await stream.leave()
            redirects += 1
            if redirects > self._http.max_redirects:
                raise httpx2.TooManyRedirects("Exceeded maximum allowed redirects.", request=request)
            stream = await self._started(stream.response.next_request)
        self._open = [other for other in self._open if not other.log.left]
        self._open.append(stream)
        return stream

    async def _started(self, request: httpx2.Request) -> OpenStream:
        response = await self._http.send(request, stream=True, follow_redirects=False)
        return OpenStream(response, self._transport.kept, self._run)


class OpenStream:
    """One response that is read as it comes.

    Its methods are called on the main thread, apart from `leave`; none waits without end.
    """

    def __init__(self, response: httpx2.Response, stream: ResponseStream, run: RunAs) -> None:
        self.response = response
        self.log = StreamLog(response.request.url.raw_path.decode("latin-1"))
        self._stream = stream
        self._run = run
        self._parser = EventParser()
        self._events: deque[Event] = deque()

    def receive(self, seconds: float) -> Event | None:
        """The next event; None where none comes within `seconds`, or the stream is over.

        Raises `AppError` at an event that is longer than 1 MiB.
        """
        return self._run(self.log.doing, self._next_event, monotonic() + seconds)

    def read(self, seconds: float) -> bytes | None:
        """The next part of the body, as the app sent it; None as in `receive`."""
        return self._run(self.log.doing, self._next_part, monotonic() + seconds)

    def close(self) -> None:
        """Leave it: the app gets its `http.disconnect`, and a moment to end."""
        if not self.log.left:
            self._run(self.log.doing, self.leave)

    def place(self) -> str:
        """Where the app's task for it waits; empty where that is not known."""

        async def place() -> str:
            return self._stream.place()

        return self._run(self.log.doing, place)

    async def leave(self) -> None:
        """Leave it. To be called on the loop."""
        if not self.log.left:
            self.log.left = True
            await self.response.aclose()

    async def _next_event(self, deadline: float) -> Event | None:
        while not self._events and self._parser.error is None:
            chunk = await self._next_chunk(deadline)
            if chunk is None:
                return None
            for event in self._parser.feed(chunk):
                self.log.add(event)
                self._events.append(event)
        if self._events:
            return self._events.popleft()
        assert self._parser.error is not None, "no event and no error"
        raise self._parser.error

    async def _next_part(self, deadline: float) -> bytes | None:
        chunk = await self._next_chunk(deadline)
        if chunk is not None:
            self.log.add(chunk)
        return chunk

    async def _next_chunk(self, deadline: float) -> bytes | None:
        if not await self._stream.comes(deadline - monotonic()):
            return None
        chunk = await self._stream.next_chunk()
        self.log.over = chunk is None
        return chunk


class _KeepingTransport(httpx2.AsyncBaseTransport):
    """Keeps the stream of the last response, which httpx2's client wraps."""

    kept: ResponseStream

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        response = await self._inner.handle_async_request(request)
        assert isinstance(response.stream, ResponseStream), "the transport's responses are read as they come"
        self.kept = response.stream
        return response
