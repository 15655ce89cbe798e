"""The outermost wrapper of the app: it records exchanges and crashes, and stops what hangs."""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, NoReturn, TypeAlias
from urllib.parse import quote

import anyio

from asgherkin.clients.asgi import ASGI3, WRAPPERS, Message, Receive, Scope, Send, in_words
from asgherkin.clients.deadlines import AppBlocked, AppCall, is_failure
from asgherkin.errors import AppError
from asgherkin.evidence.crash_record import Crash
from asgherkin.evidence.exchange_record import BODY_CAP, Exchange
from asgherkin.evidence.record import Evidence
from asgherkin.frames import summary

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    Guard: TypeAlias = Callable[[Awaitable[None]], Awaitable[None]]

# What Starlette and uvicorn raise into an app whose client has left: an app may let it pass.
_FAREWELLS = frozenset({"ClientDisconnect", "ClientDisconnected", "WebSocketDisconnect"})


class Wrapper:
    """The receive and send that the app is given. This one lets messages pass; others record, and keep ASGI's rules."""

    __slots__ = ("_receive", "_send", "doing")

    def __init__(self, doing: str, receive: Receive, send: Send) -> None:
        """`doing` is what the app is asked for: `GET /orders`."""
        self.doing = doing
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        """Hand the client's next message to the app."""
        return await self._receive()

    async def send(self, message: Message) -> None:
        """Take a message from the app. Raises `AppError` into an app that breaks ASGI's rules."""
        await self._send(message)

    def returned(self) -> None:
        """The app has returned. Raises `AppError` where it may not have."""

    def failed(self, *, cancelled: bool) -> None:
        """The app has let an exception out, or was `cancelled`."""

    def caused(self, exception: BaseException) -> bool:
        """Whether an exception that left the app is the client's own doing, and so no crash."""
        return type(exception).__name__ in _FAREWELLS


class Recorder:
    """An ASGI app around `app`, which records its exchanges and its crashes and stops it when it hangs.

    Every exception that leaves the app is recorded and raised again. An app that is stopped after `timeout`
    seconds without progress raises an `AppError` with the place, relative to `root`, where it waited.
    """

    def __init__(
        self, app: ASGI3, *, timeout: float, root: Path, listens: bool = True, evidence: Evidence | None = None
    ) -> None:
        """`listens`: what passes is recorded here; not where a client over a socket records what it sees.

        `evidence` is the scenario's list; without one, the recorder keeps its own.
        """
        self.app = app
        self.timeout = timeout
        self.root = root
        self.listens = listens
        self.evidence = Evidence() if evidence is None else evidence
        self.crashes: list[Crash] = []
        self.running = 0
        """Requests and websockets that the app is busy with."""
        self._news: anyio.Event | None = None

    @property
    def exchanges(self) -> list[Exchange]:
        """The requests that have passed, with their responses."""
        return self.evidence.of(Exchange)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app as an ASGI server does."""
        if scope["type"] == "http":
            call = AppCall(self)
            await call.run(partial(self.answer, scope, receive, send, call, whole=False))
            if call.failure is not None:
                raise call.failure
        else:
            make = WRAPPERS.get(scope["type"])
            doing = f"{scope['type']} {target(scope)}"
            wrapper = Wrapper(doing, receive, send) if make is None else make(self, scope, receive, send)
            await self.run(scope, wrapper)

    async def answer(self, scope: Scope, receive: Receive, send: Send, call: AppCall, *, whole: bool) -> None:
        """Call the app for one request, in the `run` of `call`, whose watch stops it when it hangs.

        `whole`: the client stays until the app has ended, so an app that waits for it to leave hangs.
        """
        wrapper = _HTTPWrapper(scope, receive, send, call, whole=whole)
        if self.listens:
            self.evidence.add(wrapper.exchange)
        await self.run(scope, wrapper, partial(call.watch, describe=wrapper.hang))

    async def run(self, scope: Scope, wrapper: Wrapper, guard: Guard | None = None) -> None:
        """Call the app with the receive and send of `wrapper`.

        `guard` stops it when it hangs. For a websocket there is none: an app may rightly wait for something else than
        its client.
        """
        busy = scope["type"] != "lifespan"
        self.running += busy
        try:
            running = self.app(scope, wrapper.receive, wrapper.send)
            await (running if guard is None else guard(running))
            wrapper.returned()
        except BaseException as exception:
            stray = _stray_cancellation(exception)
            wrapper.failed(cancelled=not (stray or is_failure(exception)))
            if not wrapper.caused(exception):
                self._left_app(exception, wrapper.doing, stray=stray)
            raise
        finally:
            self.running -= busy
            self._wake()

    def record(self, exception: BaseException, doing: str) -> Crash:
        """Record a crash; one exception is one crash, however often it is met."""
        crash = self.crash_of(exception)
        if crash is None:
            crash = Crash(exception, doing, root=self.root)
            self.crashes.append(crash)
            self.evidence.add(crash)
            self._wake()
        return crash

    async def until_crash(self, known: int, seconds: float) -> None:
        """Wait until there are more crashes than `known`, or the app is busy with nothing; `seconds` at most."""
        with anyio.move_on_after(seconds):
            while self.running and len(self.crashes) <= known:
                self._news = anyio.Event()
                await self._news.wait()

    def _wake(self) -> None:
        if self._news is not None:
            self._news.set()

    def crash_of(self, exception: BaseException) -> Crash | None:
        """The crash that an exception was recorded as."""
        return next((crash for crash in self.crashes if crash.exception is exception), None)

    def deliver(self, exception: BaseException) -> None:
        """Note that an exception is raised into the caller's own code."""
        crash = self.crash_of(exception)
        if crash is not None:
            crash.delivered = True

    def raise_in_caller(self, failure: BaseException) -> NoReturn:
        """Raise what the app has raised into the caller's own code."""
        self.deliver(failure)
        if isinstance(failure, Exception):
            raise failure
        # An exit would end the thread of the loop.
        raise AppError(f"The app raised {summary(failure)}") from failure

    def _left_app(self, exception: BaseException, doing: str, *, stray: bool) -> None:
        """Record an exception that left the app; raise an `AppError` where that says more."""
        if isinstance(exception, AppBlocked):
            self.record(exception.error, doing)
            raise exception.error from None
        if stray:
            error = AppError(
                f"The app let a CancelledError out of {doing}, though nobody cancelled it: "
                "it awaits a task that was cancelled."
            )
            self.record(error, doing)
            raise error from exception
        if is_failure(exception):
            self.record(exception, doing)


class Crashed(Exception):  # noqa: N818 - no error of its own
    """Raised into a server when the app has crashed: it answers with a 500 or drops the connection."""


class ServedScope(AppCall):
    """The app's call for what a server in this process serves beside requests."""

    def __init__(self, recorder: Recorder, scope: Scope) -> None:
        super().__init__(recorder, f"{scope['type']} {target(scope)}")

    async def serve(self, recorder: Recorder, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app. Raises `Crashed` where the server has to answer in its place."""
        await self.run(partial(recorder, scope, receive, send))
        if self.failure is not None:
            raise Crashed


SERVED: dict[str, type[ServedScope]] = {}
"""The class of the call for a scope's type. A capability adds its own."""


def target(scope: Scope) -> str:
    """The path and the query of a scope, as they stand in a request line."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    query: bytes = scope.get("query_string", b"")
    return (raw + b"?" + query if query else raw).decode("latin-1")


def decoded(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Headers as text."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def _stray_cancellation(exception: BaseException) -> bool:
    if not isinstance(exception, asyncio.CancelledError):
        return False
    task = asyncio.current_task()
    return task is not None and not task.cancelling()


class _HTTPWrapper(Wrapper):
    """The receive and send for a request. They tell its call whose turn it is, the app's or the client's."""

    __slots__ = ("_asked", "_call", "_left", "_started", "_whole", "exchange")

    def __init__(self, scope: Scope, receive: Receive, send: Send, call: AppCall, *, whole: bool) -> None:
        """`whole`: the client stays until the app has ended, so an app that waits for it to leave hangs."""
        method, address = scope["method"], target(scope)
        call.doing = f"{method} {address}"
        super().__init__(call.doing, receive, send)
        self.exchange = Exchange(method, address, decoded(scope["headers"]))
        self._left = False
        self._call = call
        self._whole = whole
        self._asked = False
        self._started = perf_counter()

    async def receive(self) -> Message:
        """Hand the next part of the request to the app."""
        call = self._call
        rest = not (self._whole and self._asked)
        call.rests += rest
        try:
            message = await self._receive()
        finally:
            call.rests -= rest
            call.moved = monotonic()
        if message["type"] == "http.request":
            self._add_request(message)
        else:
            self._left = True
        return message

    async def send(self, message: Message) -> None:
        """Take a part of the response from the app. Raises `AppError` into an app that breaks ASGI's rules."""
        kind = message["type"]
        if kind == "http.response.body":
            self._add_body(message)
        elif kind == "http.response.start":
            self._start(message)
        call = self._call
        call.rests += 1
        try:
            await self._send(message)
        finally:
            call.rests -= 1
            # A client that wants the whole response does not wait without end for an endless response.
            if not self._whole or self.exchange.complete:
                call.moved = monotonic()

    def hang(self) -> str:
        """What an app that stands still failed to do."""
        doing = self.doing
        within = f"within {in_words(self._call.limits.timeout)}"
        if self.exchange.complete:
            return f"The app answered {doing}, but did not end {within} of its response."
        if self.exchange.status is not None:
            did = "come to the end of" if self._whole else "go on with"
            return f"The app did not {did} its response to {doing} {within}."
        return f"The app did not answer {doing} {within}."

    def returned(self) -> None:
        """Raise `AppError` when the app has returned without a whole response."""
        exchange = self.exchange
        if exchange.status is None:
            raise AppError(f"The app returned from {self.doing} without a response.")
        if not (exchange.complete or self._left or self._call.left):
            raise AppError(
                f"The app returned from {self.doing} in the middle of its response. "
                'ASGI wants a last "http.response.body" without more_body.'
            )

    def caused(self, exception: BaseException) -> bool:
        """Whether the app let its client's leaving pass."""
        return self._left and super().caused(exception)

    def _add_request(self, message: Message) -> None:
        exchange = self.exchange
        body = message.get("body", b"")
        if room := BODY_CAP - len(exchange.request_body):
            exchange.request_body += body[:room]
        exchange.request_size += len(body)
        self._asked = not message.get("more_body", False)

    def _start(self, message: Message) -> None:
        exchange = self.exchange
        if exchange.status is not None:
            raise self._violation('a second "http.response.start"', "one start for each request")
        try:
            exchange.response_headers = decoded(message.get("headers", ()))
        except (AttributeError, UnicodeDecodeError) as error:
            seen = f"the headers {message['headers']!r}"
            raise self._violation(seen, "each name and each value in bytes") from error
        exchange.status = message["status"]

    def _add_body(self, message: Message) -> None:
        exchange = self.exchange
        body = message.get("body", b"")
        if exchange.status is None:
            raise self._violation('"http.response.body" first', 'an "http.response.start" before it')
        if exchange.complete:
            raise self._violation(
                '"http.response.body" after the last one', "more_body to be true in each but the last"
            )
        if not isinstance(body, bytes | bytearray | memoryview):
            raise self._violation(f"a body of type {type(body).__name__}", "bytes")
        if room := BODY_CAP - len(exchange.response_body):
            exchange.response_body += body[:room]
        exchange.response_size += len(body)
        if not message.get("more_body", False):
            exchange.complete = True
            exchange.seconds = perf_counter() - self._started

    def _violation(self, seen: str, wanted: str) -> AppError:
        return AppError(f"The app sent {seen} in its response to {self.doing}. ASGI wants {wanted}.")
