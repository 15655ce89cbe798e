"""Apps that say more than their client takes, or send to nobody: they wait for room, and nothing grows without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from tests.websockets.rooms import ACCEPT, LONG, closing, messages, text, transcripts

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.websockets.conftest import MakeWebSocketClient


class Endless:
    """Sends without any await but that of sending; `sent` counts."""

    def __init__(self, content: str) -> None:
        self.content = content
        self.sent = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send without end."""
        await send(ACCEPT)
        while True:
            await send(text(self.content))
            self.sent += 1


@pytest.mark.usefixtures("no_thread_left")
@pytest.mark.parametrize(
    ("content", "ahead"),
    [pytest.param("x", 65, id="small"), pytest.param("x" * 40_000, 2, id="large")],
)
def test_an_endless_sender_waits_for_its_client(make_client: MakeWebSocketClient, content: str, ahead: int) -> None:
    """It is never far ahead, and ends when the client leaves, which is no crash."""
    app = Endless(content)
    client = make_client(app)
    socket = client.open("/")

    for _ in range(100):
        assert socket.receive(LONG) == content
    sent = app.sent
    socket.close()

    assert 100 <= sent <= 100 + ahead
    assert transcripts(client)[0].total <= 100 + ahead
    assert (closing(socket), messages(client)) == (("client", 1000, ""), [])


def test_several_tasks_of_an_app_wait_for_room(make_client: MakeWebSocketClient) -> None:
    """All of them go on when there is room, and when the client leaves."""
    ended = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def flood() -> None:
            try:
                while True:
                    await send(text("x"))
            except OSError:
                ended.append("flood")

        await send(ACCEPT)
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(flood)

    client = make_client(app)
    socket = client.open("/")
    for _ in range(200):
        socket.receive(LONG)
    socket.close()

    assert (ended, messages(client)) == (["flood"] * 3, [])


def test_several_tasks_of_an_app_wait_for_a_message(make_client: MakeWebSocketClient) -> None:
    """Each message is received by one of them."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def answer() -> None:
            while (message := await receive())["type"] == "websocket.receive":
                await send(text(message["text"]))
            group.cancel_scope.cancel()

        await receive()
        await send(ACCEPT)
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(answer)

    client = make_client(app)
    socket = client.open("/")
    for number in range(6):
        socket.send(f"{number}")
    seen = [socket.receive(LONG) for _ in range(6)]
    socket.close()

    assert (sorted(filter(None, map(str, seen))), messages(client)) == ([f"{number}" for number in range(6)], [])


async def sends_to_nobody(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive()
    await websocket.receive()
    await websocket.send_text("are you there?")


def test_sending_to_nobody_is_no_crash(make_client: MakeWebSocketClient) -> None:
    """Starlette makes a disconnect of it, which an app may let pass."""
    client = make_client(Starlette(routes=[WebSocketRoute("/", sends_to_nobody)]))
    socket = client.open("/")
    socket.send("hi")

    socket.close()

    assert messages(client) == []
    assert transcripts(client)[0].total == 1
