"""An httpx2 transport to an ASGI app in this process, which streams both ways."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import httpx2

from asgherkin.clients.deadlines import AppCall
from asgherkin.clients.talk import StreamTalk, Talk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from asgherkin.clients.asgi import Scope
    from asgherkin.clients.deadlines import Abandon
    from asgherkin.clients.owner import Spawn
    from asgherkin.clients.recorder import Recorder

    Opening: TypeAlias = Callable[[StreamTalk, AppCall], Awaitable[None]]

WHOLE = "asgherkin.whole"
"""The extension of a request whose response is read whole. Its value is called if the app does not stop."""
RAISING = "raise_app_exceptions"
"""The extension of a request that says whether the app's exceptions are raised."""
OPENING = "asgherkin.opening"
"""The extension of a request whose response is read with deadlines. Its value waits for the start of the response."""
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


class ASGITransport(httpx2.AsyncBaseTransport):
    """Calls the app for each request.

    A response is there when the app has started it, its body is read as it comes. The app then runs in a task
    of its own, made by `spawn`. Closing the response early gives the app a disconnect, and cancels it after a
    while; closing it at its end waits for the app. The app's exceptions are raised where the client is at:
    sending, reading or closing; unless `raise_app_exceptions` is false here or in the request's extensions.
    """

    def __init__(
        self,
        recorder: Recorder,
        spawn: Spawn,
        state: Mapping[str, object],
        *,
        raise_app_exceptions: bool = True,
    ) -> None:
        self._recorder = recorder
        self._spawn = spawn
        self._state = state
        self._raising = raise_app_exceptions

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to the app."""
        extensions = request.extensions
        raising: bool = extensions.get(RAISING, self._raising)
        scope = self._scope(request)
        abandon: Abandon | None = extensions.get(WHOLE)
        if abandon is not None:
            return await self._whole(Talk(request), scope, abandon, raising=raising)
        opening: Opening | None = extensions.get(OPENING)
        talk = StreamTalk(request)
        call = AppCall(self._recorder, doing_of(request), at_end=talk.end)
        answer = partial(self._recorder.answer, scope, talk.receive, talk.send, call, whole=False)
        self._spawn(partial(call.run, answer))
        stream = _Stream(self._recorder, talk, call, raising=raising)
        try:
            await (talk.started.wait() if opening is None else opening(talk, call))
        except BaseException:
            await stream.leave()
            raise
        if not talk.status:
            stream.check()
            return httpx2.Response(500)
        return httpx2.Response(talk.status, headers=talk.headers, stream=stream)

    async def _whole(self, talk: Talk, scope: Scope, abandon: Abandon, *, raising: bool) -> httpx2.Response:
        """Call the app in the present task, and return after it has ended."""
        call = AppCall(self._recorder, doing_of(talk.request), abandon=abandon)
        await call.run(partial(self._recorder.answer, scope, talk.receive, talk.send, call, whole=True))
        if call.failure is not None and raising:
            self._recorder.deliver(call.failure)
            raise call.failure
        if not talk.status:
            return httpx2.Response(500)
        body = httpx2.ByteStream(b"".join(talk.chunks))
        return httpx2.Response(talk.status, headers=talk.headers, stream=body)

    def _scope(self, request: httpx2.Request) -> Scope:
        return {
            "type": "http",
            # With 2.3 an app learns from receive that its client has left, and send does not raise.
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "method": request.method,
            "extensions": {},
            **scope_of(request, self._state),
        }


class _Stream(httpx2.AsyncByteStream):
    """The body of a response that is read as it comes."""

    def __init__(self, recorder: Recorder, talk: StreamTalk, call: AppCall, *, raising: bool) -> None:
        self._recorder = recorder
        self._talk = talk
        self._call = call
        self._raising = raising

    def __aiter__(self) -> AsyncIterator[bytes]:
        # No generator: one that is left in its middle is closed by its loop at some later time.
        return self

    async def __anext__(self) -> bytes:
        chunk = await self._talk.next_chunk()
        if chunk is None:
            self.check()
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Leave the app, or wait for the end of one whose response is complete."""
        if self._talk.complete:
            await self._call.ended.wait()
            self.check()
        else:
            await self.leave()

    async def leave(self) -> None:
        """Tell the app that its client has left; cancel it if it does not end soon."""
        self._talk.disconnect()
        await self._call.dismiss()

    def check(self) -> None:
        """Raise the app's exception, once."""
        failure = self._call.failure
        if failure is not None and self._raising:
            self._raising = False
            self._recorder.deliver(failure)
            raise failure
