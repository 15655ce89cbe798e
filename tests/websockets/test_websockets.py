"""Websockets as sentences use them: the handshake, what is said both ways, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.websockets.conftest import per_client
from tests.websockets.rooms import LONG, SUBPROTOCOLS, Shop, closing, messages, said, transcripts

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.websockets.conftest import MakeWebSocketClient


@pytest.fixture(params=[f"{client}-{loop}" for client in ("async", "test") for loop in ("asyncio", "uvloop", "trio")])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.usefixtures("no_thread_left")
def test_texts_and_bytes_go_both_ways(make_client: MakeWebSocketClient) -> None:
    """Each message is taken in its turn, and all of it stands in the transcript."""
    shop = Shop()
    client = make_client(shop.app)
    socket = client.open("/greet?table=2", ["chat.v1"])

    socket.send("Ann")
    socket.send(b"\x01\x02")
    seen = [socket.receive(LONG), socket.receive(LONG), socket.receive(0)]
    socket.close(1001, "tired")

    assert seen == ["Hello, Ann!", b"\x02\x01", None]
    assert said(socket) == [
        ("client", "Ann"),
        ("app", "Hello, Ann!"),
        ("client", b"\x01\x02"),
        ("app", b"\x02\x01"),
    ]
    assert shop.log == [(1001, "tired")]
    assert closing(socket) == ("client", 1001, "tired")
    end = socket.transcript.closing
    times = [entry.at for entry in socket.transcript.head]
    assert end is not None
    assert [*times, end.at] == sorted([*times, end.at])
    assert transcripts(client) == [socket.transcript]
    assert messages(client) == []


@per_client
def test_the_handshake_is_recorded(make_client: MakeWebSocketClient) -> None:
    """What the client offers and what the app chooses."""
    socket = make_client(Shop().app).open("/greet?table=2", SUBPROTOCOLS)

    transcript = socket.transcript

    assert (transcript.accepted, transcript.refusal, transcript.closing) == (True, None, None)
    assert (transcript.target, transcript.doing) == ("/greet?table=2", "websocket /greet?table=2")
    assert (transcript.offered, transcript.subprotocol) == (SUBPROTOCOLS, "chat.v1")
    assert transcript.response_headers == [("x-counter", "3")]
    assert ("host", "testserver") in transcript.request_headers


@per_client
def test_the_app_gets_what_a_client_asks_with(make_client: MakeWebSocketClient) -> None:
    """Query, headers, the jar's cookies, subprotocols; the same on both clients."""
    client = make_client(Shop().app)
    client.client.request("GET", "/sign-in", follow_redirects=True)

    socket = client.open("/asked?a=b", SUBPROTOCOLS, headers={"X-Tenant": "acme"})
    seen = [socket.receive(LONG), socket.receive(LONG)]

    asked = '["a=b","testserver","acme","session=abc",null,"upgrade","testserver==","13","chat.v2, chat.v1"]'
    assert seen == [asked, '[["chat.v2","chat.v1"],"ws","/asked","ws://testserver/asked?a=b"]']


@per_client
@pytest.mark.parametrize(
    ("url", "seen"),
    [
        pytest.param("http://shop/asked", "ws://shop/asked", id="http"),
        pytest.param("https://shop/asked", "wss://shop/asked", id="https"),
        pytest.param("wss://shop:8443/asked", "wss://shop:8443/asked", id="wss-and-port"),
    ],
)
def test_a_whole_url(make_client: MakeWebSocketClient, url: str, seen: str) -> None:
    """One of HTTP is taken for its websocket."""
    socket = make_client(Shop().app).open(url)

    socket.receive(LONG)
    last = socket.receive(LONG)

    assert isinstance(last, str)
    assert last.endswith(f',"{seen}"]')


def test_the_app_closes(make_client: MakeWebSocketClient) -> None:
    """What it sent before comes first. It may receive that it is closed."""
    shop = Shop()
    client = make_client(shop.app)
    socket = client.open("/close/4001")

    is_closed = socket.closed(LONG)
    seen = [socket.receive(LONG), socket.receive(LONG)]
    socket.close(1001, "too late")

    assert (is_closed, seen) == (True, ["bye", None])
    assert closing(socket) == ("app", 4001, "we close at six")
    assert (shop.log, messages(client)) == ([4001], [])


def test_a_websocket_that_is_open_is_not_closed(make_client: MakeWebSocketClient) -> None:
    """The wait for it ends with its deadline; so does the wait for a message."""
    socket = make_client(Shop().app).open("/greet")

    seen = [socket.closed(0.01), socket.receive(0.01)]

    assert seen == [False, None]
    assert socket.transcript.closing is None


def test_several_websockets_at_once(make_client: MakeWebSocketClient) -> None:
    """They talk to each other, and requests reach the app while they are open."""
    shop = Shop()
    client = make_client(shop.app)
    sockets = [client.open(f"/live?name={name}") for name in ("ann", "bob")]

    sockets[0].send("a latte, please")
    client.client.request("POST", "/orders", follow_redirects=True, content="a latte is ready")
    seen = [[socket.receive(LONG), socket.receive(LONG)] for socket in sockets]
    sockets[0].close()
    sockets[1].send("thanks")
    last = sockets[1].receive(LONG)

    assert seen == [["ann: a latte, please", "a latte is ready"]] * 2
    assert last == "bob: thanks"
    assert len(shop.listeners) == 1


def test_the_lifespans_state_reaches_a_websocket(make_client: MakeWebSocketClient) -> None:
    """Each websocket has a copy of it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            scope["state"]["greeting"] = "Hi"
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": scope["state"]["greeting"]})
            scope["state"]["greeting"] = "changed"

    client = make_client(app)
    client.client.start()

    seen = [client.open("/").receive(LONG), client.open("/").receive(LONG)]

    assert seen == ["Hi", "Hi"]
