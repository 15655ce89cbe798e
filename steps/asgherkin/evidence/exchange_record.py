"""A request and its response: the record, and how it is shown."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from asgherkin.evidence.page_parts import Half, Part, counted, duration, text_of
from asgherkin.evidence.record import Document, Record, Section
from asgherkin.redaction.data import Body, Headers, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

BODY_CAP = 64 * 1024
"""Bytes of a body that are kept."""
_LONGEST = 4000  # characters of a body in a failure
_PHRASES = {int(status): status.phrase for status in HTTPStatus}
# What every client sends and no reader asks for.
_UNSAID = frozenset(("accept", "accept-encoding", "connection", "user-agent", "host"))


@dataclass(slots=True)
class Exchange(Record):
    """A request and its response. Bodies are kept up to `BODY_CAP` bytes; their sizes are the true ones."""

    kind = "exchange"

    method: str
    target: str
    request_headers: list[tuple[str, str]]
    request_body: bytes = b""
    request_size: int = 0
    status: int | None = None
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    response_body: bytes = b""
    response_size: int = 0
    seconds: float | None = None
    """From the call of the app to the last part of the body; None while that has not come."""
    complete: bool = False
    lost: bool = False
    """Whether no response came from a server over the network, so that the client has none either."""

    @property
    def doing(self) -> str:
        """The request in short: `GET /orders`."""
        return f"{self.method} {self.target}"

    def as_json(self) -> Document:
        """The request and the response; None for one that did not come."""
        document = {
            "request": {
                "method": self.method,
                "target": Target(self.target),
                "headers": Headers(self.request_headers),
                "body": Body(self.request_body, self.request_size),
                "size": self.request_size,
            },
            "response": None if self.status is None else self._response(self.status),
            "milliseconds": None if self.seconds is None else round(self.seconds * 1000, 3),
        }
        return {**document, "lost": True} if self.lost else document

    def _response(self, status: int) -> Document:
        return {
            "status": status,
            "phrase": _PHRASES.get(status, ""),
            "headers": Headers(self.response_headers),
            "body": Body(self.response_body, self.response_size),
            "size": self.response_size,
            "complete": self.complete,
        }

    @staticmethod
    def as_text(document: Mapping[str, Any]) -> list[Section]:
        """The request and the response, as they would stand in a file."""
        request, response = document["request"], document["response"]
        lines = [f"{request['method']} {request['target']}"]
        lines += [f"{name}: {value}" for name, value in request["headers"] if name.lower() not in _UNSAID]
        sections = [("The request", "\n".join(lines + _body_lines(request)))]
        if response is None:
            came = "none came" if document.get("lost") else "none came; the client is given a bare 500"
            return [*sections, ("The response", came)]
        lines = [f"{response['status']} {response['phrase']}".rstrip()]
        lines += [f"{name}: {value}" for name, value in response["headers"]]
        if request["method"] == "HEAD" and response["size"]:
            lines += ["", f"({response['size']} bytes, which a HEAD request leaves out)"]
        else:
            lines += _body_lines(response)
        lines += [] if response["complete"] else ["", "(the body breaks off here)"]
        took = document["milliseconds"]
        title = "The response" if took is None else f"The response, after {took:.0f} ms"
        return [*sections, (title, "\n".join(lines))]

    @staticmethod
    def as_part(document: Mapping[str, Any]) -> Part:
        """The request and the response side by side."""
        request, response = document["request"], document["response"]
        line = f"{request['method']} {request['target']}"
        body, note = _body_of(request)
        first = Half("Request", line, _headers(request), body, note)
        if response is None:
            return Part("exchange", f"{line} · no response", (first, Half("Response", "none came")))
        status = f"{response['status']} {response.get('phrase') or ''}".rstrip()
        body, note = _body_of(response)
        if not response.get("complete", True):
            note = f"{note} The body breaks off here.".strip()
        took = duration(document["milliseconds"] / 1000) if document.get("milliseconds") is not None else ""
        title = " · ".join(filter(None, (f"{line} → {status}", took)))
        return Part("exchange", title, (first, Half("Response", status, _headers(response), body, note)))


def _body_lines(half: Mapping[str, Any]) -> list[str]:
    """A body in a failure, JSON laid out, after an empty line."""
    text, size = half["body"], half["size"]
    if not size:
        return []
    if text is None:
        return ["", f"({size} bytes that are not text)"]
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    if len(text) > _LONGEST or size > BODY_CAP:
        text = f"{text[:_LONGEST]}\n… ({size} bytes in all)"
    return ["", *text.splitlines()]


def _headers(half: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in half.get("headers") or ())


def _body_of(half: Mapping[str, Any]) -> tuple[Any, str]:
    size = int(half.get("size") or 0)
    if half.get("body") is None:
        return None, f"{counted(size, 'byte')} that are not text." if size else ""
    return (text_of(str(half["body"]), size) if half["body"] else None), ""
