"""What goes on in the room. It needs no database, so `app.live:app` runs on trio too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

WELCOMES = {"en": "Welcome to the coffee shop!", "fr": "Bienvenue au café !", "de": "Willkommen im Café!"}


class Room:
    """Who is in, and what goes on; the machine needs a moment to get hot."""

    def __init__(self) -> None:
        self.hot_at, self.open = anyio.current_time() + 0.1, True
        self.seated, self.all_seated = 0, anyio.Event()
        self.people: set[WebSocket] = set()
        self.news: list[str] = []
        self.more_news = anyio.Event()

    def announce(self, event: str, order: int) -> None:
        """Write on the board."""
        self.news.append(f'event: {event}\ndata: {{"order": {order}}}\n\n')
        self.more_news.set()
        self.more_news = anyio.Event()


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Room]]:
    yield {"room": (room := Room())}
    room.open = False


async def status(request: Request) -> Response:
    room: Room = request.state.room
    return JSONResponse({"open": room.open, "machine_hot": anyio.current_time() >= room.hot_at})


async def welcome(request: Request) -> Response:
    """Greet in the visitor's language, word by word, and remember the language."""
    wanted = request.headers.get("Accept-Language", request.cookies.get("language", ""))[:2]
    language = wanted if wanted in WELCOMES else "en"
    words = StreamingResponse(WELCOMES[language].partition(" "), media_type="text/plain")
    words.set_cookie("language", language)
    return words


async def tasting(request: Request) -> Response:
    """Begin when all seats are taken: nobody is served before everybody is in."""
    room: Room = request.state.room
    room.seated += 1
    if room.seated == request.path_params["seats"]:
        room.all_seated.set()
    await room.all_seated.wait()
    return JSONResponse({"seated": room.seated})


async def board(request: Request) -> Response:
    async def events(room: Room, seen: int) -> AsyncIterator[str]:
        while True:
            if seen == len(room.news):
                await room.more_news.wait()
            yield room.news[seen]
            seen += 1

    news = events(request.state.room, len(request.state.room.news))
    return StreamingResponse(news, media_type="text/event-stream")


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
    Route("/welcome", welcome),
    Route("/tasting/{seats:int}", tasting, methods=["POST"]),
    Route("/board", board),
    WebSocketRoute("/greet", greet),
    WebSocketRoute("/orders/live", orders_live),
]
app = Starlette(routes=routes, lifespan=lifespan)
