"""An httpx2 transport to an ASGI app in this process, for whole responses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

import anyio
import anyio.lowlevel
import httpx2

from asgherkin.clients.deadlines import AppCall
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from asgherkin.clients.asgi import Message, Scope, Spawn
    from asgherkin.clients.deadlines import Abandon
    from asgherkin.clients.recorder import Recorder

CLIENT = ("127.0.0.1", 50000)
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def scope_of(request: httpx2.Request, state: Mapping[str, object]) -> Scope:
    """What the ASGI scopes of a request and of a websocket have in common."""
    url = request.url
    return {
        "http_version": "1.1",
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": CLIENT,
        "server": (url.host, url.port or _PORTS.get(url.scheme)),
        "state": dict(state),
    }


def doing_of(request: httpx2.Request) -> str:
    """What the app is asked for by a request: `GET /orders`."""
    return f"{request.method} {request.url.raw_path.decode('latin-1')}"


def http_scope(request: httpx2.Request, state: Mapping[str, object]) -> Scope:
    """The ASGI scope of a request."""
    return {
        "type": "http",
        # With 2.3 an app learns from receive that its client has left, and send does not raise.
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "method": request.method,
        "extensions": {},
        **scope_of(request, state),
    }


class WholeTransport(httpx2.AsyncBaseTransport):
    """Calls the app for each request, and gives out the whole response when the call has ended.

    What the app raises is recorded, and the response is a bare 500. The call is in the present task, and `abandon` is
    called with the error if it hangs and does not stop; or, given a `spawn`, it has a task of its own.
    """

    def __init__(
        self,
        recorder: Recorder,
        state: Mapping[str, object],
        *,
        abandon: Abandon | None = None,
        spawn: Spawn | None = None,
    ) -> None:
        self._recorder = recorder
        self._state = state
        self._abandon = abandon
        self._spawn = spawn

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to the app."""
        whole = _WholeResponse()
        cycle = RequestCycle(request, whole)
        call = AppCall(self._recorder, abandon=self._abandon)
        scope = http_scope(request, self._state)
        answer = partial(self._recorder.answer, scope, cycle.receive, cycle.send, call, whole=True)
        if self._spawn is None:
            await call.run(answer)
        else:
            self._spawn(partial(call.run, answer))
            await call.ended.wait()
        if not whole.status:
            return httpx2.Response(500)
        return httpx2.Response(whole.status, headers=whole.headers, stream=httpx2.ByteStream(b"".join(whole.chunks)))


class _WholeResponse:
    """A response that is kept until the call of the app has ended."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.chunks: list[bytes] = []
        self.complete = False

    def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status, self.headers = status, headers

    async def add(self, chunk: bytes) -> None:
        self.chunks.append(chunk)
        if not self.complete:
            # An app that sends without end must not hold up the loop.
            await anyio.lowlevel.checkpoint()

    def end(self) -> None:
        """The app has ended it, and so nobody waits for more."""


class Response(Protocol):
    """What an app's response is fed into."""

    complete: bool

    def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """The status and the headers have come."""

    async def add(self, chunk: bytes) -> None:
        """A part of the body has come; the last one where it is `complete`."""

    def end(self) -> None:
        """Nothing more comes."""


class RequestCycle:
    """The receive and send of one request: it hands the request out, and the app's messages to `response`."""

    def __init__(self, request: httpx2.Request, response: Response) -> None:
        self._request = request
        self._response = response
        self._over = False
        self._over_event: anyio.Event | None = None
        self._asked = False
        self._parts: AsyncIterator[bytes] | None = None

    async def receive(self) -> Message:
        """The next part of the request; a disconnect once the response is complete or the client has left."""
        if not self._asked:
            return await self._part()
        if not self._over:
            self._over_event = self._over_event or anyio.Event()
            await self._over_event.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a part of the response."""
        kind = message["type"]
        response = self._response
        if kind == "http.response.start":
            response.start(message["status"], list(message.get("headers", ())))
        elif kind == "http.response.body":
            response.complete = not message.get("more_body", False)
            await response.add(b"" if self._request.method == "HEAD" else bytes(message.get("body", b"")))
            if response.complete:
                await self.close()
        else:
            raise AppError(
                f'The app sent a message of type "{kind}". '
                'Here a response is made of "http.response.start" and "http.response.body".'
            )

    async def close(self) -> None:
        """Let the app receive a disconnect. The reader reads what has come."""
        self._over = True
        if self._over_event is not None:
            self._over_event.set()
        self._response.end()

    async def _part(self) -> Message:
        if self._parts is None:
            try:
                body = self._request.content
            except httpx2.RequestNotRead:
                self._parts = aiter(cast("httpx2.AsyncByteStream", self._request.stream))
            else:
                self._asked = True
                return {"type": "http.request", "body": body, "more_body": False}
        try:
            return {"type": "http.request", "body": await anext(self._parts), "more_body": True}
        except StopAsyncIteration:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
