"""Steps of one's own that open websockets."""

from __future__ import annotations

from typing import Any

from asgherkin import then


@then("a sync step speaks")
def speaks(websocket_connect: Any) -> None:
    with websocket_connect("/echo") as websocket:
        websocket.send_text("hi")
        assert websocket.receive_text() == "hi"


@then("an async step speaks")
async def speaks_too(websocket_connect: Any) -> None:
    async with websocket_connect("/echo") as websocket:
        await websocket.send_json({"a": 1})
        assert await websocket.receive_json() == {"a": 1}
