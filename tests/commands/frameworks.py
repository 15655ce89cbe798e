"""Apps of the frameworks that a new project may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FASTAPI = """
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.get("/menu")
def menu():
    return {"items": ["latte"], "open": True}


@app.get("/orders/{number}")
def order(number: int):
    return {}


@app.get("/a")
def search(q: str):
    return {}


@app.websocket("/live")
async def live(websocket: WebSocket): ...


if __name__ == "__main__":
    raise SystemExit("run")
"""
STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


def create_app(debug=False):
    return Starlette(debug, routes=[Route("/health", lambda request: JSONResponse([1]))])
"""
BARE = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 401, "headers": []})
    await send({"type": "http.response.body", "body": b""})
"""
FIRST = "features/first.feature"


def files_of(root: Path) -> dict[str, str]:
    """All files of a folder but Python's caches."""
    paths = [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(root).as_posix(): path.read_bytes().decode() for path in paths}
