"""(l) The client live: 400 scenarios of two requests, against a bare httpx2 loop and the same server.

The server is uvicorn in a thread of this process, as the client has it. The bare loop is one `httpx2.AsyncClient`,
which is what the client live is made of; it keeps its connection, as one `httpx2.Client` does, which is shown too. The
scenarios have a client each, as theirs do.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from asgherkin.clients.live import LocalAdapter
from asgherkin.clients.recorder import Recorder
from asgherkin.clients.server_threads import ServerThreads

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

COUNT = 400
TIMEOUT = 5.0
ORDER = b'{"item": "latte"}'


async def greeting(_: Request) -> Response:
    """Say hello."""
    return PlainTextResponse("Hello")


async def order(request: Request) -> Response:
    """Take an order."""
    return JSONResponse({"id": 7, "item": (await request.json())["item"]}, 201)


app = Starlette(routes=[Route("/", greeting), Route("/orders", order, methods=["POST"])])


def rows(folder: Path, runs: int) -> list[str]:
    """The table: medians of pairs, the bare loop first."""
    del folder  # nothing is written
    table = ["| | ms a scenario | times |", "|---|---|---|"]
    for loop in ("asyncio", "uvloop"):
        rounds = _rounds(loop, runs)
        for position, name in enumerate(("bare AsyncClient", "bare Client", "scenarios, client live")):
            taken = statistics.median(one[position] for one in rounds) / COUNT * 1000
            ratio = statistics.median(one[position] / one[0] for one in rounds)
            table.append(f"| {name}, server on {loop} | {taken:.2f} | {ratio:.2f} |")
    return table


def _rounds(loop: str, runs: int) -> list[tuple[float, ...]]:
    server_threads = ServerThreads(TIMEOUT, Path.cwd())
    server_threads.shared("app", lambda: app)
    first = _scenario(server_threads, loop)
    server = server_threads.thread(loop).server(app)

    async def loop_of_requests() -> None:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
            for _ in range(COUNT):
                assert (await client.get("/")).text == "Hello"
                assert (await client.post("/orders", content=ORDER)).json()["id"] == first

    def bare() -> None:
        asyncio.run(loop_of_requests())

    def bare_sync() -> None:
        with httpx2.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
            for _ in range(COUNT):
                assert client.get("/").text == "Hello"
                assert client.post("/orders", content=ORDER).json()["id"] == first

    def ours() -> None:
        for _ in range(COUNT):
            assert _scenario(server_threads, loop) == first

    kinds = (bare, bare_sync, ours)
    for kind in kinds:
        kind()
    rounds = [tuple(_timed(kind) for kind in kinds) for _ in range(runs)]
    server_threads.close()
    return rounds


def _scenario(server_threads: ServerThreads, loop: str) -> int:
    recorder = Recorder(app, timeout=TIMEOUT, root=Path.cwd(), listens=False)
    client = LocalAdapter(recorder, server_threads, loop)
    client.start()
    assert client.request("GET", "/", follow_redirects=True).text == "Hello"
    made: int = client.request("POST", "/orders", follow_redirects=True, content=ORDER).json()["id"]
    client.finish()
    client.close_loop()
    return made


def _timed(function: Callable[[], None]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
