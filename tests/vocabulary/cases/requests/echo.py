"""Answers with what it was sent; /go redirects to it, /set sets a cookie."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

HEADERS = ("x-tenant", "authorization", "content-type", "cookie")


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message.get("more_body", False)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    seen = {
        "method": scope["method"],
        "target": scope["raw_path"].decode() + "?" + scope["query_string"].decode(),
        "headers": {name: value for name, value in headers.items() if name in HEADERS},
        "body": body.decode("latin-1"),
    }
    status, more_headers = 200, [(b"content-type", b"application/json"), (b"x-method", scope["method"].encode())]
    if scope["path"] == "/go":
        status, more_headers = 303, [(b"location", b"/echo")]
    if scope["path"] == "/set":
        more_headers.append((b"set-cookie", b"session=fresh; Path=/"))
    if scope["path"] == "/forget":
        more_headers.append((b"set-cookie", b"session=; Path=/; Max-Age=0"))
    await send({"type": "http.response.start", "status": status, "headers": more_headers})
    await send({"type": "http.response.body", "body": json.dumps(seen).encode()})
