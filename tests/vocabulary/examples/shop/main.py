"""A small shop: notes, a greeting, a board, a room to talk in."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket


async def notes(request: Request) -> Response:
    if request.method == "POST":
        return JSONResponse({"id": 1}, 201, {"Location": "/notes/1"})
    return JSONResponse({"id": 1})


async def orders(_: Request) -> Response:
    return JSONResponse({}, 201)


async def menu(_: Request) -> Response:
    return JSONResponse([])


async def crash(_: Request) -> Response:
    return JSONResponse(1 / 0)


async def account(_: Request) -> Response:
    return RedirectResponse("/login")


async def hello(_: Request) -> Response:
    response = PlainTextResponse("Hello, world!\nHow are you?")
    response.set_cookie("session", "abc")
    return response


async def cat(_: Request) -> Response:
    return JSONResponse({"id": 1, "name": "Tom", "lives": 9, "toys": ["ball", "mouse"]})


async def board(_: Request) -> Response:
    async def events() -> AsyncIterator[str]:
        for number in (1, 2):
            yield f"event: order\ndata: {json.dumps({'id': number})}\n\n"
        await asyncio.Event().wait()

    return StreamingResponse(events(), media_type="text/event-stream")


async def tasting(_: Request) -> Response:
    async def parts() -> AsyncIterator[str]:
        yield "Welcome "

    return StreamingResponse(parts(), media_type="text/plain")


async def greet(websocket: WebSocket) -> None:
    """Answer a text with a greeting, and all else with itself."""
    await websocket.accept(subprotocol=next(iter(websocket.scope["subprotocols"]), None))
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        answer = {**message, "type": "websocket.send"}
        await websocket.send({**answer, "text": "Hello, world!"} if message.get("text") == "hi" else answer)


async def private(websocket: WebSocket) -> None:
    await websocket.close()


@asynccontextmanager
async def no_database(_: Starlette) -> AsyncIterator[None]:
    raise RuntimeError("there is no database")
    yield


routes = [
    Route("/notes", notes, methods=["GET", "POST"]),
    Route("/notes/1", notes),
    Route("/orders", orders, methods=["POST"]),
    Route("/menu", menu),
    Route("/crash", crash),
    Route("/account", account),
    Route("/login", hello),
    Route("/hello", hello),
    Route("/cat", cat),
    Route("/board", board),
    Route("/tasting/1", tasting),
    WebSocketRoute("/greet", greet),
    WebSocketRoute("/private", private),
]
app = Starlette(routes=routes)
closed = Starlette(lifespan=no_database)
