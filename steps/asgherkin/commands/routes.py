"""The routes of an app, as its framework lists them: which GET to send first."""

from __future__ import annotations

import importlib
import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLAIN = re.compile(r"/[\w./~-]*")
_FIRST = ("/health", "/healthz", "/healthcheck", "/ping", "/status", "/ready", "/livez", "/")
_DOCUMENTATION = re.compile(r"/(docs|redoc|openapi\b.*|schema|swagger|static|favicon.*)(/.*)?")
# A GET should change nothing, but some do.
_CHANGES = re.compile(
    r"log-?_?out|sign-?_?out|delete|remove|reset|purge|flush|unsubscribe|callback|confirm|verify|approve|cancel"
    r"|send|run|start|stop|trigger|sync|import|export|download|stream|events|admin|token|seed|migrate"
)


class Route(NamedTuple):
    """A way into an app. `method` is "" for a websocket."""

    method: str
    path: str


def routes_of(app: Any) -> list[Route]:
    """An app's routes, from OpenAPI where it has that, else from its framework; empty where neither is known.

    An app behind middleware is looked for below it, as the attribute `app`.
    """
    for layer in _layers(app):
        listed = _of_openapi(layer) or _of_framework(layer)
        if listed:
            return list(dict.fromkeys(listed))
    return []


def first_gets(routes: Iterable[Route]) -> list[str]:
    """The paths of GETs that take nothing and seem to change nothing, the best first."""
    paths = {one.path for one in routes if one.method == "GET" and _PLAIN.fullmatch(one.path)}
    fit = [path for path in paths if not _DOCUMENTATION.fullmatch(path) and not _CHANGES.search(path.lower())]
    return sorted(fit, key=lambda path: (_FIRST.index(path) if path in _FIRST else len(_FIRST), len(path), path))


def _layers(app: Any) -> Iterator[Any]:
    seen: list[int] = []
    while app is not None and id(app) not in seen:
        seen.append(id(app))
        yield app
        app = getattr(app, "app", None)


def _of_openapi(app: Any) -> list[Route]:
    """The GETs of an OpenAPI document that need no parameter; with websockets, which it does not list.

    Empty where there is no such GET: a document may leave routes out.
    """
    kind = _framework(app)
    try:
        if kind == "fastapi":
            document = app.openapi()
        elif kind == "litestar":
            document = app.openapi_schema.to_schema()
        else:
            return []
    except Exception:  # noqa: BLE001 - an app may build its document as it likes, and the routes are there too
        return []
    paths = document.get("paths") or {}
    gets = [Route("GET", path) for path, item in paths.items() if "get" in item and not _needs(item["get"])]
    return [*gets, *(one for one in _of_framework(app) if not one.method)] if gets else []


def _needs(operation: dict[str, Any]) -> bool:
    return any(one.get("required") for one in operation.get("parameters") or ())


def _of_framework(app: Any) -> list[Route]:
    kind = _framework(app)
    if kind == "django":
        return list(_django(importlib.import_module("django.urls").get_resolver().url_patterns, "/"))
    if kind == "quart":
        return list(_quart(app))
    return list(_starlette(getattr(app, "routes", None) or (), ""))


def _framework(app: Any) -> str:
    """The package that an app's class, or one that it is made of, is from: `fastapi`."""
    known = ("fastapi", "litestar", "quart", "django", "starlette")
    packages = [one.__module__.partition(".")[0] for one in type(app).__mro__]
    return next((one for one in packages if one in known and one in sys.modules), "")


def _starlette(routes: Iterable[Any], prefix: str) -> Iterator[Route]:
    """Starlette's routes, with those of what is mounted, and Litestar's, which have the same names."""
    for route in routes:
        included = getattr(route, "original_router", None)  # of FastAPI's newer versions
        path = f"{prefix}{route.include_context.prefix if included else getattr(route, 'path', '')}"
        below = getattr(included or route, "routes", None)
        if below:
            yield from _starlette(below, path)
        elif "WebSocket" in type(route).__name__:
            yield Route("", path)
        elif "GET" in (getattr(route, "methods", None) or ()):
            yield Route("GET", path or "/")


def _quart(app: Any) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        if rule.websocket or "GET" in (rule.methods or ()):
            yield Route("" if rule.websocket else "GET", rule.rule)


def _django(patterns: Iterable[Any], prefix: str) -> Iterator[Route]:
    """Django's routes know no methods: whoever is asked for a GET says so."""
    for one in patterns:
        route = getattr(one.pattern, "_route", None)  # not of a regular expression
        if route is None:
            continue
        if hasattr(one, "url_patterns"):
            yield from _django(one.url_patterns, f"{prefix}{route}")
        else:
            yield Route("GET", f"{prefix}{route}")
