"""A shop with a board that its guests can watch: an event stream, and what leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from asgherkin.streams.client_streams import ClientStreams, OpenStream
from asgherkin.streams.event_stream import Event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from asgherkin.clients.asgi import Receive, Scope, Send
    from asgherkin.clients.in_process import Client


LONG = 30
START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}


def open_stream(client: Client, url: str, **options: object) -> OpenStream:
    """Open a stream as sentences do."""
    return ClientStreams(client).open(url, options)


def part(body: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": True}


class Shop:
    """A shop with a board, which shows each order to all who look at it; `log` tells what has ended."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.orders: list[str] = []
        self.news = anyio.Event()
        routes = [
            Route("/board", self.board),
            Route("/orders", self.order, methods=["POST"]),
            Route("/asked", self.asked),
            Route("/sign-in", self.sign_in),
            Route("/old", self.old),
            Route("/round", self.round),
        ]
        self.app = Starlette(routes=routes)

    async def board(self, request: Request) -> Response:
        """Show all orders, and each new one."""
        return StreamingResponse(self.read(), media_type="text/event-stream")

    async def read(self) -> AsyncIterator[str]:
        """What the board says."""
        shown = 0
        try:
            while True:
                while shown == len(self.orders):
                    await self.news.wait()
                shown += 1
                yield f"event: order\ndata: {self.orders[shown - 1]}\n\n"
        finally:
            self.log.append("left the board")

    async def order(self, request: Request) -> Response:
        """Take an order."""
        self.orders.append((await request.body()).decode())
        self.news.set()
        self.news = anyio.Event()
        return Response(status_code=204)

    async def asked(self, request: Request) -> Response:
        """Say how it was asked."""
        names = ("accept", "accept-encoding", "x-tenant", "cookie")
        return JSONResponse([request.url.query, *(request.headers.get(name) for name in names)])

    async def sign_in(self, request: Request) -> Response:
        """Set a cookie."""
        response = PlainTextResponse("hello")
        response.set_cookie("session", "abc")
        return response

    async def old(self, request: Request) -> Response:
        """Lead to the board."""
        return RedirectResponse("/board")

    async def round(self, request: Request) -> Response:
        """Lead to itself."""
        return RedirectResponse("/round")


def place_order(client: Client, drink: str) -> None:
    response = client.request("POST", "/orders", follow_redirects=True, content=drink)
    assert response.status_code == 204


def order_of(drink: str) -> Event:
    return Event("order", drink)


class Patient:
    """An app that waits for its client to leave, before or after its response has started."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self.log: list[str] = []

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be the app."""
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        try:
            if self.answers:
                await send(START)
                await send(part(b"data: latte\n\ndata: mocha\n\n"))
            await self.wait(receive)
        finally:
            self.log.append("left")

    async def wait(self, receive: Receive) -> None:
        """Wait until the client leaves."""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
        self.log.append("disconnected")

    async def live(self, receive: Receive, send: Send) -> None:
        """Take part in the lifespan."""
        for phase in ("startup", "shutdown"):
            await receive()
            self.log.append(phase)
            await send({"type": f"lifespan.{phase}.complete"})
