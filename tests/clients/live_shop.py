"""A shop that notes what happens to it, and scenarios on the client live, one after the other."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from asgherkin.clients.app_location import asgi3
from asgherkin.clients.live import LocalAdapter
from asgherkin.clients.recorder import Recorder
from asgherkin.clients.server_threads import ServerThreads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.websockets import WebSocket


ROOT = Path(__file__).parent


class Shop:
    """An app that notes what happens to it."""

    def __init__(self) -> None:
        self.events: list[str] = []
        routes = [
            Route("/", self.hello, methods=["GET", "POST"]),
            Route("/crash", self.crash),
            Route("/late", self.late),
            Route("/half", self.half),
            Route("/hang", self.hang),
            Route("/stream", self.stream),
            WebSocketRoute("/echo", self.echo),
            WebSocketRoute("/refuse", self.refuse),
            WebSocketRoute("/crash", self.crash_socket),
            WebSocketRoute("/leave", self.leave),
            WebSocketRoute("/broken", self.broken),
        ]
        self.app = Starlette(routes=routes, lifespan=self.lifespan)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[dict[str, object]]:
        """Note both ends."""
        self.events.append("start")
        yield {"count": iter(range(1, 100))}
        self.events.append("stop")

    async def hello(self, request: Request) -> Response:
        """Say who is asked."""
        body = (await request.body()).decode()
        headers = {"X-Count": str(next(request.state.count))}
        return JSONResponse({"host": request.headers["host"], "body": body}, headers=headers)

    async def crash(self, request: Request) -> Response:
        """Fail."""
        raise KeyError("no milk")

    async def late(self, request: Request) -> Response:
        """Fail after the answer."""

        async def fail() -> None:
            await anyio.sleep(0.01)
            raise KeyError("late")

        return PlainTextResponse("fine", background=BackgroundTask(fail))

    async def half(self, request: Request) -> Response:
        """Fail in the middle."""

        async def parts() -> AsyncIterator[str]:
            yield "half"
            raise KeyError("half")

        return StreamingResponse(parts())

    async def hang(self, request: Request) -> Response:
        """Give no answer."""
        await anyio.sleep_forever()
        return PlainTextResponse("")

    async def stream(self, request: Request) -> Response:
        """Go on for ever."""

        async def parts() -> AsyncIterator[str]:
            try:
                yield "one"
                await anyio.sleep_forever()
            finally:
                self.events.append("left")

        return StreamingResponse(parts())

    async def echo(self, websocket: WebSocket) -> None:
        """Say it again."""
        await websocket.accept(headers=[(b"x-counter", b"3")])
        try:
            while True:
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    raise WebSocketDisconnect(message["code"], message["reason"])
                if "bytes" in message:
                    await websocket.send_bytes(message["bytes"])
                else:
                    await websocket.send_text(message["text"])
        except WebSocketDisconnect as left:
            self.events.append(f"left {left.code} {left.reason}".rstrip())

    async def refuse(self, websocket: WebSocket) -> None:
        """Let nobody in."""
        await websocket.close(1008, "members only")

    async def crash_socket(self, websocket: WebSocket) -> None:
        """Fail at the first message."""
        await websocket.accept()
        await websocket.receive_text()
        raise KeyError("spilt")

    async def broken(self, websocket: WebSocket) -> None:
        """Fail before an answer."""
        raise KeyError("no cups")

    async def leave(self, websocket: WebSocket) -> None:
        """Leave without a word."""
        await websocket.accept()


class Run:
    """A run of several scenarios."""

    def __init__(self, timeout: float = 30) -> None:
        self.server_threads = ServerThreads(timeout, ROOT)
        self.timeout = timeout
        self.clients: list[LocalAdapter] = []

    def scenario(self, app: object, loop: str = "asyncio", *, shared: bool = True) -> LocalAdapter:
        """The client of the next one, after the one before has ended."""
        self.finish()
        made = asgi3(app)
        recorder = Recorder(made, timeout=self.timeout, root=ROOT, listens=False)
        if shared:
            recorder.app = self.server_threads.shared(app, lambda: made)
        self.clients.append(LocalAdapter(recorder, self.server_threads, loop))
        return self.clients[-1]

    def finish(self) -> None:
        """End the scenario."""
        for client in self.clients:
            client.finish()
            client.close_loop()
        self.clients.clear()


@contextmanager
def running(timeout: float = 30) -> Iterator[Run]:
    """A run, which ends after the block."""
    run = Run(timeout)
    yield run
    run.finish()
    run.server_threads.close()


def get(client: LocalAdapter, url: str = "/") -> str:
    return client.request("GET", url, follow_redirects=True).text


async def port_of(client: LocalAdapter) -> int:
    server = await client.serving()
    assert server is not None
    return server.port
