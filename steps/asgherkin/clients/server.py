"""One app under uvicorn, on a loopback port that the kernel has picked; imported by the client `live` alone."""

from __future__ import annotations

import asyncio
import logging
import socket
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import httpx2
import uvicorn

from asgherkin.clients.deadlines import AppCall, grace
from asgherkin.clients.lifespan import Lifespan
from asgherkin.clients.recorder import SERVED, Crashed, Recorder, ServedScope, target

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from asgherkin.clients.asgi import ASGI3, Message, Receive, Scope, Send, Spawn, Work
    from asgherkin.evidence.crash_record import Crash

_KEEP_ALIVE = 3600
"""Seconds: the clients of this process are the ones to close their connections."""
_SILENT = logging.CRITICAL + 1
"""uvicorn would log what is recorded here, and report each crash twice."""
_QUICK_TURNS = 100


class ServerRecorder(Recorder):
    """What is wrapped around the app itself: it hands its crashes on to the scenario that uses the server.

    A crash between two scenarios is handed to the next one; a crash after the last stays in `unreported`.
    """

    def __init__(self, app: ASGI3, *, timeout: float, root: Path) -> None:
        super().__init__(app, timeout=timeout, root=root, listens=False)
        self.unreported: list[Crash] = []
        self._current: Recorder | None = None

    @property
    def current(self) -> Recorder:
        """The recorder of the scenario that uses the server; this one between scenarios."""
        return self._current or self

    def attach(self, recorder: Recorder | None) -> None:
        """Hand crashes on to the recorder of a scenario; None: it is over."""
        self._current = recorder
        if recorder is not None:
            self.crashes.clear()
            self.evidence.records.clear()
            for crash in self.unreported:
                recorder.record(crash.exception, crash.doing)
            self.unreported.clear()

    def record(self, exception: BaseException, doing: str) -> Crash:
        """Record a crash."""
        if self._current is not None:
            return self._current.record(exception, doing)
        known = len(self.crashes)
        crash = super().record(exception, doing)
        self.unreported += self.crashes[known:]
        return crash


class Server:
    """Serves one app to the clients of this process. Its methods are called on its loop.

    The lifespan is the toolkit's, and not uvicorn's: it can be started and stopped while the server stays, and says
    what went wrong.
    """

    def __init__(self, app: ASGI3, *, timeout: float, root: Path, spawn: Spawn) -> None:
        """`spawn` starts a task that lives across acts."""
        self.app = app
        self.recorder = ServerRecorder(app, timeout=timeout, root=root)
        self.lifespan = Lifespan(self.recorder)
        self._spawn = spawn
        self.port = 0
        self._calls: dict[tuple[str, int], AppCall] = {}
        """By the client's end of their connection."""
        self._resting: list[str] = []
        self._server = uvicorn.Server(_config(self._enter))
        self._socket: socket.socket | None = None

    async def open(self) -> None:
        """Listen. No other process can come first: the port is bound before its number is known."""
        if self._socket is None:
            # With its protocol named: else asyncio leaves out TCP_NODELAY, and answers wait for acknowledgements.
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            self._socket.bind(("127.0.0.1", 0))
            self.port = self._socket.getsockname()[1]
            self._server.config.load()
            self._server.lifespan = self._server.config.lifespan_class(self._server.config)
            await self._server.startup(sockets=[self._socket])

    async def start_app(self, *, again: bool = False) -> None:
        """Start the app, unless that was done; `again`: also when it is over. Raises `AppError`."""
        await self.lifespan.start(self._spawn, again=again)

    def attach(self, recorder: Recorder | None) -> None:
        """Let a scenario use the server; None: it is over."""
        self._calls = {address: call for address, call in self._calls.items() if not call.ended.is_set()}
        self._resting.clear()
        self.recorder.attach(recorder)

    def call(self, response: httpx2.Response) -> AppCall | None:
        """The app's call that a response came from: the last one on the same connection."""
        stream = response.extensions.get("network_stream")
        return None if stream is None else self._calls.get(stream.get_extra_info("client_addr"))

    def served_call(self, doing: str) -> _ServedCall:
        """The app's call for a request that is to be sent."""
        return _ServedCall(self, doing)

    def leave_unwatched(self, doing: str) -> None:
        """Let no watch stop the next call for a request: its client has deadlines of its own."""
        self._resting.append(doing)

    def calls(self, doing: str) -> list[AppCall]:
        """The calls of the app for a request, `GET /orders`, or for a websocket, `websocket /greet`."""
        return [call for call in self._calls.values() if call.doing == doing]

    async def stop(self, seconds: float) -> int:
        """Shut the app down, and close all sockets. The id of a task of the app's that does not end, else 0.

        Raises `AppError` when the app fails to shut down.
        """
        try:
            await self.lifespan.stop()
        finally:
            await self._close(seconds)
        return await self.lifespan.end()

    async def _close(self, seconds: float) -> None:
        if self._socket is None:
            return
        self._socket = None
        state = self._server.server_state
        for server in self._server.servers:
            server.close()
        for connection in list(state.connections):
            connection.shutdown()
        # Not uvicorn's own way, which waits a tenth of a second for each server.
        await self._quiet()
        for task in list(state.tasks):
            task.cancel()
        for connection in list(state.connections):
            connection.transport.abort()
        with anyio.move_on_after(seconds):
            await asyncio.gather(*state.tasks, return_exceptions=True)
        await self._quiet()

    async def _quiet(self) -> None:
        """Let connections that are closed come to their ends."""
        for _ in range(_QUICK_TURNS):
            if not self._server.server_state.connections:
                return
            await anyio.lowlevel.checkpoint()

    def addressed(self, request: httpx2.Request) -> httpx2.Request:
        """A request as it is sent to this server: it keeps its host's name, but goes to the port."""
        return httpx2.Request(
            request.method,
            _url(self.port, request.url.raw_path),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )

    def _enter(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """What uvicorn takes for its app, and awaits."""
        scope["state"] = dict(self.lifespan.state)
        # As in-process: what is asked of the app has the same keys on all clients.
        scope.setdefault("extensions", {})
        recorder = self.recorder.current
        if scope["type"] != "http":
            served = SERVED.get(scope["type"], ServedScope)(recorder, scope)
            self._calls[scope["client"]] = served
            return served.serve(recorder, scope, receive, send)
        call = AppCall(recorder, f"{scope['method']} {target(scope)}")
        self._calls[scope["client"]] = call
        if call.doing in self._resting:
            self._resting.remove(call.doing)
            call.rest()
        return _serve(call, partial(recorder.answer, scope, receive, partial(_send, send), call, whole=True))


class _ServedCall:
    """The app's call for one request that came over a socket. It cannot be observed before it has begun."""

    def __init__(self, server: Server, doing: str) -> None:
        timeout = server.recorder.timeout
        # Longer than the app is given here, since the watch on the app says more.
        self.patience = timeout + 2 * grace(timeout) + 1
        self._server = server
        self._doing = doing
        self._call: AppCall | None = None

    def answered(self, response: httpx2.Response) -> None:
        self._call = self._server.call(response)

    def rest(self) -> None:
        if self._call is not None:
            self._call.rest()
        else:
            self._server.leave_unwatched(self._doing)

    def resume(self) -> None:
        for call in self._calls():
            call.resume()

    def place(self) -> str:
        return next((place for call in self._calls() if (place := call.place())), "")

    def leaves(self) -> None:
        for call in self._calls():
            call.leaves()

    async def dismiss(self) -> None:
        for call in self._calls():
            await call.dismiss()

    async def outcome(self) -> BaseException | None:
        calls = self._calls()
        if not all(call.ended.is_set() for call in calls):
            with anyio.move_on_after(self.patience):
                for call in calls:
                    await call.ended.wait()
        return next((call.failure for call in calls if call.failure is not None), None)

    def _calls(self) -> list[AppCall]:
        return [self._call] if self._call is not None else self._server.calls(self._doing)


async def _serve(call: AppCall, answer: Work) -> None:
    await call.run(answer)
    if call.failure is not None:
        raise Crashed


@lru_cache(maxsize=256)
def _url(port: int, raw_path: bytes) -> httpx2.URL:
    # Making one takes its time, and a scenario's requests are alike.
    return httpx2.URL(scheme="http", host="127.0.0.1", port=port, raw_path=raw_path)


async def _send(send: Send, message: Message) -> None:
    await send(message)
    if message.get("more_body"):
        # An app that sends without end must not hold up the loop until the socket is full.
        await anyio.lowlevel.checkpoint()


def _config(app: ASGI3) -> uvicorn.Config:
    """As an app meets it in-process: no headers of the server's own, nothing rewritten, nothing logged."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="wsproto",
        interface="asgi3",
        lifespan="off",
        log_config=None,
        log_level=_SILENT,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        ws_ping_interval=None,
    )
