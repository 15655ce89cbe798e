"""What ASGI allows an app to send on a websocket, and what is recorded of one that is not a sentence's."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import anyio
import pytest

from asgherkin.clients.recorder import Recorder
from asgherkin.websockets.transcript import Transcript
from tests.websockets.conftest import ROOT, per_client
from tests.websockets.rooms import ACCEPT, LONG, messages, said, text, transcripts

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from tests.websockets.conftest import MakeWebSocketClient

CLOSE: Message = {"type": "websocket.close"}
START: Message = {"type": "websocket.http.response.start", "status": 403}
BODY: Message = {"type": "websocket.http.response.body"}
SEND = text("hi")


class Sends:
    """An app that sends messages one after the other."""

    def __init__(self, *messages: Message) -> None:
        self.messages = messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        await receive()
        for message in self.messages:
            await send(message)


BEFORE = 'before it accepted it. ASGI wants "websocket.accept", "websocket.close" or "websocket.http.response.start"'
AFTER = 'after it accepted it. ASGI wants "websocket.send" or "websocket.close"'
DENIAL_BODY = "websocket.http.response.body"
# What an app sends, what of it breaks the rules, and where it does or what ASGI wants.
MISPLACED: list[tuple[list[Message], str, str]] = [
    ([SEND], "websocket.send", BEFORE),
    ([BODY], DENIAL_BODY, BEFORE),
    ([{"type": "cheers"}], "cheers", BEFORE),
    ([ACCEPT, ACCEPT], "websocket.accept", AFTER),
    ([START, CLOSE], "websocket.close", f'in its refusal. ASGI wants "{DENIAL_BODY}"'),
    ([ACCEPT, CLOSE, SEND], "websocket.send", "after it closed it. ASGI wants nothing"),
    ([START, BODY, BODY], DENIAL_BODY, "after it closed it. ASGI wants nothing"),
]
MALFORMED: list[tuple[list[Message], str, str]] = [
    ([ACCEPT, {"type": "websocket.send"}], "a message without text and without bytes", "one of them"),
    ([ACCEPT, {"type": "websocket.send", "text": 3}], "a text of type int", "str"),
    ([ACCEPT, {"type": "websocket.send", "bytes": "hi"}], "bytes of type str", "bytes"),
    ([{**ACCEPT, "subprotocol": b"chat"}], "a subprotocol of type bytes", "str"),
    ([{**ACCEPT, "headers": [("a", "b")]}], "the headers [('a', 'b')]", "each name and each value in bytes"),
    ([ACCEPT, {**CLOSE, "code": "1000"}], "a close code of type str", "int"),
    ([ACCEPT, {**CLOSE, "reason": b"bye"}], "a reason of type bytes", "str"),
    ([{"type": "websocket.http.response.start"}], "a status of type NoneType", "int"),
    ([START, {**BODY, "body": "no"}], "a body of type str", "bytes"),
]


@per_client
@pytest.mark.parametrize(
    ("sent", "message"),
    [
        *((sent, f'"{kind}" on the websocket /a?b {where} there.') for sent, kind, where in MISPLACED),
        *((sent, f"{seen} on the websocket /a?b. ASGI wants {wanted}.") for sent, seen, wanted in MALFORMED),
    ],
)
def test_an_app_that_breaks_the_rules(make_client: MakeWebSocketClient, sent: list[Message], message: str) -> None:
    """It is told so by an exception, which is a crash."""
    client = make_client(Sends(*sent))

    client.open("/a?b")

    assert messages(client) == [f"The app sent {message}"]


@per_client
@pytest.mark.parametrize(
    ("sent", "received"),
    [
        pytest.param({"text": "", "bytes": None}, "", id="empty-text"),
        pytest.param({"bytes": b""}, b"", id="empty-bytes"),
        pytest.param({"text": "a", "bytes": b"b"}, b"b", id="both"),
        pytest.param({"bytes": bytearray(b"abc")}, b"abc", id="bytearray"),
        pytest.param({"bytes": memoryview(b"abc")}, b"abc", id="memoryview"),
    ],
)
def test_messages_that_are_allowed(make_client: MakeWebSocketClient, sent: Message, received: str | bytes) -> None:
    """Bytes are bytes, whatever kind of them the app sends."""
    client = make_client(Sends(ACCEPT, {"type": "websocket.send", **sent}))
    socket = client.open("/")

    seen = socket.receive(LONG)

    assert (seen, messages(client)) == (received, [])
    assert said(socket) == [("app", received)]


@per_client
def test_a_denial_is_kept_up_to_a_limit(make_client: MakeWebSocketClient) -> None:
    """Of a long body, the beginning."""
    part: Message = {**BODY, "body": b"x" * 50_000, "more_body": True}
    client = make_client(Sends(START, part, part, part, BODY))

    refusal = client.open("/").transcript.refusal

    assert refusal is not None
    assert (refusal.status, refusal.body) == (403, b"x" * 65_536)


class Scripted:
    """A client that says what it is told to, and then no more."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)

    async def receive(self) -> Message:
        """Say the next thing."""
        if not self.messages:
            await anyio.sleep_forever()
        return self.messages.pop(0)

    async def send(self, message: Message) -> None:
        """Take what comes."""


async def listens(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send(ACCEPT)
    while (await receive())["type"] == "websocket.receive":
        pass


def recorded(*said_by_client: Message) -> Transcript:
    """What a recorder keeps of a websocket that nobody else looks after."""
    recorder = Recorder(listens, timeout=30, root=ROOT)
    client = Scripted({"type": "websocket.connect"}, *said_by_client)
    scope = {"type": "websocket", "path": "/ä", "headers": []}

    async def converse() -> None:
        with anyio.move_on_after(0.05):
            await recorder(scope, client.receive, client.send)

    anyio.run(converse)
    return recorder.evidence.of(Transcript)[0]


def test_a_client_of_its_own_is_recorded() -> None:
    """What the app receives is what the client said; a close code that is not there is no status."""
    transcript = recorded({"type": "websocket.receive", "text": "hi"}, {"type": "websocket.disconnect"})

    end = transcript.closing

    assert [(entry.by, entry.content) for entry in transcript.head] == [("client", "hi")]
    assert transcript.target == "/%C3%A4"
    assert end is not None
    assert (end.by, end.code, end.reason) == ("client", 1005, "")


def test_a_call_that_is_cancelled_has_lost_its_client() -> None:
    """It was not the app that closed."""
    end = recorded({"type": "websocket.receive"}).closing

    assert end is not None
    assert (end.by, end.code) == ("client", 1006)


@pytest.mark.parametrize("kind", ["test-asyncio"], indirect=True)
def test_a_second_disconnect_changes_nothing(make_client: MakeWebSocketClient) -> None:
    """Who closed first has closed; here in a user's own TestClient."""
    client = make_client(listens)
    with cast("TestClient", client.client.http).websocket_connect("/") as websocket:
        websocket.send_text("hi")
        websocket.close(4000, "first")

    (transcript,) = transcripts(client)

    end = transcript.closing
    assert [entry.content for entry in transcript.head] == ["hi"]
    assert end is not None
    assert (end.by, end.code, end.reason) == ("client", 4000, "first")
    assert messages(client) == []
