"""The app, wrapped outermost on every in-process client: what passes and what goes wrong is recorded here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import anyio

from asgherkin.clients.alarm import AppBlocked
from asgherkin.clients.exchange import Exchange, Tap
from asgherkin.clients.timing import Flag
from asgherkin.clients.watch import Abandon, Watch
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from pathlib import Path

    from asgherkin.clients.asgi import ASGI3, Message, Receive, Scope, Send
    from asgherkin.clients.conversation import Conversation

__all__ = ["Crash", "Exchange", "Recorder"]

# What Starlette and uvicorn raise into an app whose client has left: an app may let it pass.
_FAREWELLS = frozenset({"ClientDisconnect", "ClientDisconnected", "WebSocketDisconnect"})


@dataclass(slots=True)
class Crash:
    """An exception that left the app."""

    exception: BaseException
    doing: str
    """`GET /orders`, `websocket /greet`, `start-up`, `shut-down`; `lifespan` in between."""
    delivered: bool = False
    """Whether it was raised into the caller's own code already."""


class Recorder:
    """An ASGI app around `app`, which records its exchanges and its crashes and stops it when it hangs.

    Every exception that leaves the app is recorded and raised again. An app that is stopped after `timeout`
    seconds without progress raises an `AppError` with the place, relative to `root`, where it waited.
    """

    def __init__(self, app: ASGI3, *, timeout: float, root: Path, listens: bool = True) -> None:
        """`listens`: what passes is recorded here; not where a client over a socket records what it sees."""
        self.app = app
        self.timeout = timeout
        self.root = root
        self.exchanges: list[Exchange] = []
        self.conversations: list[Conversation] = []
        self.crashes: list[Crash] = []
        self._listens = listens
        self.running = 0
        """Requests and websockets that the app is busy with."""
        self._news = Flag()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app as an ASGI server does."""
        if scope["type"] == "http":
            await self.answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.converse(scope, receive, send)
        else:
            await self._live(scope, receive, send)

    async def answer(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        whole: bool = False,
        abandon: Abandon | None = None,
        watch: Watch | None = None,
    ) -> None:
        """Call the app for one request.

        `whole`: the client stays until the app has ended, so an app that waits for it to leave hangs.
        `abandon` is called with the error when the app does not stop though it hung and was cancelled.
        """
        watch = watch or Watch(self.timeout, self.root)
        tap = Tap(scope, receive, send, watch, whole=whole)
        if self._listens:
            self.exchanges.append(tap.exchange)
        self.running += 1
        try:
            await watch.guard(
                self.app(scope, tap.receive, tap.send), tap.hang, partial(self._abandoned, tap.exchange, abandon)
            )
            tap.check_end()
        except BaseException as exception:
            self._left_app(exception, tap.exchange.doing, farewell=tap.left)
            raise
        finally:
            self._done()

    async def converse(
        self, scope: Scope, receive: Receive, send: Send, conversation: Conversation | None = None
    ) -> None:
        """Call the app for one websocket. What the client says is recorded by who gives a `conversation`.

        No watch stops it: an app may rightly wait for something else than its client.
        """
        from asgherkin.clients.tapping import SocketTap  # most scenarios have no websocket

        tap = SocketTap(scope, receive, send, conversation)
        if self._listens:
            self.conversations.append(tap.conversation)
        self.running += 1
        try:
            await self.app(scope, tap.receive, tap.send)
            tap.returned()
        except BaseException as exception:
            tap.failed(cancelled=not (is_failure(exception) or _stray_cancellation(exception)))
            if exception is not tap.farewell:
                self._left_app(exception, tap.conversation.doing, farewell=tap.left)
            raise
        finally:
            self._done()

    def record(self, exception: BaseException, doing: str) -> Crash:
        """Record a crash; one exception is one crash, however often it is met."""
        crash = self.crash_of(exception)
        if crash is None:
            crash = Crash(exception, doing)
            self.crashes.append(crash)
            self._news.set()
        return crash

    async def until_crash(self, known: int, seconds: float) -> None:
        """Wait until there are more crashes than `known`, or the app is busy with nothing; `seconds` at most."""
        with anyio.move_on_after(seconds):
            while self.running and len(self.crashes) <= known:
                self._news = Flag()
                await self._news.wait()

    def _done(self) -> None:
        self.running -= 1
        self._news.set()

    def crash_of(self, exception: BaseException) -> Crash | None:
        """The crash that an exception was recorded as."""
        return next((crash for crash in self.crashes if crash.exception is exception), None)

    def deliver(self, exception: BaseException) -> None:
        """Note that an exception is raised into the caller's own code."""
        crash = self.crash_of(exception)
        if crash is not None:
            crash.delivered = True

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        doing = ""

        async def asking() -> Message:
            nonlocal doing
            doing = doing or "start-up"
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                doing = "shut-down"
            return message

        async def answering(message: Message) -> None:
            nonlocal doing
            if message["type"] == "lifespan.startup.complete":
                doing = "lifespan"
            await send(message)

        try:
            await self.app(scope, asking, answering)
        except BaseException as exception:
            # An app that raises before it has asked for anything does not support lifespans: no crash.
            if doing:
                self._left_app(exception, doing)
            raise

    def _left_app(self, exception: BaseException, doing: str, *, farewell: bool = False) -> None:
        """Record an exception, unless it is the client's own doing; raise an `AppError` where that says more."""
        if farewell and type(exception).__name__ in _FAREWELLS:
            return
        if isinstance(exception, AppBlocked):
            self.record(exception.error, doing)
            raise exception.error from None
        if _stray_cancellation(exception):
            error = AppError(
                f"The app let a CancelledError out of {doing}, though nobody cancelled it: "
                "it awaits a task that was cancelled."
            )
            self.record(error, doing)
            raise error from exception
        if is_failure(exception):
            self.record(exception, doing)

    def _abandoned(self, exchange: Exchange, abandon: Abandon | None, error: AppError) -> None:
        self.record(error, exchange.doing)
        if abandon is not None:
            abandon(error)


def is_failure(exception: BaseException) -> bool:
    """Whether an exception is the app's failure: no cancellation, no Ctrl-C. To be called on a loop."""
    return not isinstance(exception, (KeyboardInterrupt, GeneratorExit, anyio.get_cancelled_exc_class()))


def _stray_cancellation(exception: BaseException) -> bool:
    if not isinstance(exception, asyncio.CancelledError):
        return False
    task = asyncio.current_task()
    return task is not None and not task.cancelling()
