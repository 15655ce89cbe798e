"""One request and its response, recorded from the ASGI messages as they pass."""

from __future__ import annotations

from dataclasses import dataclass, field

BODY_CAP = 64 * 1024
"""Bytes of a body that are kept."""


@dataclass(slots=True)
class Exchange:
    """A request and its response. Bodies are kept up to `BODY_CAP` bytes; their sizes are the true ones."""

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
