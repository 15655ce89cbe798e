"""Import an app, list its routes, and send it a GET, in a process of its own: an import may do anything."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from asgherkin.errors import AsgherkinError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asgherkin.clients.in_process import Client

_DEADLINE = 30.0
_MOST_REQUESTS = 5
_TIMEOUT = 5.0
_NO_PARAMETER = re.compile(r"/[\w./~-]*")
_FIRST = ("/health", "/healthz", "/healthcheck", "/ping", "/status", "/ready", "/livez", "/")
_DOCUMENTATION = re.compile(r"/(docs|redoc|openapi\b.*|schema|swagger|static|favicon.*)(/.*)?")
# A GET should change nothing, but some do.
_CHANGES = re.compile(
    r"log-?_?out|sign-?_?out|delete|remove|reset|purge|flush|unsubscribe|callback|confirm|verify|approve|cancel"
    r"|send|run|start|stop|trigger|sync|import|export|download|stream|events|admin|token|seed|migrate"
)
_PLAIN_KEY = re.compile(r"[\w][\w .-]{0,60}")
_MOST_KEYS = 8
_MATCHERS = {
    bool: "#boolean",
    int: "#integer",
    float: "#number",
    str: "#string",
    list: "#array",
    dict: "#object",
    type(None): "#null",
}


class Answer(NamedTuple):
    """An app's answer to a GET."""

    path: str
    status: int
    content_type: str
    body: str
    host: str = ""
    """The Host header that the app requires, "" where it accepts any."""


class Found(NamedTuple):
    """The result of probing an app."""

    answer: Answer | None
    """None where it has not answered, for the reason in `problem`."""
    problem: str
    sockets: list[str]
    """The paths of its websockets."""


class Route(NamedTuple):
    """A route of an app. `method` is "" for a websocket."""

    method: str
    path: str


def probe(location: str, root: Path, folder: str) -> Found:
    """Probe the app at `location`, imported from `folder` of the project `root`, in a new process.

    Raises ConfigurationError where it cannot be imported, or not within half a minute.
    """
    with tempfile.TemporaryDirectory() as temporary:
        result = Path(temporary) / "found.json"
        command = [sys.executable, "-P", "-c", f"from {__name__} import main; main()", location, folder, str(result)]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
        try:
            process = subprocess.run(  # noqa: S603 - no shell, and the location is a word
                command,
                cwd=root,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_DEADLINE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ConfigurationError(
                f'"{location}" was not imported and asked within {_DEADLINE:g} seconds: it is stopped. Does its module '
                "run a server, or wait for another one, when it is imported? Put that under "
                '`if __name__ == "__main__":` or into the lifespan, or choose another app: '
                "asgherkin init --app module:attribute"
            ) from None
        if not result.exists():
            last = process.stderr.decode("utf-8", "replace").strip().splitlines()[-5:]
            raise ConfigurationError("\n".join([f'"{location}" ended the process that imported it.', *last]))
        return found_in(json.loads(result.read_text(encoding="utf-8")))


def found_in(record: dict[str, Any]) -> Found:
    """The result in a record of `look`. Raises ConfigurationError with its error."""
    if record["error"]:
        raise ConfigurationError(record["error"])
    answer = Answer(**record["answer"]) if record["answer"] else None
    return Found(answer, record["problem"], record["sockets"])


def look(location: str, root: Path, folder: str) -> dict[str, Any]:
    """Import an app and probe it, in this process; returns a record for `found_in`."""
    from asgherkin.clients.app_location import asgi3, load_app

    sys.path[:0] = [str((root / folder).resolve())]
    try:
        app = load_app(location, root)
    except ConfigurationError as error:
        return {"error": str(error)}
    routes = routes_of(app)
    answer, problem = _asked(asgi3(app), first_gets(routes) or ["/"], root)
    sockets = [route.path for route in routes if not route.method]
    return {"error": "", "answer": answer and answer._asdict(), "problem": problem, "sockets": sockets}


def _asked(app: Any, paths: Sequence[str], root: Path) -> tuple[Answer | None, str]:
    """The first good answer, else the first; or the problem."""
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.starlette_client import TestClientAdapter

    client = TestClientAdapter(Recorder(app, timeout=_TIMEOUT, root=root))
    try:
        client.start()
        answers: list[Answer] = []
        for path in paths[:_MOST_REQUESTS]:
            answers.append(_answer(client, path))
            if answers[-1].status < 300:
                return answers[-1], ""
        return min(answers, key=lambda answer: answer.status >= 500), ""
    except AsgherkinError as error:
        return None, str(error)
    finally:
        client.close()
        client.close_loop()


def _answer(client: Client, path: str) -> Answer:
    """The answer of a path; for the host "localhost" where the app refuses an unknown host, as Django does."""
    response, host = client.request("GET", path, follow_redirects=False), ""
    if response.status_code == 400:
        again = client.request("GET", path, follow_redirects=False, headers={"Host": "localhost"})
        if again.status_code != 400:
            response, host = again, "localhost"
    return Answer(path, response.status_code, response.headers.get("content-type", ""), response.text, host)


def routes_of(app: Any) -> list[Route]:
    """An app's routes as its framework lists them; empty for an app without a framework.

    Middleware has the app below it in its attribute `app`.
    """
    seen: list[int] = []
    while app is not None and id(app) not in seen:
        seen.append(id(app))
        listed = list(dict.fromkeys(_listed(app)))
        if listed:
            return listed
        app = getattr(app, "app", None)
    return []


def first_gets(routes: Iterable[Route]) -> list[str]:
    """The paths of GETs without parameters that seem to change nothing, the best first."""
    paths = {route.path for route in routes if route.method == "GET" and _NO_PARAMETER.fullmatch(route.path)}
    fit = [path for path in paths if not _DOCUMENTATION.fullmatch(path) and not _CHANGES.search(path.lower())]
    return sorted(fit, key=lambda path: (_FIRST.index(path) if path in _FIRST else len(_FIRST), len(path), path))


def _listed(app: Any) -> Iterator[Route]:
    if type(app).__module__.startswith("django."):
        yield from _django(importlib.import_module("django.urls").get_resolver().url_patterns, "/")
    elif hasattr(app, "url_map"):
        for rule in app.url_map.iter_rules():  # Quart's
            if rule.websocket or "GET" in (rule.methods or ()):
                yield Route("" if rule.websocket else "GET", rule.rule)
    else:
        yield from _starlette(getattr(app, "routes", None) or (), "")


def _starlette(routes: Iterable[Any], prefix: str) -> Iterator[Route]:
    """The routes of Starlette and FastAPI, with those of what is mounted; Litestar's have the same attributes."""
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


def _django(patterns: Iterable[Any], prefix: str) -> Iterator[Route]:
    """Django's routes know no methods: a view answers another method with a 405."""
    for pattern in patterns:
        route = getattr(pattern.pattern, "_route", None)  # not of a regular expression
        if route is not None and hasattr(pattern, "url_patterns"):
            yield from _django(pattern.url_patterns, f"{prefix}{route}")
        elif route is not None:
            yield Route("GET", f"{prefix}{route}")


def first_feature(answer: Answer) -> str:
    """A feature with a scenario for the app's answer: its status, its media type, and a JSON body's shape."""
    lines = [
        "Feature: The app answers",
        "  Written by `asgherkin init` from what the app said. Change it as you like.",
        "",
        f"  Scenario: A guest asks for {answer.path}",
    ]
    if answer.host:
        lines += [f'    Given the request header "Host" is "{answer.host}"']
    lines += [f'    When I GET "{answer.path}"', f"    Then the response status is {answer.status}"]
    media_type = answer.content_type.partition(";")[0].strip().lower()
    if re.fullmatch(r"[\w.+-]+/[\w.+-]+", media_type):
        lines += [f'    And the response header "Content-Type" matches "^{re.escape(media_type)}"']
    return "\n".join([*lines, *_shape(media_type, answer.body)]) + "\n"


def _shape(media_type: str, body: str) -> list[str]:
    """The types in a JSON body: its values may change, or be secret."""
    if not media_type.endswith("json"):
        return []
    try:
        value = json.loads(body)
    except ValueError:
        return []
    keys = [key for key in value if _PLAIN_KEY.fullmatch(key)][:_MOST_KEYS] if isinstance(value, dict) else []
    if not keys:
        return [f'    And the response body at "$" is {_MATCHERS[type(value)]}']
    matchers = {key: _MATCHERS[type(value[key])] for key in keys}
    rows = json.dumps(matchers, indent=2, ensure_ascii=False).splitlines()
    return ["    And the response body contains:", '      """', *(f"      {row}" for row in rows), '      """']


def main() -> None:
    """The main function of the process. It writes the record to a file, since the app may print."""
    location, folder, result = sys.argv[1:]
    Path(result).write_text(json.dumps(look(location, Path.cwd(), folder)), encoding="utf-8")
