"""The app's side of a websocket that a server in this process serves: what its client cannot see over the socket."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel

from asgherkin.clients.conversation import Closing
from asgherkin.clients.deadlines import AppCall
from asgherkin.clients.tapping import ABNORMAL, INTERNAL_ERROR, conversation_of, converse

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from asgherkin.clients.recorder import Recorder

_MOMENT = 0.02
"""Seconds that an app gets to go on after a message, so that it crashes in the step that sent it."""


class Crashed(Exception):  # noqa: N818 - no error of its own
    """Tells the server that the app has crashed: it answers with a 500 or drops the connection."""


class ServedSocket(AppCall):
    """The call of the app for one websocket."""

    __slots__ = ("_asking", "_heard", "_news", "_receive", "_recorder", "_send", "_websocket", "conversation")

    def __init__(self, recorder: Recorder, scope: Scope, receive: Receive, send: Send) -> None:
        self.conversation = conversation_of(scope)
        super().__init__(recorder, self.conversation.doing, at_end=self._wake)
        self._recorder = recorder
        self._websocket = scope
        self._receive = receive
        self._send = send
        self._heard = 0
        self._asking = False
        self._news = anyio.Event()

    async def serve(self) -> None:
        """Call the app. Raises `Crashed` where the server has to refuse the websocket."""
        await self.run(partial(converse, self._recorder, self._websocket, self._hear, self._say, self.conversation))
        if not self.conversation.accepted:
            if self.failure is not None:
                raise Crashed
        elif self.conversation.closing is not None and self.conversation.closing.code == INTERNAL_ERROR:
            with suppress(Exception):  # the client may have left
                await self._send({"type": "websocket.close", "code": INTERNAL_ERROR})

    async def goes_on(self, heard: int) -> None:
        """Give the app a moment to hear so many messages, and to ask for the next one or to end."""
        with anyio.move_on_after(_MOMENT):
            while not (self.ended.is_set() or (self._asking and self._heard >= heard)):
                self._news = anyio.Event()
                await self._news.wait()

    async def _hear(self) -> Message:
        self._asking = True
        self._wake()
        try:
            message = await self._receive()
        finally:
            self._asking = False
        if message["type"] == "websocket.disconnect":
            self._left(message.get("code", ABNORMAL), message.get("reason") or "")
        elif message["type"] == "websocket.receive":
            self._heard += 1
        return message

    async def _say(self, message: Message) -> None:
        if message["type"].startswith("websocket.http.response."):
            message = {"headers": [], "body": b"", **message}  # which uvicorn takes for granted
        try:
            await self._send(message)
        except OSError:
            self._left(ABNORMAL)
            raise
        # An app that sends without end must not hold up the loop until the socket is full.
        await anyio.lowlevel.checkpoint()

    def _left(self, code: int, reason: str = "") -> None:
        conversation = self.conversation
        if conversation.closing is None and conversation.refusal is None:
            conversation.closing = Closing("client", code, reason, conversation.transcript.now())

    def _wake(self) -> None:
        self._news.set()
