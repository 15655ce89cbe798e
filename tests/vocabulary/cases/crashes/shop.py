"""An app that crashes in every way."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send


class NoteError(ValueError):
    """What the app raises."""


async def fine(request: Request) -> Response:
    return PlainTextResponse("fine")


async def crash(request: Request) -> NoReturn:
    raise NoteError("no such note")


async def group(request: Request) -> Response:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(crash(request))
    return PlainTextResponse("fine")


async def stream(request: Request) -> Response:
    async def parts() -> AsyncIterator[str]:
        yield "half"
        raise NoteError("no more paper")

    return StreamingResponse(parts())


async def background(request: Request) -> Response:
    async def later() -> None:
        raise NoteError("too late")

    return PlainTextResponse("fine", background=BackgroundTask(later))


seen: list[int] = []


async def alternating(request: Request) -> Response:
    seen.append(1)
    if len(seen) % 2:
        raise NoteError("odd")
    return PlainTextResponse("even")


@asynccontextmanager
async def failing_start(app: Starlette) -> AsyncIterator[Any]:
    raise NoteError("no database")
    yield


@asynccontextmanager
async def failing_end(app: Starlette) -> AsyncIterator[Any]:
    yield
    raise NoteError("still in use")


PAGES = (fine, crash, group, stream, background, alternating)
ROUTES = [Route(f"/{page.__name__}", page) for page in PAGES]
app = Starlette(routes=ROUTES)
unstartable = Starlette(routes=ROUTES, lifespan=failing_start)
unstoppable = Starlette(routes=ROUTES, lifespan=failing_end)


async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})
