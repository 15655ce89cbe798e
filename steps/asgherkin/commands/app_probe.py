"""Import an app, ask it for its routes, and send it a GET: in a process of its own, since an import may do anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from asgherkin.errors import AsgherkinError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx2

    from asgherkin.clients.port import Client

DEADLINE = 30.0
"""How long an import and some requests may take, in seconds."""
_MOST_REQUESTS = 5
_TIMEOUT = 5.0


class Answer(NamedTuple):
    """What an app answered to a GET."""

    path: str
    status: int
    content_type: str
    body: str
    host: str = ""
    """The host that had to be named, "" where any will do."""


class Found(NamedTuple):
    """What was found out about an app."""

    answer: Answer | None
    """None where it has not answered: `problem` says why."""
    problem: str
    sockets: list[str]
    """The paths of its websockets."""


def probe(location: str, root: Path, folder: str, deadline: float = DEADLINE) -> Found:
    """What is at `location`, imported from `folder` of the project `root`, in a new process.

    Raises ConfigurationError where it cannot be imported, or not within `deadline` seconds.
    """
    with tempfile.TemporaryDirectory() as temporary:
        result = Path(temporary) / "found.json"
        command = [sys.executable, "-P", "-m", "asgherkin.commands.app_probe", location, folder, str(result)]
        try:
            process = subprocess.run(  # noqa: S603 - no shell, and the location is a word
                command,
                cwd=root,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=deadline,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ConfigurationError(
                f'"{location}" was not imported and asked within {deadline:g} seconds: it is stopped. Does its module '
                "run a server, or wait for another one, when it is imported? Put that under "
                '`if __name__ == "__main__":` or into the lifespan, or choose another app: '
                "asgherkin init --app module:attribute"
            ) from None
        if not result.exists():
            told = process.stderr.decode("utf-8", "replace").strip().splitlines()[-5:]
            raise ConfigurationError("\n".join([f'"{location}" ended the process that imported it.', *told]))
        return read(json.loads(result.read_text(encoding="utf-8")))


def read(record: dict[str, Any]) -> Found:
    """What another process has found. Raises ConfigurationError with its error."""
    if record["error"]:
        raise ConfigurationError(record["error"])
    answer = Answer(**record["answer"]) if record["answer"] else None
    return Found(answer, record["problem"], record["sockets"])


def look(location: str, root: Path, folder: str) -> dict[str, Any]:
    """Import and ask an app in this process; what `read` takes."""
    from asgherkin.clients.app import asgi3, load_app
    from asgherkin.commands.routes import first_gets, routes_of

    sys.path[:0] = [str((root / folder).resolve())]
    try:
        app = load_app(location, root)
    except ConfigurationError as error:
        return {"error": str(error), "answer": None, "problem": "", "sockets": []}
    routes = routes_of(app)
    answer, problem = _asked(asgi3(app), first_gets(routes) or ["/"], root)
    sockets = [one.path for one in routes if not one.method]
    return {"error": "", "answer": answer and answer._asdict(), "problem": problem, "sockets": sockets}


def _asked(app: Any, paths: Sequence[str], root: Path) -> tuple[Answer | None, str]:
    """The first good answer, or else the first; or what stands in the way."""
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.threaded import TestClientAdapter

    client = TestClientAdapter(Recorder(app, timeout=_TIMEOUT, root=root))
    try:
        client.start()
        answers: list[Answer] = []
        for path in paths[:_MOST_REQUESTS]:
            answers.append(_answer(client, path))
            if answers[-1].status < 300:
                return answers[-1], ""
        return min(answers, key=lambda one: one.status >= 500), ""
    except AsgherkinError as error:
        return None, str(error)
    finally:
        client.close()
        client.close_loop()


def _answer(client: Client, path: str) -> Answer:
    """What a path gives; with the host "localhost" where the app refuses one that it does not know."""
    response = client.request("GET", path, follow_redirects=False)
    if response.status_code == 400:
        again = client.request("GET", path, follow_redirects=False, headers={"Host": "localhost"})
        if again.status_code != response.status_code:
            return _of(again, path, "localhost")
    return _of(response, path, "")


def _of(response: httpx2.Response, path: str, host: str) -> Answer:
    return Answer(path, response.status_code, response.headers.get("content-type", ""), response.text, host)


def main(location: str, folder: str, result: str) -> None:
    """Look, and write what was found to a file: what the app prints is its own."""
    Path(result).write_text(json.dumps(look(location, Path.cwd(), folder)), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover - the process that `probe` starts
    main(*sys.argv[1:])
    sys.stdout.flush()
