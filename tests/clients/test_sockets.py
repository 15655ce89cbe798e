"""Websockets as sentences use them: the handshake, what is said both ways, and how it ends."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import TYPE_CHECKING

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from asgherkin.clients.conversation import Closing, Refusal

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from asgherkin.clients.asgi import Receive, Scope, Send
    from asgherkin.clients.port import Client, Socket
    from tests.clients.conftest import MakeClient

LONG = 30
SUBPROTOCOLS = ("chat.v2", "chat.v1")


class Shop:
    """A shop with a live channel, on which all who listen hear of each order; `log` tells what has ended."""

    def __init__(self) -> None:
        self.log: list[object] = []
        self.listeners: list[WebSocket] = []
        routes = [
            Route("/orders", self.order, methods=["POST"]),
            Route("/sign-in", self.sign_in),
            WebSocketRoute("/greet", self.greet),
            WebSocketRoute("/live", self.live),
            WebSocketRoute("/asked", self.asked),
            WebSocketRoute("/close/{code:int}", self.close),
            WebSocketRoute("/forbidden", self.forbidden),
            WebSocketRoute("/stranger", self.stranger),
        ]
        self.app = Starlette(routes=routes)

    async def greet(self, websocket: WebSocket) -> None:
        """Greet each guest."""
        await websocket.accept(subprotocol="chat.v1", headers=[(b"x-counter", b"3")])
        try:
            while True:
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    raise WebSocketDisconnect(message["code"], message["reason"])
                if message.get("text") is not None:
                    await websocket.send_text(f"Hello, {message['text']}!")
                else:
                    await websocket.send_bytes(message["bytes"][::-1])
        except WebSocketDisconnect as left:
            self.log.append((left.code, left.reason))

    async def live(self, websocket: WebSocket) -> None:
        """Pass on to all what one says."""
        await websocket.accept()
        self.listeners.append(websocket)
        async for text in websocket.iter_text():
            for listener in self.listeners:
                await listener.send_text(f"{websocket.query_params['name']}: {text}")
        self.listeners.remove(websocket)

    async def order(self, request: Request) -> Response:
        """Tell all of an order."""
        for listener in self.listeners:
            await listener.send_text((await request.body()).decode())
        return Response(status_code=204)

    async def sign_in(self, request: Request) -> Response:
        """Set a cookie."""
        response = PlainTextResponse("hello")
        response.set_cookie("session", "abc")
        return response

    async def asked(self, websocket: WebSocket) -> None:
        """Say what was asked for."""
        await websocket.accept()
        headers = [websocket.headers.get(name) for name in ("host", "x-tenant", "cookie", "upgrade", "connection")]
        versions = [websocket.headers.get(f"sec-websocket-{name}") for name in ("key", "version", "protocol")]
        scope = websocket.scope
        await websocket.send_json([websocket.url.query, *headers, *versions])
        await websocket.send_json([scope["subprotocols"], scope["scheme"], scope["path"], str(websocket.url)])

    async def close(self, websocket: WebSocket) -> None:
        """Close with a code."""
        await websocket.accept()
        await websocket.send_text("bye")
        await websocket.close(websocket.path_params["code"], "we close at six")
        self.log.append((await websocket.receive())["code"])

    async def forbidden(self, websocket: WebSocket) -> None:
        """Refuse by a response."""
        response = JSONResponse({"detail": "staff only"}, 403, headers={"X-Reason": "staff"})
        await websocket.send_denial_response(response)

    async def stranger(self, websocket: WebSocket) -> None:
        """Refuse by a code, and listen."""
        await websocket.close(1008, "who are you?")
        self.log.append((await websocket.receive())["type"])
        self.log.append((await websocket.receive())["code"])


def said(socket: Socket) -> list[tuple[str, str | bytes]]:
    """The transcript: who said what."""
    transcript = socket.conversation.transcript
    return [(one.by, one.content) for one in (*transcript.head, *transcript.tail)]


def closing(socket: Socket) -> tuple[str, int, str]:
    """Who closed it, with what code and reason."""
    end = socket.conversation.closing
    assert end is not None
    return end.by, end.code, end.reason


def messages(client: Client) -> list[str]:
    """The texts of the crashes."""
    return [str(crash.exception) for crash in client.recorder.crashes]


@pytest.mark.usefixtures("no_thread_left")
def test_texts_and_bytes_go_both_ways(make_client: MakeClient) -> None:
    """Each message is taken in its turn, and all of it stands in the transcript."""
    shop = Shop()
    client = make_client(shop.app)
    socket = client.open_socket("/greet?table=2", ["chat.v1"])

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
    assert client.recorder.conversations == [socket.conversation]
    assert messages(client) == []


def test_the_handshake_is_recorded(make_client: MakeClient) -> None:
    """What the client offers and what the app chooses."""
    socket = make_client(Shop().app).open_socket("/greet?table=2", SUBPROTOCOLS)

    conversation = socket.conversation

    assert (conversation.accepted, conversation.refusal, conversation.closing) == (True, None, None)
    assert (conversation.target, conversation.doing) == ("/greet?table=2", "websocket /greet?table=2")
    assert (conversation.subprotocols, conversation.subprotocol) == (SUBPROTOCOLS, "chat.v1")
    assert conversation.response_headers == [("x-counter", "3")]
    assert ("host", "testserver") in conversation.request_headers


def test_the_app_gets_what_a_client_asks_with(make_client: MakeClient) -> None:
    """Query, headers, the jar's cookies, subprotocols; the same on both clients."""
    client = make_client(Shop().app)
    client.request("GET", "/sign-in", follow_redirects=True)

    socket = client.open_socket("/asked?a=b", SUBPROTOCOLS, headers={"X-Tenant": "acme"})
    seen = [socket.receive(LONG), socket.receive(LONG)]

    asked = '["a=b","testserver","acme","session=abc",null,"upgrade","testserver==","13","chat.v2, chat.v1"]'
    assert seen == [asked, '[["chat.v2","chat.v1"],"ws","/asked","ws://testserver/asked?a=b"]']


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        pytest.param("http://shop/asked", "ws://shop/asked", id="http"),
        pytest.param("https://shop/asked", "wss://shop/asked", id="https"),
        pytest.param("wss://shop:8443/asked", "wss://shop:8443/asked", id="wss-and-port"),
    ],
)
def test_a_whole_url(make_client: MakeClient, url: str, seen: str) -> None:
    """One of HTTP is taken for its websocket."""
    socket = make_client(Shop().app).open_socket(url)

    socket.receive(LONG)
    last = socket.receive(LONG)

    assert isinstance(last, str)
    assert last.endswith(f',"{seen}"]')


def test_the_app_closes(make_client: MakeClient) -> None:
    """What it sent before comes first. It may receive that it is closed."""
    shop = Shop()
    client = make_client(shop.app)
    socket = client.open_socket("/close/4001")

    is_closed = socket.closed(LONG)
    seen = [socket.receive(LONG), socket.receive(LONG)]
    socket.close(1001, "too late")

    assert (is_closed, seen) == (True, ["bye", None])
    assert closing(socket) == ("app", 4001, "we close at six")
    assert (shop.log, messages(client)) == ([4001], [])


def test_a_websocket_that_is_open_is_not_closed(make_client: MakeClient) -> None:
    """The wait for it ends with its deadline; so does the wait for a message."""
    socket = make_client(Shop().app).open_socket("/greet")

    seen = [socket.closed(0.01), socket.receive(0.01)]

    assert seen == [False, None]
    assert socket.conversation.closing is None


def test_a_refusal_by_a_code(make_client: MakeClient) -> None:
    """The app receives that it is over. Nothing can be received, and closing it does nothing."""
    shop = Shop()
    client = make_client(shop.app)

    socket = client.open_socket("/stranger")
    seen = socket.receive(LONG)
    socket.close()

    assert socket.conversation.refusal == Refusal(1008, "who are you?")
    assert (socket.conversation.accepted, socket.conversation.closing, seen) == (False, None, None)
    assert socket.closed(LONG)
    assert (shop.log, messages(client)) == (["websocket.connect", 1006], [])


def test_a_refusal_by_a_response(make_client: MakeClient) -> None:
    """ASGI's denial response: status, headers and body are kept."""
    client = make_client(Shop().app)

    socket = client.open_socket("/forbidden")

    refusal = socket.conversation.refusal
    assert refusal is not None
    assert (refusal.code, refusal.status, refusal.body) == (None, 403, b'{"detail":"staff only"}')
    assert ("x-reason", "staff") in refusal.headers
    assert (socket.conversation.accepted, messages(client)) == (False, [])


def test_an_unknown_path_is_refused(make_client: MakeClient) -> None:
    """As Starlette refuses it."""
    socket = make_client(Shop().app).open_socket("/nowhere")

    assert socket.conversation.refusal == Refusal(1000, "")


async def parts_of_a_denial(scope: Scope, receive: Receive, send: Send, *, ends: bool) -> None:
    await send({"type": "websocket.http.response.start", "status": 429})
    await send({"type": "websocket.http.response.body", "body": b"too ", "more_body": True})
    await send({"type": "websocket.http.response.body", "body": b"many", "more_body": not ends})


@pytest.mark.parametrize("ends", [pytest.param(True, id="whole"), pytest.param(False, id="broken-off")])
def test_a_denial_in_parts(make_client: MakeClient, ends: bool) -> None:
    """Its parts are joined; one that is broken off is as far as it came."""
    client = make_client(partial(parts_of_a_denial, ends=ends))

    socket = client.open_socket("/")

    assert socket.conversation.refusal == Refusal(status=429, body=b"too many")


def test_several_websockets_at_once(make_client: MakeClient) -> None:
    """They talk to each other, and requests reach the app while they are open."""
    shop = Shop()
    client = make_client(shop.app)
    sockets = [client.open_socket(f"/live?name={name}") for name in ("ann", "bob")]

    sockets[0].send("a latte, please")
    client.request("POST", "/orders", follow_redirects=True, content="a latte is ready")
    seen = [[socket.receive(LONG), socket.receive(LONG)] for socket in sockets]
    sockets[0].close()
    sockets[1].send("thanks")
    last = sockets[1].receive(LONG)

    assert seen == [["ann: a latte, please", "a latte is ready"]] * 2
    assert last == "bob: thanks"
    assert len(shop.listeners) == 1


def test_an_open_websocket_is_closed_at_the_end(make_client: MakeClient) -> None:
    """All of them, as by a client that leaves."""
    shop = Shop()
    client = make_client(shop.app)
    sockets = [client.open_socket("/greet"), client.open_socket("/greet")]

    client.close()

    assert shop.log == [(1000, ""), (1000, "")]
    assert [closing(socket) for socket in sockets] == [("client", 1000, "")] * 2
    assert messages(client) == []


def test_a_shut_down_closes_first(make_client: MakeClient) -> None:
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
    client.start()
    socket = client.open_socket("/greet")
    socket.send("Ann")

    client.shut_down()
    seen = [socket.receive(LONG), socket.receive(LONG)]

    assert shop.log == [(1012, ""), "shut down"]
    assert closing(socket) == ("app", 1012, "")
    assert seen == ["Hello, Ann!", None]


def test_what_was_not_taken_is_dropped_by_closing(make_client: MakeClient) -> None:
    """Who closes it does not listen any more."""
    socket = make_client(Shop().app).open_socket("/greet")
    socket.send("Ann")

    socket.close()

    assert (socket.receive(LONG), socket.closed(0), socket.place()) == (None, True, "")


def test_the_lifespans_state_reaches_a_websocket(make_client: MakeClient) -> None:
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
    client.start()

    seen = [client.open_socket("/").receive(LONG), client.open_socket("/").receive(LONG)]

    assert seen == ["Hi", "Hi"]


def test_a_long_transcript_is_bounded(make_client: MakeClient) -> None:
    """Its head and its tail are kept, and how many stood between them."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        for number in range(2_000):
            await send({"type": "websocket.send", "text": f"{number}"})

    socket = make_client(app).open_socket("/")

    last = [socket.receive(LONG) for _ in range(2_000)][-1]
    transcript = socket.conversation.transcript

    assert (last, transcript.total, transcript.left_out) == ("1999", 2_000, 1_900)
    assert [one.content for one in transcript.head][-1] == "49"
    assert [one.content for one in transcript.tail] == [f"{number}" for number in range(1_950, 2_000)]


def test_a_long_message_is_cut_in_the_transcript(make_client: MakeClient) -> None:
    """Its size is the whole one's; it is received as a whole."""
    socket = make_client(Shop().app).open_socket("/greet")

    socket.send("x" * 100_000)
    whole = socket.receive(LONG)

    assert isinstance(whole, str)
    assert len(whole) == 100_008
    assert [(len(one.content), one.size) for one in socket.conversation.transcript.head] == [
        (4096, 100_000),
        (4096, 100_008),
    ]


@pytest.mark.usefixtures("no_thread_left")
@pytest.mark.parametrize("path", ["/greet", "/close/1000", "/stranger"])
def test_websockets_leave_nothing_behind(make_client: MakeClient, path: str) -> None:
    """No task and no thread, however many were opened one after the other."""
    client = make_client(Shop().app)

    async def tasks() -> int:
        return len(anyio.get_running_tasks())

    def visit() -> None:
        socket = client.open_socket(path)
        socket.receive(0)
        socket.close()

    visit()
    before = (client.run(tasks), threading.active_count())
    for _ in range(200):
        visit()

    assert (client.run(tasks), threading.active_count()) == before


def test_nothing_is_left_on_asyncios_loop(make_client: MakeClient, kind: str) -> None:
    """Counted by asyncio itself, after the end."""
    if not kind.endswith("asyncio"):
        pytest.skip("it counts asyncio's tasks")
    client = make_client(Shop().app)

    async def tasks() -> int:
        return len(asyncio.all_tasks())

    before = client.run(tasks)
    for path in ("/greet", "/close/1000", "/stranger"):
        client.open_socket(path)
    client.close()

    assert client.run(tasks) == before


def test_a_closing_knows_its_time(make_client: MakeClient) -> None:
    """In seconds since the opening, as each message does."""
    socket = make_client(Shop().app).open_socket("/greet")
    socket.send("Ann")
    socket.close()

    times = [one.at for one in socket.conversation.transcript.head]
    end = socket.conversation.closing

    assert isinstance(end, Closing)
    assert times == sorted(times)
    assert 0 < times[0] <= times[-1] <= end.at
