"""What hostile apps say on a websocket."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Message


LONG = 30
ACCEPT = {"type": "websocket.accept"}


def text(content: str) -> Message:
    return {"type": "websocket.send", "text": content}
