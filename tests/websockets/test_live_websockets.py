"""The client live and websockets: both ends, refusals, crashes, and what nobody takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import anyio
import anyio.to_thread
import httpx2
import pytest

from asgherkin.clients.deadlines import AppCall
from asgherkin.clients.recorder import SERVED
from asgherkin.errors import AppError
from asgherkin.websockets import live_websocket
from asgherkin.websockets.connection import client_message, closing_message
from asgherkin.websockets.websocket_evidence import Refusal
from tests.clients.live_shop import Shop
from tests.websockets import rooms
from tests.websockets.conftest import LiveRun
from tests.websockets.rooms import closing, messages, transcripts

if TYPE_CHECKING:
    from httpx2.websockets import AsyncWebSocketSession

    from asgherkin.clients.asgi import Receive, Scope, Send

pytestmark = pytest.mark.usefixtures("no_thread_left")


def test_a_websocket(run: LiveRun, shop: Shop) -> None:
    """It goes both ways, and is closed with a code and a reason."""
    client = run.scenario(shop.app)
    client.client.start()
    socket = client.open("/echo?a=1", headers=[("X-Tenant", "acme")])

    socket.send("hi")
    socket.send(b"\x01")
    got = [socket.receive(30), socket.receive(30), socket.receive(0.01)]
    socket.close(4001, "bye")
    socket.close()

    transcript = socket.transcript
    assert got == ["hi", b"\x01", None]
    assert [entry.content for entry in transcript.head] == ["hi", "hi", b"\x01", b"\x01"]
    assert ("x-tenant", "acme") in transcript.request_headers
    assert (transcript.target, transcript.response_headers) == ("/echo?a=1", [("x-counter", "3")])
    assert transcript.closing is not None
    assert (transcript.closing.by, transcript.closing.code) == ("client", 4001)
    assert shop.events == ["start", "left 4001 bye"]
    assert transcripts(client) == [transcript]


def test_websockets_that_stay_open(run: LiveRun, shop: Shop) -> None:
    """They are closed at the scenario's end, or before the app is shut down."""
    client = run.scenario(shop.app)
    client.client.start()
    client.open("/echo")
    run.finish()
    client = run.scenario(shop.app)
    client.client.start()
    client.open("/echo")
    client.client.shut_down()

    assert shop.events == ["start", "left 1000", "left 1012", "stop"]


@pytest.mark.parametrize(("path", "reason"), [("/stranger", "who are you?"), ("/farewell", "")])
def test_a_refusal_by_a_code(run: LiveRun, path: str, reason: str) -> None:
    """The code does not come over the socket, but the app is at hand. That it lets its disconnect out is no crash."""
    client = run.scenario(rooms.Shop().app)

    socket = client.open(path)
    closed = socket.closed(30)
    run.finish()

    assert (socket.transcript.refusal, closed, messages(client)) == (Refusal(1008, reason), True, [])


async def denies(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.http.response.start", "status": 429})
    await send({"type": "websocket.http.response.body", "body": b"too ", "more_body": True})
    if scope["path"] == "/whole":
        await send({"type": "websocket.http.response.body", "body": b"many"})


@pytest.mark.parametrize(("path", "body"), [("/whole", b"too many"), ("/half", b"too ")])
def test_a_refusal_by_a_response(run: LiveRun, path: str, body: bytes) -> None:
    """Also one that the app breaks off."""
    socket = run.scenario(denies).open(path)

    assert socket.transcript.refusal == Refusal(status=429, body=body)


def test_a_crash_after_a_message(run: LiveRun, shop: Shop) -> None:
    """It is there when the message was sent, and closes the websocket with 1011."""
    client = run.scenario(shop.app)
    client.client.start()
    socket = client.open("/crash")

    socket.send("hi")
    crashes = [crash.doing for crash in client.recorder.crashes]

    assert crashes == ["websocket /crash"]
    assert socket.receive(30) is None
    assert (closing(socket), socket.place()) == (("app", 1011, ""), "")


def test_an_app_that_ends_without_closing(run: LiveRun, shop: Shop) -> None:
    """The client knows why the connection is gone."""
    client = run.scenario(shop.app)
    client.client.start()
    socket = client.open("/leave")

    assert socket.closed(30)
    assert closing(socket) == ("app", 1006, "the app ended without closing it")


@pytest.mark.parametrize("accepts", [False, True])
def test_a_crash_instead_of_an_answer(run: LiveRun, accepts: bool) -> None:
    """It is a refusal, as by the server; also where the server cannot send what the app wants."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if accepts:
            await send({"type": "websocket.accept", "subprotocol": "nobody.offered"})
        raise KeyError("no cups")

    client = run.scenario(app)

    socket = client.open("/")

    refusal = socket.transcript.refusal
    assert refusal is not None
    assert refusal.status == 500
    assert len(client.recorder.crashes) == 1


def test_an_app_that_never_accepts() -> None:
    """It is named and cancelled; one that does not stop is left behind."""
    run = LiveRun(timeout=0.1)
    done: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while True:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                if done or scope["path"] == "/gives-in":
                    raise

    client = run.scenario(app)
    told = []
    for path in ("/gives-in", "/stubborn"):
        with pytest.raises(AppError) as caught:
            client.open(path)
        told.append(str(caught.value))
    crashes = [str(crash.exception) for crash in client.recorder.crashes]
    run.finish()
    done.append(True)
    run.close()

    assert [text.partition(" It was")[0] for text in told] == [
        f"The app did not accept the websocket {path} within 0.1 seconds." for path in ("/gives-in", "/stubborn")
    ]
    assert [text.partition(" It was")[0] for text in crashes] == [
        "The app did not end when the websocket /stubborn was cancelled."
    ]


def test_an_app_that_does_not_end_when_it_is_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a crash, and nobody waits for it."""
    run = LiveRun(timeout=0.1)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.sleep_forever()

    async def no(_: AppCall) -> bool:
        return False

    client = run.scenario(app)
    monkeypatch.setattr(AppCall, "ends", no)
    with pytest.raises(AppError, match=r"^The app did not accept"):
        client.open("/")
    monkeypatch.undo()
    crashes = [str(crash.exception) for crash in client.recorder.crashes]
    run.close()

    assert [text.partition(" It was")[0] for text in crashes] == [
        "The app did not end when the websocket / was cancelled."
    ]


def test_an_app_that_listens_after_it_has_closed(run: LiveRun) -> None:
    """Its own closing is the one that counts."""
    heard = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4000})
        heard.append((await receive())["type"])

    socket = run.scenario(app).open("/")

    assert socket.closed(30)
    assert (closing(socket), heard) == (("app", 4000, ""), ["websocket.disconnect"])


def test_a_farewell_that_nobody_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has a deadline, and the connection is closed without it."""
    run, shop = LiveRun(timeout=0.1), Shop()

    async def stuck(*_: object) -> None:
        await anyio.sleep_forever()

    client = run.scenario(shop.app)
    client.client.start()
    socket = client.open("/echo")
    monkeypatch.setattr(live_websocket, "_pass_on", stuck)
    socket.close()
    run.close()

    assert closing(socket) == ("client", 1000, "")


def test_what_is_said_to_a_closed_connection() -> None:
    """It is read, not sent, that the other side has left."""

    class Gone:
        """A session whose connection is gone."""

        async def send_text(self, data: str) -> None:
            """Fail."""
            raise httpx2.WriteError(data)

        async def close(self, code: int, reason: str) -> None:
            """Fail."""
            raise httpx2.WriteError(reason)

    session = cast("AsyncWebSocketSession", Gone())
    for message in (client_message("hi"), closing_message(1000)):
        anyio.run(live_websocket._pass_on, session, message)  # noqa: SLF001 - no connection is gone just in between


def test_an_app_that_sends_without_end(run: LiveRun) -> None:
    """It waits for its client, and ends when that has left: no crash."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        while True:
            await send({"type": "websocket.send", "text": "x" * 60_000})

    client = run.scenario(app)
    socket = client.open("/")
    seen = [len(str(socket.receive(30))) for _ in range(5)]
    socket.close()

    assert seen == [60_000] * 5
    assert client.recorder.crashes == []


def test_a_message_that_nobody_takes() -> None:
    """Sending has a deadline too."""
    run = LiveRun(timeout=0.2)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await anyio.sleep_forever()

    client = run.scenario(app)
    socket = client.open("/")

    def flood() -> None:
        for _ in range(40):
            socket.send(b"x" * 4_000_000)

    with pytest.raises(
        AppError, match=r"^The app did not take what was sent on the websocket / within 0\.2 seconds\.$"
    ):
        flood()

    run.close()


@pytest.mark.parametrize("is_async", [False, True])
def test_a_websocket_of_the_users_own(run: LiveRun, shop: Shop, is_async: bool) -> None:
    """With `with` and with `async with`."""
    client = run.scenario(shop.app)
    client.client.start()

    async def talk() -> str:
        async with client.connect("/echo") as websocket:
            await websocket.send_text("hi")
            return await websocket.receive_text()

    if is_async:
        got = client.run(talk)
    else:
        with client.connect("/echo") as websocket:
            websocket.send_text("hi")
            got = websocket.receive_text()

    assert got == "hi"


def test_a_server_that_knows_no_websockets(run: LiveRun, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the capability's own call for it, a websocket is served all the same, and recorded by nobody."""
    monkeypatch.delitem(SERVED, "websocket")
    client = run.scenario(shop.app)
    client.client.start()

    socket = client.open("/echo")
    socket.send("hi")
    received = socket.receive(30)
    crashed = client.open("/broken")

    assert (received, transcripts(client)) == ("hi", [socket.transcript, crashed.transcript])
    assert crashed.transcript.refusal is not None
    assert crashed.transcript.refusal.status == 500
    assert [crash.doing for crash in client.recorder.crashes] == ["websocket /broken"]
