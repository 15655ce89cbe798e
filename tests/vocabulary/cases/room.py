"""An app with websockets and streams, which the failing scenarios about them run against."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.websockets import WebSocket

ORDER = 'event: order\nid: 3\ndata: {"id": 7, "token": "very-secret"}\n\n'


async def echo(websocket: WebSocket) -> None:
    offered = websocket.scope["subprotocols"]
    await websocket.accept(subprotocol=offered[0] if offered else None)
    async for text in websocket.iter_text():
        if text == "boom":
            raise ValueError("no such order")
        if text == "bye":
            return await websocket.close(4001, "gone")
        if text == "blob":
            await websocket.send_bytes(b"\xff" * 5000)
        elif text.startswith("bytes "):
            await websocket.send_bytes(bytes.fromhex(text.removeprefix("bytes ")))
        else:
            await websocket.send_text(text)
    return None


async def silent(websocket: WebSocket) -> None:
    await websocket.accept()
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def denied(websocket: WebSocket) -> None:
    await websocket.send_denial_response(JSONResponse({"error": "no", "token": "very-secret"}, 403))


async def refused(websocket: WebSocket) -> None:
    await websocket.close(1008, "no")


async def crash(websocket: WebSocket) -> None:
    raise ValueError("no such room")


async def events() -> AsyncIterator[str]:
    yield ORDER
    yield "data: hello\ndata: world\n\n"
    await asyncio.Event().wait()


async def two_events() -> AsyncIterator[str]:
    yield ORDER
    yield ORDER


async def torn_events() -> AsyncIterator[str]:
    yield ORDER
    await asyncio.sleep(0.05)
    raise ValueError("out of paper")


async def words() -> AsyncIterator[str]:
    yield "Wel"
    yield "come"
    await asyncio.Event().wait()


async def few_words() -> AsyncIterator[str]:
    yield "Wel"


PAGES = {"events": events, "two": two_events, "torn": torn_events, "words": words, "few": few_words}


async def page(request: Request) -> Response:
    name = request.path_params["page"]
    if name == "note":
        return JSONResponse({"id": 7})
    if name == "circle":
        return RedirectResponse("/circle")
    if name == "crash":
        raise ValueError("no such page")
    if name not in PAGES:
        return PlainTextResponse("There is no such page.", 404)
    kind = "text/plain" if "w" in name and name != "two" else "text/event-stream"
    return StreamingResponse(PAGES[name](), media_type=kind)


app = Starlette(
    routes=[
        *(WebSocketRoute(f"/{one.__name__}", one) for one in (echo, silent, denied, refused, crash)),
        Route("/{page}", page),
    ]
)
