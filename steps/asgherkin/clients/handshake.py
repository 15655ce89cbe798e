"""What a client asks for when it opens a websocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

import httpx2

from asgherkin.clients.transport import scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asgherkin.clients.asgi import Scope

_BASE_URL = "ws://testserver"
# What Starlette's TestClient sends.
_HEADERS = {"Connection": "upgrade", "Sec-WebSocket-Key": "testserver==", "Sec-WebSocket-Version": "13"}


def socket_url(url: str) -> str:
    """The whole URL of a websocket; one that begins with http is taken for its websocket."""
    whole = urljoin(_BASE_URL, url)
    return f"ws{whole[4:]}" if whole.startswith("http") else whole


def socket_request(
    http: httpx2.AsyncClient, url: str, subprotocols: Sequence[str], options: Mapping[str, object]
) -> httpx2.Request:
    """The request that opens a websocket, with the client's cookies."""
    given = dict(options)
    headers = httpx2.Headers(cast("Mapping[str, str] | None", given.pop("headers", None)))
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if subprotocols:
        headers.setdefault("Sec-WebSocket-Protocol", ", ".join(subprotocols))
    build = cast("Callable[..., httpx2.Request]", http.build_request)
    return build("GET", socket_url(url), headers=headers, **given)


def socket_scope(request: httpx2.Request, state: Mapping[str, object]) -> Scope:
    """The ASGI scope of a request that opens a websocket."""
    offered = request.headers.get("Sec-WebSocket-Protocol", "")
    return {
        "type": "websocket",
        # With 2.4 an app that sends to a client that has left meets an OSError.
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "subprotocols": [name for part in offered.split(",") if (name := part.strip())],
        "extensions": {"websocket.http.response": {}},
        **scope_of(request, state),
    }
