"""An app that sends streams."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.websockets import WebSocket

left: list[int] = []


async def cut() -> AsyncIterator[bytes]:
    for part in (b"a latt", b"\xc3", b"\xa9, ", b"a ca", b"k\xe9"):
        yield part


async def latin() -> AsyncIterator[bytes]:
    yield "crème".encode("latin-1")


async def pictures() -> AsyncIterator[bytes]:
    yield b"\x89PNG\xff"
    await asyncio.Event().wait()


async def endless() -> AsyncIterator[str]:
    try:
        yield "event: order\ndata: plain\n\n"
        await asyncio.Event().wait()
    finally:
        left.append(1)


async def chatters() -> AsyncIterator[str]:
    while True:
        yield "data: {}\n\n"


async def crashes() -> AsyncIterator[str]:
    yield "data: {}\n\n"
    await asyncio.sleep(0.05)
    raise KeyError("no more paper")


async def page(request: Request) -> Response:
    name = request.path_params["name"]
    if name == "left":
        return Response(str(len(left)))
    if name == "unanswered":
        await asyncio.Event().wait()
    kind = "text/plain; charset=latin-1" if name == "latin" else "text/event-stream"
    return StreamingResponse(PARTS[name](), media_type=kind)


async def room(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive()


PARTS = {one.__name__: one for one in (cut, latin, pictures, endless, chatters, crashes)}
app = Starlette(routes=[WebSocketRoute("/room", room), Route("/{name}", page)])
