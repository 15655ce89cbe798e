"""The client's half of one request: what the app receives from it, and what becomes of what the app sends."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, cast

import anyio
import anyio.lowlevel
import httpx2

from asgherkin.errors import AppError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asgherkin.clients.asgi import Message

_BUFFER = 64 * 1024
"""Bytes that an app can send ahead of a reader before it has to wait, as it can to a server's socket."""


class Talk:
    """Hands out a request and keeps the whole response."""

    def __init__(self, request: httpx2.Request) -> None:
        self.request = request
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.chunks: deque[bytes] = deque()
        self.complete = False
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
        if kind == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", ()))
            self.start()
        elif kind == "http.response.body":
            self.complete = not message.get("more_body", False)
            await self.add(b"" if self.request.method == "HEAD" else bytes(message.get("body", b"")))
            if self.complete:
                self.disconnect()
        else:
            raise AppError(
                f'The app sent a message of type "{kind}". '
                'Here a response is made of "http.response.start" and "http.response.body".'
            )

    def start(self) -> None:
        """Take note of the status and the headers."""

    async def add(self, chunk: bytes) -> None:
        """Take a part of the body."""
        self.chunks.append(chunk)
        if not self.complete:
            # An app that sends without end must not hold up the loop.
            await anyio.lowlevel.checkpoint()

    def disconnect(self) -> None:
        """Let the app receive a disconnect."""
        self._over = True
        if self._over_event is not None:
            self._over_event.set()

    async def _part(self) -> Message:
        if self._parts is None:
            try:
                body = self.request.content
            except httpx2.RequestNotRead:
                self._parts = aiter(cast("httpx2.AsyncByteStream", self.request.stream))
            else:
                self._asked = True
                return {"type": "http.request", "body": body, "more_body": False}
        try:
            return {"type": "http.request", "body": await anext(self._parts), "more_body": True}
        except StopAsyncIteration:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}


class StreamTalk(Talk):
    """Hands on the response part by part as they come."""

    def __init__(self, request: httpx2.Request) -> None:
        super().__init__(request)
        self.started = anyio.Event()
        self._news = anyio.Event()
        self._room = anyio.Event()
        self._size = 0
        self._ended = False

    def start(self) -> None:
        """Let the client have the response."""
        self.started.set()

    async def add(self, chunk: bytes) -> None:
        """Take a part of the body, when the reader has room for it; nothing once the client has left."""
        # An empty part tells nobody anything, and without end it would fill the memory.
        if chunk and not self._over:
            self.chunks.append(chunk)
            self._size += len(chunk)
            self._news.set()
        await anyio.lowlevel.checkpoint()
        while self._size > _BUFFER and not self._over:
            self._room = anyio.Event()
            await self._room.wait()

    async def starts(self, seconds: float) -> bool:
        """Wait until the response has started, or cannot any more; False where neither is so within `seconds`."""
        with anyio.move_on_after(seconds):
            await self.started.wait()
        return self.started.is_set()

    async def goes_on(self, seconds: float) -> bool:
        """Wait until `next_chunk` has no need to; False where that is not so within `seconds`."""
        # A deadline that has passed must not be waited for: an app that never stops sending may come first each time.
        if seconds > 0 and not (self.chunks or self._ended):
            self._news = anyio.Event()
            with anyio.move_on_after(seconds):
                await self._news.wait()
        return bool(self.chunks) or self._ended

    async def next_chunk(self) -> bytes | None:
        """The next part of the body, None at its end."""
        while not (self.chunks or self._ended):
            self._news = anyio.Event()
            await self._news.wait()
        if not self.chunks:
            return None
        chunk = self.chunks.popleft()
        self._size -= len(chunk)
        self._room.set()
        return chunk

    def disconnect(self) -> None:
        """Let the app receive a disconnect, and go on if it waits for room. The reader reads what has come."""
        super().disconnect()
        self._room.set()
        self.end()

    def end(self) -> None:
        """Nothing more comes."""
        self._ended = True
        self.started.set()
        self._news.set()
