"""How an exchange is shown under a failure: as request and response, bodies as text, secrets masked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from asgherkin.clients.exchange import BODY_CAP, Exchange
from asgherkin.errors import AppError
from asgherkin.frames import user_frames

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

    from asgherkin.clients.recorder import Crash
    from asgherkin.redaction.redactor import Redactor

_LONGEST = 4000
# What every client sends and no reader asks for.
_UNSAID = frozenset(("accept", "accept-encoding", "connection", "user-agent", "host"))


def learn(exchange: Exchange, redactor: Redactor) -> None:
    """Know the secrets in an exchange."""
    redactor.learn_body(exchange.target.partition("?")[2])
    redactor.learn_headers(exchange.request_headers)
    redactor.learn_headers(exchange.response_headers)
    for body in (exchange.request_body, exchange.response_body):
        if body:
            redactor.learn_body(body.decode(errors="replace"))


def exchange_sections(exchange: Exchange, redactor: Redactor) -> list[tuple[str, str]]:
    """The request and the response as titles and texts."""
    request = [f"{exchange.method} {exchange.target}"]
    request += [f"{name}: {value}" for name, value in exchange.request_headers if name.lower() not in _UNSAID]
    request += _body(exchange.request_body, exchange.request_size, redactor)
    if exchange.status is None:
        came = "none came" if exchange.lost else "none came; the client is given a bare 500"
        return [("The request", "\n".join(request)), ("The response", came)]
    response = [f"{exchange.status} {_phrase(exchange.status)}".rstrip()]
    response += [f"{name}: {value}" for name, value in exchange.response_headers]
    if exchange.method == "HEAD" and exchange.response_size:
        response += ["", f"({exchange.response_size} bytes, which a HEAD request leaves out)"]
    else:
        response += _body(exchange.response_body, exchange.response_size, redactor)
    response += [] if exchange.complete else ["", "(the body breaks off here)"]
    took = f", after {exchange.seconds * 1000:.0f} ms" if exchange.seconds is not None else ""
    return [("The request", "\n".join(request)), (f"The response{took}", "\n".join(response))]


def _body(body: bytes, size: int, redactor: Redactor) -> list[str]:
    if not size:
        return []
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        if size == len(body) or error.start < len(body) - 3:  # else a character was cut in two
            return ["", f"({size} bytes that are not text)"]
        text = body[: error.start].decode()
    # Before it is cut: half a secret would not be found any more.
    text = redactor.redact(_pretty(text, redactor))
    if len(text) > _LONGEST or size > len(body):
        text = f"{text[:_LONGEST]}\n… ({size} bytes in all)"
    return ["", *text.splitlines()]


def _pretty(text: str, redactor: Redactor) -> str:
    try:
        return json.dumps(redactor.masked(json.loads(text)), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def crash_section(crash: Crash, root: Path) -> tuple[str, str]:
    """What left the app, and the user's own frames of it."""
    if isinstance(crash.exception, AppError):
        return (f"The app failed ({crash.doing})", str(crash.exception))
    return (f"The app raised ({crash.doing})", user_frames(crash.exception, root))


def exchange_of(response: httpx2.Response) -> Exchange:
    """The exchange of a response from a user's own client, which no recorder has seen."""
    request, seconds = response.request, elapsed(response)
    sent, got = request.read() if isinstance(request.stream, Iterable) else b"", response.content
    return Exchange(
        method=request.method,
        target=request.url.raw_path.decode("ascii"),
        request_headers=list(request.headers.multi_items()),
        request_body=sent[:BODY_CAP],
        request_size=len(sent),
        status=None if seconds is None else response.status_code,
        response_headers=list(response.headers.multi_items()),
        response_body=got[:BODY_CAP],
        response_size=len(got),
        seconds=seconds,
        complete=True,
    )


def elapsed(response: httpx2.Response) -> float | None:
    """The seconds that a response took; None where it only stands in for one that never came."""
    try:
        return response.elapsed.total_seconds()
    except RuntimeError:
        return None
