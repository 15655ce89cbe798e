"""Answers with the name of its event loop's library."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import sniffio

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        name = sniffio.current_async_library()
        if name == "asyncio":
            name = type(asyncio.get_running_loop()).__module__.partition(".")[0]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": name.encode()})


async def other(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Old:
    """An app of ASGI 2."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def __call__(self, receive: Receive, send: Send) -> None:
        """Answer."""
        await other(self.scope, receive, send)
