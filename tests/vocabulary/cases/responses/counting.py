"""Answers otherwise at the third request."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

count = itertools.count(1)


async def status(request: Request) -> Response:
    return Response(status_code=int(request.url.query))


async def login(request: Request) -> Response:
    response = RedirectResponse("/home", 302)
    response.set_cookie("session", "abc")
    return response


async def third(request: Request) -> Response:
    n = next(count)
    if n < 3:
        return JSONResponse({"n": n, "third": False}, 404)
    return JSONResponse({"n": n, "third": n == 3}, headers={"X-Third": "yes"})


async def waking(request: Request) -> Response:
    if next(count) < 3:
        raise RuntimeError("not yet")
    return Response()


async def falling_asleep(request: Request) -> Response:
    if next(count) >= 3:
        raise RuntimeError("no more")
    return Response()


async def lines(request: Request) -> Response:
    return PlainTextResponse("one\ntwo")


async def deep(request: Request) -> Response:
    return Response(b"[" * 100_000)


async def home(request: Request) -> Response:
    return PlainTextResponse("Hello")


async def background(request: Request) -> Response:
    return Response(background=BackgroundTask(asyncio.sleep, 0.4))


PAGES = (status, login, third, waking, falling_asleep, lines, deep, home, background)
app = Starlette(routes=[Route(f"/{page.__name__}", page) for page in PAGES])
