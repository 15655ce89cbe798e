"""Answers none of twenty requests before all are there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

waiting: list[asyncio.Event] = []


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    event = asyncio.Event()
    waiting.append(event)
    if len(waiting) == 20:
        for one in waiting:
            one.set()
    await event.wait()
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": (await receive())["body"]})
