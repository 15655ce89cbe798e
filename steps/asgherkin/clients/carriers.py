"""What carries a websocket's messages where Starlette's TestClient does not."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import anyio

from asgherkin.clients.tapping import SEND

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Message


class Carrier:
    """Both ways of one websocket. How much is on its way is not looked after here."""

    def __init__(self) -> None:
        self._to_app: deque[Message] = deque()
        self._to_client: deque[Message] = deque()
        self._news = anyio.Event()

    async def give(self, message: Message) -> None:
        """Send a message to the app."""
        self._to_app.append(message)
        self._news.set()

    async def receive(self) -> Message:
        """The app's next message."""
        while not self._to_app:
            if self._news.is_set():
                self._news = anyio.Event()
            await self._news.wait()
        return self._to_app.popleft()

    async def send(self, message: Message) -> None:
        """Send a message to the client. Only what is said is kept: the rest is in the conversation."""
        if message["type"] == SEND:
            self._to_client.append(message)

    async def take(self) -> Message:
        """The client's next message; there must be one."""
        return self._to_client.popleft()
