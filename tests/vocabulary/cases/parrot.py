"""An app that answers on websockets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send
    from starlette.websockets import WebSocket


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    while (message := await websocket.receive())["type"] == "websocket.receive":
        if message.get("text") == "crash":
            raise KeyError("no such order")
        if message.get("text") == "close and crash":
            await websocket.close()
            await asyncio.sleep(0.05)
            raise KeyError("no such order")
        if message.get("text") == "leave":
            return
        if message.get("text") == "crash in a moment":
            await asyncio.sleep(0.05)
            raise KeyError("no such order")
        await websocket.send({**message, "type": "websocket.send"})


async def handshake(websocket: WebSocket) -> None:
    await websocket.accept()
    cookies, headers = websocket.cookies, websocket.headers
    await websocket.send_json(
        {
            "query": str(websocket.url.query),
            "cookie": cookies.get("flavour"),
            "tenant": headers.get("x-tenant"),
            "credentials": headers.get("authorization"),
            "content_type": headers.get("content-type"),
            "subprotocols": websocket.scope["subprotocols"],
        }
    )
    await websocket.receive()


async def broken(websocket: WebSocket) -> None:
    raise KeyError("no such room")


async def unanswered(websocket: WebSocket) -> None:
    await asyncio.Event().wait()


async def late(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        await websocket.receive()
    finally:
        raise KeyError("too late")


async def silent(websocket: WebSocket) -> None:
    return


async def home(request: Request) -> Response:
    return PlainTextResponse("Hello")


PAGES = (echo, handshake, broken, unanswered, late, silent)
app = Starlette(routes=[Route("/", home), *(WebSocketRoute(f"/{page.__name__}", page) for page in PAGES)])


async def unstartable(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    raise KeyError("x")
