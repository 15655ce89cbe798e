"""A bare ASGI app that failing scenarios run against.

What crashes comes first: its lines stand in messages. A further page goes to the end.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Page = Callable[[Send], Awaitable[None]]

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


PAGES: dict[str, Page] = {}


def page(function: Page) -> Page:
    """Serve a page at its name."""
    PAGES[f"/{function.__name__}"] = function
    return function


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await PAGES[scope["path"]](send)


@page
async def crash(send: Send) -> None:
    raise ZeroDivisionError("division by zero")


@page
async def crash_late(send: Send) -> None:
    await answer(send, "fine")
    raise ValueError("in the background")


@page
async def break_off(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise OSError("the disk is gone")


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


@page
async def note(send: Send) -> None:
    await answer(send, json.dumps(NOTE), headers=HEADERS)


@page
async def text(send: Send) -> None:
    await answer(send, "Hello\nworld\n", headers={"content-type": "text/plain"})


@page
async def empty(send: Send) -> None:
    await answer(send, status=204)


@page
async def missing(send: Send) -> None:
    await answer(send, '{"error": "no such note"}', 404, {"content-type": "application/json"})


@page
async def moved(send: Send) -> None:
    await answer(send, status=303, headers={"location": "/note"})


@page
async def circle(send: Send) -> None:
    await answer(send, status=302, headers={"location": "/circle"})


@page
async def zipped(send: Send) -> None:
    await answer(send, "not gzip", headers={"content-encoding": "gzip"})


@page
async def slow(send: Send) -> None:
    await asyncio.sleep(0.05)
    await answer(send)


@page
async def echo(send: Send) -> None:
    await answer(send, '{"says": "hello"}', headers={"content-type": "application/json"})
