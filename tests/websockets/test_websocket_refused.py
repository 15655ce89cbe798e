"""Websockets that are refused: by a close code, by a response, in parts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from asgherkin.websockets.websocket_evidence import Refusal
from tests.websockets.conftest import per_client
from tests.websockets.rooms import LONG, Shop, messages

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.websockets.conftest import MakeWebSocketClient


@per_client
def test_a_refusal_by_a_code(make_client: MakeWebSocketClient) -> None:
    """The app receives that it is over. Nothing can be received, and closing it does nothing."""
    shop = Shop()
    client = make_client(shop.app)

    socket = client.open("/stranger")
    seen = socket.receive(LONG)
    socket.close()

    assert socket.transcript.refusal == Refusal(1008, "who are you?")
    assert (socket.transcript.accepted, socket.transcript.closing, seen) == (False, None, None)
    assert socket.closed(LONG)
    assert (shop.log, messages(client)) == (["websocket.connect", 1006], [])


def test_a_disconnect_that_a_refused_app_lets_out(make_client: MakeWebSocketClient) -> None:
    """It is no crash: the client was refused, and has left."""
    client = make_client(Shop().app)

    refusal = client.open("/farewell").transcript.refusal
    client.close()

    assert (refusal, messages(client)) == (Refusal(1008), [])


@per_client
def test_a_refusal_by_a_response(make_client: MakeWebSocketClient) -> None:
    """ASGI's denial response: status, headers and body are kept."""
    client = make_client(Shop().app)

    socket = client.open("/forbidden")

    refusal = socket.transcript.refusal
    assert refusal is not None
    assert (refusal.code, refusal.status, refusal.body) == (None, 403, b'{"detail":"staff only"}')
    assert ("x-reason", "staff") in refusal.headers
    assert (socket.transcript.accepted, messages(client)) == (False, [])


async def parts_of_a_denial(scope: Scope, receive: Receive, send: Send, *, ends: bool) -> None:
    await send({"type": "websocket.http.response.start", "status": 429})
    await send({"type": "websocket.http.response.body", "body": b"too ", "more_body": True})
    await send({"type": "websocket.http.response.body", "body": b"many", "more_body": not ends})


async def crashes(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    raise ZeroDivisionError("division by zero")


async def returns(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()


@per_client
@pytest.mark.parametrize(
    ("app", "refusal", "crash"),
    [
        pytest.param(Shop().app, Refusal(1000, ""), [], id="an unknown path"),
        pytest.param(partial(parts_of_a_denial, ends=True), Refusal(status=429, body=b"too many"), [], id="in parts"),
        pytest.param(
            partial(parts_of_a_denial, ends=False), Refusal(status=429, body=b"too many"), [], id="broken off"
        ),
        pytest.param(crashes, Refusal(status=500), ["division by zero"], id="by a crash"),
        pytest.param(returns, Refusal(status=500), [], id="by an app that returns"),
    ],
)
def test_a_refusal(make_client: MakeWebSocketClient, app: object, refusal: Refusal, crash: list[str]) -> None:
    """An answer that never comes is the 500 of servers, and no crash unless the app raised."""
    client = make_client(app)

    socket = client.open("/nowhere")

    assert (socket.transcript.refusal, messages(client)) == (refusal, crash)
