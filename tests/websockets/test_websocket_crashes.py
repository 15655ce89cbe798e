"""Apps whose websockets crash, or return without an answer: it is told, wherever it was."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.websockets.rooms import ACCEPT, LONG, closing, messages, text

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


async def returns(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    await receive()
    await receive()
    await send(text("one moment"))


@pytest.mark.parametrize(
    ("app", "end", "crash"),
    [
        pytest.param(partial(crashes, when="at a message"), ("app", 1011, ""), ["division by zero"], id="crashes"),
        pytest.param(returns, ("app", 1006, "the app ended without closing it"), [], id="returns"),
    ],
)
def test_an_app_that_ends_without_closing(
    make_client: MakeWebSocketClient, app: object, end: tuple[str, int, str], crash: list[str]
) -> None:
    """The code is the one that servers give, or that of a connection that is lost; what came before is received."""
    client = make_client(app)
    socket = client.open("/")
    socket.send("hi")

    seen = [socket.receive(LONG), socket.receive(LONG)]

    assert (seen, closing(socket), messages(client)) == (["one moment", None], end, crash)
