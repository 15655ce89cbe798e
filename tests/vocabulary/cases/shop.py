"""A bare ASGI app that the failing scenarios beside this file run against."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

NOTE = {
    "id": 7,
    "title": "Buy milk",
    "done": False,
    "price": 2.5,
    "tags": ["home", "shop"],
    "owner": {"name": "Ann", "phone": None},
}
HEADERS = {"content-type": "application/json", "location": "/notes/7", "x-count": "12", "set-cookie": "theme=dark"}


async def answer(send: Send, body: str = "", status: int = 200, headers: dict[str, str] | None = None) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body.encode()})


async def note(send: Send) -> None:
    await answer(send, json.dumps(NOTE), headers=HEADERS)


async def text(send: Send) -> None:
    await answer(send, "Hello\nworld\n", headers={"content-type": "text/plain"})


async def empty(send: Send) -> None:
    await answer(send, status=204)


async def missing(send: Send) -> None:
    await answer(send, '{"error": "no such note"}', 404, {"content-type": "application/json"})


async def moved(send: Send) -> None:
    await answer(send, status=303, headers={"location": "/note"})


async def circle(send: Send) -> None:
    await answer(send, status=302, headers={"location": "/circle"})


async def zipped(send: Send) -> None:
    await answer(send, "not gzip", headers={"content-encoding": "gzip"})


async def slow(send: Send) -> None:
    await asyncio.sleep(0.05)
    await answer(send)


async def crash(send: Send) -> None:
    raise ZeroDivisionError("division by zero")


async def crash_late(send: Send) -> None:
    await answer(send, "fine")
    raise ValueError("in the background")


async def break_off(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise OSError("the disk is gone")


async def echo(send: Send) -> None:
    await answer(send, '{"says": "hello"}', headers={"content-type": "application/json"})


PAGES = {
    f"/{page.__name__}": page
    for page in (note, text, empty, missing, moved, circle, zipped, slow, crash, crash_late, break_off, echo)
}


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await PAGES[scope["path"]](send)


async def unstartable(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await receive()
    raise RuntimeError("no database")


async def unstoppable(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await answer(send)
    else:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise RuntimeError("the pool is still in use")


asked: list[str] = []


async def tiring(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        asked.append(scope["path"])
        if len(asked) % 2 == 0:
            raise RuntimeError("tired")
        await answer(send)
