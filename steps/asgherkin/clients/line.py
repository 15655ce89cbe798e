"""The client's end of one websocket, on the loop of the app: what both clients have in common."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, cast

import anyio
import anyio.lowlevel

from asgherkin.clients.asgi import in_words
from asgherkin.clients.conversation import Closing
from asgherkin.clients.deadlines import AppCall, comes, grace, waiting_at
from asgherkin.clients.tapping import ABNORMAL, SEND, content_of, conversation_of, converse
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from asgherkin.clients.conversation import Side
    from asgherkin.clients.port import Spawn
    from asgherkin.clients.recorder import Recorder

    Take: TypeAlias = Callable[[], Awaitable[Message]]

_AHEAD = 64 * 1024
"""Bytes that an app can send ahead of its client before it has to wait, as it can to a server's socket."""
_LEAST = 1024
"""What the smallest message counts for."""
_TURNS = 10
"""Turns of the loop that an app gets to go on after a message, so that it crashes in the step that sent it."""


class Line:
    """One websocket: the app's call, what it has sent that is not taken yet, and how it comes to its end.

    What carries the messages is given: `receive` and `send` for the app, a function to give one and a function to
    take one for the client.
    """

    def __init__(self, recorder: Recorder, scope: Scope) -> None:
        self.conversation = conversation_of(scope)
        self.call: AppCall
        self._recorder = recorder
        self._scope = scope
        self._receive: Receive
        self._send: Send
        self._give: Send | None = None
        self._answered = anyio.Event()
        self._over = anyio.Event()
        self._news = anyio.Event()
        self._room = anyio.Event()
        self._sizes: deque[int] = deque()
        self._ahead = 0
        self._asked = False
        self._asking = False

    def start(self, spawn: Spawn, receive: Receive, send: Send) -> None:
        """Call the app, in a task of its own."""
        self._receive, self._send = receive, send
        self.call = AppCall(self._recorder, self.conversation.doing, at_end=self._ended)
        work = partial(converse, self._recorder, self._scope, self._app_receives, self._app_sends, self.conversation)
        spawn(partial(self.call.run, work))

    @property
    def waits(self) -> bool:
        """Whether a message is there to be taken."""
        return bool(self._sizes)

    @property
    def spent(self) -> bool:
        """Whether its call has ended, and nothing is left to be taken."""
        return self.call.ended.is_set() and not self._sizes

    async def connect(self) -> None:
        """Wait until the app has accepted or refused it. Raises `AppError` when it does neither in time."""
        timeout = self._recorder.timeout
        if not await comes(self._answered, timeout):
            text = f"The app did not accept the {self.conversation.doing} within {in_words(timeout)}."
            error = AppError(text + waiting_at(self.call.place()))
            await self.abandon()
            raise error
        await self._go_on()

    async def give(self, give: Send, message: Message) -> None:
        """Hand a message to the app, and let it go on."""
        self._give = give
        kind = message["type"]
        if kind == "websocket.receive":
            self.conversation.transcript.add("client", cast("str | bytes", content_of(message)))
        elif kind == "websocket.disconnect":
            self._close("client", message["code"], message["reason"] or "")
        await give(message)
        self._asking = False
        await self._go_on()

    async def take(self, take: Take, seconds: float) -> Message | None:
        """The next message of the app's; None where none comes in time, or it is over."""
        if not (self._sizes or self._over.is_set()):
            self._news = anyio.Event()
            await comes(self._news, seconds)
        if not self._sizes:
            return None
        self._ahead -= self._sizes.popleft()
        message = await take()
        self._room.set()
        await self._go_on()
        return message

    async def closes(self, seconds: float) -> bool:
        """Wait until it is closed; False where it is not in time."""
        return await comes(self._over, seconds)

    async def leave(self, code: int, reason: str = "", by: Side = "client") -> None:
        """Close it, unless it is closed."""
        if not self._over.is_set():
            self._close(by, code, reason)
            await self._tell(code, reason)

    async def dismiss(self) -> None:
        """Let the call end after it was closed. One that does not is cancelled, which is a crash."""
        if await self.call.ends():
            return
        seconds = in_words(grace(self._recorder.timeout))
        text = f"The app did not end within {seconds} after the {self.conversation.doing} was closed. It was cancelled"
        where = waiting_at(self.call.place())
        self.call.cancel()
        ends = await self.call.ends()
        error = AppError(f"{text}.{where}" if ends else f"{text}, but did not end then either.{where}")
        self._recorder.record(error, self.conversation.doing)
        if not ends:
            self.call.abandon(error)

    async def abandon(self) -> None:
        """Leave it and cancel the call, at once."""
        with anyio.CancelScope(shield=True):
            await self.leave(ABNORMAL)
            where = waiting_at(self.call.place())
            self.call.cancel()
            if not await self.call.ends():
                error = AppError(f"The app did not end when the {self.conversation.doing} was cancelled.{where}")
                self._recorder.record(error, self.conversation.doing)
                self.call.abandon(error)

    async def _app_receives(self) -> Message:
        if self.conversation.refusal is not None:
            # What carried the messages may be gone.
            await anyio.lowlevel.checkpoint()
            asked, self._asked = self._asked, True
            if not asked:
                return {"type": "websocket.connect"}
            return {"type": "websocket.disconnect", "code": ABNORMAL, "reason": ""}
        self._asked = self._asking = True
        try:
            return await self._receive()
        finally:
            self._asking = False

    async def _app_sends(self, message: Message) -> None:
        await self._send(message)
        kind = message["type"]
        if kind == SEND:
            await self._passed(len(cast("str | bytes", content_of(message))))
        elif self.conversation.closing is not None:
            await self._closed_by_app(self.conversation.closing.code, self.conversation.closing.reason)
        elif self.conversation.refusal is not None:
            await self._closed_by_app(ABNORMAL)
        elif self.conversation.accepted:
            self._answered.set()

    async def _closed_by_app(self, code: int, reason: str = "") -> None:
        self._answered.set()
        self._wake()
        await self._tell(code, reason)

    async def _tell(self, code: int, reason: str) -> None:
        """Let the app receive that it is closed."""
        if self._give is not None:
            await self._give({"type": "websocket.disconnect", "code": code, "reason": reason})

    async def _passed(self, size: int) -> None:
        size = max(size, _LEAST)
        self._sizes.append(size)
        self._ahead += size
        self._news.set()
        while self._ahead > _AHEAD and not self._over.is_set():
            if self._room.is_set():
                self._room = anyio.Event()
            await self._room.wait()

    def _close(self, by: Side, code: int, reason: str) -> None:
        if self.conversation.closing is None:
            self.conversation.closing = Closing(by, code, reason, self.conversation.transcript.now())
        if by == "client":
            self._sizes.clear()
        self._wake()

    def _ended(self) -> None:
        self._answered.set()
        self._wake()

    def _wake(self) -> None:
        for flag in (self._over, self._news, self._room):
            flag.set()

    async def _go_on(self) -> None:
        """Let the app go on, until it asks for the next message; not for long, as it may have much to do."""
        for _ in range(_TURNS):
            if self._asking or self.call.ended.is_set():
                return
            await anyio.lowlevel.checkpoint()
