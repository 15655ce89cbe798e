"""Apps whose websockets crash, or return without an answer: it is told, wherever it was."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from asgherkin.websockets.websocket_evidence import Refusal
from tests.websockets.rooms import closing, messages
from tests.websockets.sayings import ACCEPT, LONG, text

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.websockets.conftest import MakeWebSocketClient


async def crashes(scope: Scope, receive: Receive, send: Send, *, when: str) -> None:
    await receive()
    if when != "before accepting":
        await send(ACCEPT)
    if when == "at a message":
        await receive()
        await send(text("one moment"))
    if when == "at the end":
        try:
            await receive()
        finally:
            raise ZeroDivisionError("division by zero")
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("when", "at_opening", "at_sending", "at_closing"),
    [
        pytest.param("before accepting", 1, 1, 1, id="before"),
        pytest.param("after accepting", 1, 1, 1, id="after"),
        pytest.param("at a message", 0, 1, 1, id="message"),
        pytest.param("at the end", 0, 0, 1, id="disconnect"),
    ],
)
def test_a_crash_is_there_after_the_act(
    make_client: MakeWebSocketClient, when: str, at_opening: int, at_sending: int, at_closing: int
) -> None:
    """It is recorded when the act returns that made the app crash, and is not raised."""
    client = make_client(partial(crashes, when=when))
    counts = []

    socket = client.open("/greet")
    counts.append(len(client.recorder.crashes))
    if when == "at a message":
        socket.send("hi")
    counts.append(len(client.recorder.crashes))
    socket.close()
    counts.append(len(client.recorder.crashes))

    assert counts == [at_opening, at_sending, at_closing]
    (crash,) = client.recorder.crashes
    assert (str(crash.exception), crash.doing, crash.delivered) == ("division by zero", "websocket /greet", False)


def test_a_crash_before_it_accepts_refuses(make_client: MakeWebSocketClient) -> None:
    """With the status that servers give."""
    socket = make_client(partial(crashes, when="before accepting")).open("/")

    assert socket.transcript.refusal == Refusal(status=500)


def test_a_crash_closes(make_client: MakeWebSocketClient) -> None:
    """With the code that servers give; what came before is received."""
    socket = make_client(partial(crashes, when="at a message")).open("/")
    socket.send("hi")

    seen = [socket.receive(LONG), socket.receive(LONG)]

    assert (seen, closing(socket)) == (["one moment", None], ("app", 1011, ""))


def test_an_app_that_returns_without_an_answer(make_client: MakeWebSocketClient) -> None:
    """It has refused, as servers take it; it is no crash."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    client = make_client(app)
    socket = client.open("/")

    assert socket.transcript.refusal == Refusal(status=500)
    assert messages(client) == []


def test_an_app_that_returns_without_closing(make_client: MakeWebSocketClient) -> None:
    """The connection is lost."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await send(text("bye"))

    client = make_client(app)
    socket = client.open("/")
    seen = [socket.receive(LONG), socket.receive(LONG)]

    assert (seen, messages(client)) == (["bye", None], [])
    assert closing(socket) == ("app", 1006, "the app ended without closing it")


def test_a_stray_cancellation_is_a_crash(make_client: MakeWebSocketClient, kind: str) -> None:
    """An app that awaits a task that was cancelled."""
    if kind.endswith("trio"):
        pytest.skip("it is asyncio's")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        raise asyncio.CancelledError

    client = make_client(app)
    socket = client.open("/")

    assert closing(socket) == ("app", 1011, "")
    assert messages(client) == [
        "The app let a CancelledError out of websocket /, though nobody cancelled it: "
        "it awaits a task that was cancelled."
    ]


def test_an_error_of_its_own_is_a_crash(make_client: MakeWebSocketClient) -> None:
    """Only the OSError that sending has raised is the client's doing."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await receive()
        await receive()
        raise OSError("no space left on device")

    client = make_client(app)
    client.open("/").close()

    assert messages(client) == ["no space left on device"]
