"""How an exchange is shown under a failure: as request and response, bodies as text, secrets masked."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from asgherkin.clients.frames import user_frames

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from asgherkin.clients.recorder import Crash, Exchange
    from asgherkin.report.redaction import Redactor

_LONGEST = 4000
# What every client sends and no reader asks for.
_UNSAID = frozenset(("accept", "accept-encoding", "connection", "user-agent", "host"))


def exchange_sections(exchange: Exchange, redactor: Redactor) -> list[tuple[str, str]]:
    """The request and the response as titles and texts."""
    redactor.learn_body(exchange.target.partition("?")[2])
    request = [f"{exchange.method} {exchange.target}"]
    request += _headers(exchange.request_headers, redactor, leave_out=_UNSAID)
    request += _body(exchange.request_body, exchange.request_size, redactor)
    if exchange.status is None:
        response = ["none: the app ended without one"]
    else:
        response = [f"{exchange.status} {_phrase(exchange.status)}".rstrip()]
        response += _headers(exchange.response_headers, redactor)
        response += _body(exchange.response_body, exchange.response_size, redactor)
        response += [] if exchange.complete else ["", "(the body breaks off here)"]
    took = f", after {exchange.seconds * 1000:.0f} ms" if exchange.seconds is not None else ""
    return [("The request", "\n".join(request)), (f"The response{took}", "\n".join(response))]


def _headers(
    headers: Iterable[tuple[str, str]], redactor: Redactor, leave_out: frozenset[str] = frozenset()
) -> list[str]:
    lines: list[str] = []
    for name, value in headers:
        redactor.learn_header(name, value)
        if name.lower() not in leave_out:
            lines.append(f"{name}: {value}")
    return lines


def _body(body: bytes, size: int, redactor: Redactor) -> list[str]:
    if not size:
        return []
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return ["", f"({size} bytes that are not text)"]
    redactor.learn_body(text)
    text = _pretty(text)
    if len(text) > _LONGEST or size > len(body):
        text = f"{text[:_LONGEST]}\n… ({size} bytes in all)"
    return ["", *text.splitlines()]


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def crash_section(crash: Crash, root: Path) -> tuple[str, str]:
    """What left the app, and the user's own frames of it."""
    return (f"The app raised ({crash.doing})", user_frames(crash.exception, root))
