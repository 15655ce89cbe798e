"""What goes on in the room. It needs no database, so `app.live:app` runs on trio too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket


class Room:
    """Who is in, and what goes on; the machine needs a moment to get hot."""

    def __init__(self) -> None:
        self.open, self.hot_at = True, anyio.current_time() + 0.1
        self.seated, self.all_seated = 0, anyio.Event()
        self.people: set[WebSocket] = set()
        self.news: list[str] = []
        self.more_news = anyio.Event()

    async def taste(self, seats: int) -> AsyncIterator[str]:
        """Greet each guest at once, and begin when all seats are taken."""
        yield "Welcome "
        self.seated += 1
        if self.seated == seats:
            self.all_seated.set()
        await self.all_seated.wait()
        yield "to the tasting!"

    def announce(self, event: str, order: int) -> None:
        """Write on the board."""
        self.news.append(f'event: {event}\ndata: {{"order": {order}}}\n\n')
        self.more_news.set()
        self.more_news = anyio.Event()

    async def read(self) -> AsyncIterator[str]:
        """Read the board from its top, and go on with what comes."""
        for number in count():
            while number == len(self.news):
                await self.more_news.wait()
            yield self.news[number]


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Room]]:
    yield {"room": (room := Room())}
    room.open = False


async def status(request: Request) -> Response:
    return JSONResponse({"open": (room := request.state.room).open, "machine_hot": anyio.current_time() >= room.hot_at})


async def tasting(request: Request) -> Response:
    return StreamingResponse(request.state.room.taste(request.path_params["seats"]), media_type="text/plain")


async def board(request: Request) -> Response:
    return StreamingResponse(request.state.room.read(), media_type="text/event-stream")


async def greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("Hello, world!")
    await websocket.close()


async def orders_live(websocket: WebSocket) -> None:
    """Pass on what one says to all the others."""
    people, name = websocket.state.room.people, websocket.query_params.get("name", "somebody")
    await websocket.accept()
    people.add(websocket)
    try:
        async for text in websocket.iter_text():
            for other in people - {websocket}:
                await other.send_json({"from": name, "text": text})
    finally:
        people.remove(websocket)


routes = [
    Route("/status", status),
    Route("/tasting/{seats:int}", tasting),
    Route("/board", board),
    WebSocketRoute("/greet", greet),
    WebSocketRoute("/orders/live", orders_live),
]
app = Starlette(routes=routes, lifespan=lifespan)
