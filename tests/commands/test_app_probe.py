"""What is found out about an app: its routes, its answer; in this process, with the frameworks themselves."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
import quart
from django.core.handlers.asgi import ASGIHandler
from django.urls import include, path, re_path
from fastapi import APIRouter, FastAPI, WebSocket
from litestar import Litestar, get
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute

from asgherkin.commands.app_probe import Answer, first_feature, first_gets, found_in, look, main, routes_of
from asgherkin.commands.app_probe import Route as Found
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from tests.project import Project


DOCUMENTATION = ("/schema", "/docs", "/redoc", "/openapi")


async def nothing(request: object) -> PlainTextResponse:
    return PlainTextResponse("")


def fastapi() -> FastAPI:
    app = FastAPI()

    @app.get("/search")
    def search(q: str) -> None: ...

    @app.get("/page")
    def page(number: int = 1) -> None: ...

    @app.post("/page")
    def post() -> None: ...

    router = APIRouter(prefix="/orders")

    @router.websocket("/live")
    async def live(websocket: WebSocket) -> None: ...

    app.include_router(router, prefix="/v1")
    return app


def litestar() -> Litestar:
    @get("/menu")
    async def menu() -> str:
        return ""

    return Litestar([menu], logging_config=None)  # else it sets the level of all loggers of this process


def quart_app() -> quart.Quart:
    app = quart.Quart(__name__)
    app.add_url_rule("/menu", view_func=lambda: "", methods=["GET"], endpoint="menu")
    app.add_url_rule("/orders", view_func=lambda: "", methods=["POST"], endpoint="orders")
    app.add_websocket("/live", view_func=lambda: None, endpoint="live")
    return app


def starlette() -> Starlette:
    below = [Route("/", nothing), WebSocketRoute("/live", nothing), Route("/x", nothing, methods=["POST"])]
    return Starlette(routes=[Mount("/api", routes=below), Route("/", nothing)])


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        (fastapi(), [Found("GET", "/search"), Found("GET", "/page"), Found("", "/v1/orders/live")]),
        (litestar(), [Found("GET", "/menu")]),
        (quart_app(), [Found("GET", "/static/<path:filename>"), Found("GET", "/menu"), Found("", "/live")]),
        (starlette(), [Found("GET", "/api/"), Found("", "/api/live"), Found("GET", "/")]),
        (SimpleNamespace(app=starlette()), [Found("GET", "/api/"), Found("", "/api/live"), Found("GET", "/")]),
        (nothing, []),
    ],
    ids=["FastAPI", "Litestar", "Quart", "Starlette", "behind middleware", "a bare app"],
)
def test_routes_are_those_of_the_framework(app: object, expected: list[Found]) -> None:
    """GETs and websockets, with those of what is mounted."""
    assert [one for one in routes_of(app) if not one.path.startswith(DOCUMENTATION)] == expected


def test_djangos_routes_are_those_of_its_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    """With those that are included; a regular expression is no path."""
    patterns = [path("a/", include([path("b", nothing)])), re_path("^c$", nothing), path("", nothing)]
    monkeypatch.setattr("django.urls.get_resolver", lambda: SimpleNamespace(url_patterns=patterns))

    assert routes_of(ASGIHandler.__new__(ASGIHandler)) == [Found("GET", "/a/b"), Found("GET", "/")]


def test_the_best_get_takes_nothing_and_changes_nothing() -> None:
    """A health check, then the shortest."""
    paths = ["/docs", "/openapi.json", "/orders/{id}", "/<x>", "/logout", "/longer", "/menu", "/", "/health"]

    assert first_gets([Found("GET", one) for one in paths]) == ["/health", "/", "/menu", "/longer"]


APP = """
import json
import sys


async def app(scope, receive, send):
    assert scope["type"] == "http"
    status, body = ANSWERS(scope)
    headers = [(b"content-type", b"application/json; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
"""
HOST = 'dict(scope["headers"])[b"host"]'


@pytest.mark.parametrize(
    ("answers", "status", "host"),
    [
        ("200, {}", 200, ""),
        ("500, {}", 500, ""),
        (f"(200 if {HOST} == b'localhost' else 400), {{}}", 200, "localhost"),
        ("400, {}", 400, ""),
    ],
    ids=["well", "broken", "for localhost only", "never well"],
)
def test_an_app_is_asked(
    project: Project, monkeypatch: pytest.MonkeyPatch, answers: str, status: int, host: str
) -> None:
    """Once more as localhost where it refuses a host that it does not know."""
    monkeypatch.syspath_prepend(project.root)
    name = f"probed_{status}_{host}_{len(answers)}"
    project.write({f"{name}.py": APP.replace("ANSWERS(scope)", answers)})
    result = project.root / "found.json"
    monkeypatch.chdir(project.root)

    monkeypatch.setattr(sys, "argv", ["-c", f"{name}:app", ".", str(result)])

    main()

    answer = found_in(json.loads(result.read_text(encoding="utf-8"))).answer
    assert answer == Answer("/", status, "application/json; charset=utf-8", "{}", host)


def test_an_app_that_does_not_start_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its exception. One that cannot be imported is an error, as it is in a run."""
    monkeypatch.syspath_prepend(project.root)
    code = "async def app(scope, receive, send):\n    await receive()\n    raise OSError('no database')\n"
    project.write({"probed_broken.py": code})

    found = found_in(look("probed_broken:app", project.root, "."))

    assert found.answer is None
    assert "OSError: no database" in found.problem
    with pytest.raises(ConfigurationError, match='module "probed_no" was not found'):
        found_in(look("probed_no:app", project.root, "."))


@pytest.mark.parametrize(
    ("content_type", "body", "steps"),
    [
        (
            "application/json",
            '{"a": true, "b\\"\\"\\"": 1}',
            ["And the response body contains:", '"""', "{", '"a": "#boolean"', "}", '"""'],
        ),
        ("application/json", "{}", ['And the response body at "$" is #object']),
        ("application/json", '{"{{x}}": 1}', ['And the response body at "$" is #object']),
        ("application/json", '"text"', ['And the response body at "$" is #string']),
        ("application/json", "[1]", ['And the response body at "$" is #array']),
        ("application/json", "{", []),
        ("text/plain", "x", []),
        ('"x"', "", []),
    ],
    ids=["a key that is no word", "empty", "no plain key", "text", "a list", "no JSON", "plain text", "odd"],
)
def test_a_json_body_is_stated_by_its_types(content_type: str, body: str, steps: list[str]) -> None:
    """Names that a feature would read as its own are left out; another text may be another tomorrow."""
    lines = [line.strip() for line in first_feature(Answer("/", 404, content_type, body)).splitlines()]

    status = lines.index("Then the response status is 404")
    assert [line for line in lines[status + 1 :] if "Content-Type" not in line] == steps
