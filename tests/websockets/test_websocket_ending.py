"""How websockets end: at the end of the scenario, at a shut-down, and what they leave behind."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.websockets.conftest import per_client
from tests.websockets.rooms import LONG, Shop, closing, messages

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.websockets.conftest import MakeWebSocketClient


def test_an_open_websocket_is_closed_at_the_end(make_client: MakeWebSocketClient) -> None:
    """All of them, as by a client that leaves."""
    shop = Shop()
    client = make_client(shop.app)
    sockets = [client.open("/greet"), client.open("/greet")]

    client.close()

    assert shop.log == [(1000, ""), (1000, "")]
    assert [closing(socket) for socket in sockets] == [("client", 1000, "")] * 2
    assert messages(client) == []


def test_a_shut_down_closes_first(make_client: MakeWebSocketClient) -> None:
    """As a server does: with its code, before the app's lifespan ends. What came before can be received."""
    shop = Shop()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            shop.log.append("shut down")
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await shop.app(scope, receive, send)

    client = make_client(app)
    client.client.start()
    socket = client.open("/greet")
    socket.send("Ann")

    client.client.shut_down()
    seen = [socket.receive(LONG), socket.receive(LONG)]

    assert shop.log == [(1012, ""), "shut down"]
    assert closing(socket) == ("app", 1012, "")
    assert seen == ["Hello, Ann!", None]


@per_client
def test_what_was_not_taken_is_dropped_by_closing(make_client: MakeWebSocketClient) -> None:
    """Who closes it does not listen any more."""
    socket = make_client(Shop().app).open("/greet")
    socket.send("Ann")

    socket.close()

    assert (socket.receive(LONG), socket.closed(0), socket.place()) == (None, True, "")


@pytest.mark.usefixtures("no_thread_left")
@pytest.mark.parametrize("path", ["/greet", "/close/1000", "/stranger"])
def test_websockets_leave_nothing_behind(make_client: MakeWebSocketClient, path: str) -> None:
    """No task and no thread, however many were opened one after the other."""
    client = make_client(Shop().app)

    async def tasks() -> int:
        return len(anyio.get_running_tasks())

    def visit() -> None:
        socket = client.open(path)
        socket.receive(0)
        socket.close()

    visit()
    before = (client.run(tasks), threading.active_count())
    for _ in range(20):
        visit()

    assert (client.run(tasks), threading.active_count()) == before


@pytest.mark.usefixtures("no_thread_left")
def test_a_loop_ends_without_waiting_for_websockets(make_client: MakeWebSocketClient) -> None:
    """As after Ctrl-C, where what a scenario holds has not been closed before."""
    client = make_client(Shop().app)
    client.open("/greet")

    client.client.close()
    client.client.close_loop()

    assert messages(client) == []


def test_nothing_is_left_on_asyncios_loop(make_client: MakeWebSocketClient, kind: str) -> None:
    """Counted by asyncio itself, after the end."""
    if not kind.endswith("asyncio"):
        pytest.skip("it counts asyncio's tasks")
    client = make_client(Shop().app)

    async def tasks() -> int:
        return len(asyncio.all_tasks())

    before = client.run(tasks)
    for path in ("/greet", "/close/1000", "/stranger"):
        client.open(path)
    client.close()

    assert client.run(tasks) == before
