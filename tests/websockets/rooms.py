"""A shop with websockets of every kind, and what a test asks of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from asgherkin.websockets.transcript import Transcript

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from asgherkin.clients.asgi import Message
    from asgherkin.websockets.connection import ClientWebSocket
    from tests.websockets.conftest import WebSocketClient


LONG = 30
ACCEPT: Message = {"type": "websocket.accept"}
SUBPROTOCOLS = ("chat.v2", "chat.v1")


class Shop:
    """A shop with a live channel, on which all who listen hear of each order; `log` tells what has ended."""

    def __init__(self) -> None:
        self.log: list[object] = []
        self.listeners: list[WebSocket] = []
        routes = [
            Route("/orders", self.order, methods=["POST"]),
            Route("/sign-in", self.sign_in),
            WebSocketRoute("/greet", self.greet),
            WebSocketRoute("/live", self.live),
            WebSocketRoute("/asked", self.asked),
            WebSocketRoute("/close/{code:int}", self.close),
            WebSocketRoute("/forbidden", self.forbidden),
            WebSocketRoute("/stranger", self.stranger),
            WebSocketRoute("/farewell", self.farewell),
        ]
        self.app = Starlette(routes=routes)

    async def greet(self, websocket: WebSocket) -> None:
        """Greet each guest."""
        await websocket.accept(subprotocol="chat.v1", headers=[(b"x-counter", b"3")])
        try:
            while True:
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    raise WebSocketDisconnect(message["code"], message["reason"])
                if message.get("text") is not None:
                    await websocket.send_text(f"Hello, {message['text']}!")
                else:
                    await websocket.send_bytes(message["bytes"][::-1])
        except WebSocketDisconnect as left:
            self.log.append((left.code, left.reason))

    async def live(self, websocket: WebSocket) -> None:
        """Pass on to all what one says."""
        await websocket.accept()
        self.listeners.append(websocket)
        async for text in websocket.iter_text():
            for listener in self.listeners:
                await listener.send_text(f"{websocket.query_params['name']}: {text}")
        self.listeners.remove(websocket)

    async def order(self, request: Request) -> Response:
        """Tell all of an order."""
        for listener in self.listeners:
            await listener.send_text((await request.body()).decode())
        return Response(status_code=204)

    async def sign_in(self, request: Request) -> Response:
        """Set a cookie."""
        response = PlainTextResponse("hello")
        response.set_cookie("session", "abc")
        return response

    async def asked(self, websocket: WebSocket) -> None:
        """Say what was asked for."""
        await websocket.accept()
        headers = [websocket.headers.get(name) for name in ("host", "x-tenant", "cookie", "upgrade", "connection")]
        versions = [websocket.headers.get(f"sec-websocket-{name}") for name in ("key", "version", "protocol")]
        scope = websocket.scope
        await websocket.send_json([websocket.url.query, *headers, *versions])
        await websocket.send_json([scope["subprotocols"], scope["scheme"], scope["path"], str(websocket.url)])

    async def close(self, websocket: WebSocket) -> None:
        """Close with a code."""
        await websocket.accept()
        await websocket.send_text("bye")
        await websocket.close(websocket.path_params["code"], "we close at six")
        self.log.append((await websocket.receive())["code"])

    async def forbidden(self, websocket: WebSocket) -> None:
        """Refuse by a response."""
        response = JSONResponse({"detail": "staff only"}, 403, headers={"X-Reason": "staff"})
        await websocket.send_denial_response(response)

    async def stranger(self, websocket: WebSocket) -> None:
        """Refuse by a code, and listen."""
        await websocket.close(1008, "who are you?")
        self.log.append((await websocket.receive())["type"])
        self.log.append((await websocket.receive())["code"])

    async def farewell(self, websocket: WebSocket) -> None:
        """Refuse by a code, and let the disconnect out, as who does not catch it."""
        await websocket.close(1008)
        while (message := await websocket.receive())["type"] != "websocket.disconnect":
            pass
        raise WebSocketDisconnect(message["code"])


def text(content: str) -> Message:
    """A message of the app's."""
    return {"type": "websocket.send", "text": content}


def closing(socket: ClientWebSocket) -> tuple[str, int, str]:
    """Who closed it, with what code and reason."""
    end = socket.transcript.closing
    assert end is not None
    return end.by, end.code, end.reason


def transcripts(client: WebSocketClient) -> list[Transcript]:
    """The websockets that were recorded."""
    return client.recorder.evidence.of(Transcript)


def messages(client: WebSocketClient) -> list[str]:
    """The texts of the crashes."""
    return [str(crash.exception) for crash in client.recorder.crashes]


def said(socket: ClientWebSocket) -> list[tuple[str, str | bytes]]:
    """The transcript: who said what."""
    return [(entry.by, entry.content) for entry in (*socket.transcript.head, *socket.transcript.tail)]
