"""Tells how often it was started and shut down, and what its lifespan keeps."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

counts = {"starts": 0, "ends": 0}


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[Any]:
    counts["starts"] += 1
    yield {"pool": f"pool {counts['starts']}"}
    counts["ends"] += 1


async def show(request: Request) -> Response:
    return JSONResponse({**counts, "pool": getattr(request.state, "pool", None)})


app = Starlette(routes=[Route("/", show)], lifespan=lifespan)


def make() -> Starlette:
    return app


async def without(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})
