"""One request and its response, recorded from the ASGI messages as they pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from asgherkin.clients.asgi import Message, Receive, Scope, Send, decoded, in_words, target
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from asgherkin.clients.watch import Watch

BODY_CAP = 64 * 1024
"""Bytes of a body that are kept."""


@dataclass(slots=True)
class Exchange:
    """A request and its response. Bodies are kept up to `BODY_CAP` bytes; their sizes are the true ones."""

    method: str
    target: str
    request_headers: list[tuple[str, str]]
    request_body: bytes = b""
    request_size: int = 0
    status: int | None = None
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    response_body: bytes = b""
    response_size: int = 0
    seconds: float | None = None
    """From the call of the app to the last part of the body; None while that has not come."""
    complete: bool = False
    lost: bool = False
    """Whether no response came from a server over the network, so that the client has none either."""

    @property
    def doing(self) -> str:
        """The request in short: `GET /orders`."""
        return f"{self.method} {self.target}"


class Tap:
    """The receive and send that the app is given: they record, keep ASGI's rules, and tell the watch."""

    __slots__ = ("_asked", "_receive", "_send", "_started", "_watch", "_whole", "exchange", "left")

    def __init__(self, scope: Scope, receive: Receive, send: Send, watch: Watch, *, whole: bool) -> None:
        """`whole`: the client stays until the app has ended, so an app that waits for it to leave hangs."""
        self.exchange = Exchange(scope["method"], target(scope), decoded(scope["headers"]))
        self.left = False
        self._receive = receive
        self._send = send
        self._watch = watch
        self._whole = whole
        self._asked = False
        self._started = perf_counter()

    async def receive(self) -> Message:
        """Hand the next part of the request to the app."""
        watch = self._watch
        rest = not (self._whole and self._asked)
        watch.rests += rest
        try:
            message = await self._receive()
        finally:
            watch.rests -= rest
            watch.moved = monotonic()
        if message["type"] == "http.request":
            self._add_request(message)
        else:
            self.left = True
        return message

    async def send(self, message: Message) -> None:
        """Take a part of the response from the app. Raises `AppError` into an app that breaks ASGI's rules."""
        kind = message["type"]
        if kind == "http.response.body":
            self._add_body(message)
        elif kind == "http.response.start":
            self._start(message)
        watch = self._watch
        watch.rests += 1
        try:
            await self._send(message)
        finally:
            watch.rests -= 1
            # Who wants the whole response does not wait for ever for one that goes on and on.
            if not self._whole or self.exchange.complete:
                watch.moved = monotonic()

    def hang(self) -> str:
        """What an app that stands still failed to do."""
        doing = self.exchange.doing
        within = f"within {in_words(self._watch.timeout)}"
        if self.exchange.complete:
            return f"The app answered {doing}, but did not end {within} of its response."
        if self.exchange.status is not None:
            did = "come to the end of" if self._whole else "go on with"
            return f"The app did not {did} its response to {doing} {within}."
        return f"The app did not answer {doing} {within}."

    def check_end(self) -> None:
        """Raise `AppError` when the app has returned without a whole response."""
        exchange = self.exchange
        if exchange.status is None:
            raise AppError(f"The app returned from {exchange.doing} without a response.")
        if not (exchange.complete or self.left or self._watch.left):
            raise AppError(
                f"The app returned from {exchange.doing} in the middle of its response. "
                'ASGI wants a last "http.response.body" without more_body.'
            )

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
        return AppError(f"The app sent {seen} in its response to {self.exchange.doing}. ASGI wants {wanted}.")
