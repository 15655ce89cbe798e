"""Websockets that are refused: by a close code, by a response, in parts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from asgherkin.websockets.websocket_evidence import Refusal
from tests.websockets.rooms import LONG, Shop, messages

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.websockets.conftest import MakeWebSocketClient


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


def test_a_refusal_by_a_response(make_client: MakeWebSocketClient) -> None:
    """ASGI's denial response: status, headers and body are kept."""
    client = make_client(Shop().app)

    socket = client.open("/forbidden")

    refusal = socket.transcript.refusal
    assert refusal is not None
    assert (refusal.code, refusal.status, refusal.body) == (None, 403, b'{"detail":"staff only"}')
    assert ("x-reason", "staff") in refusal.headers
    assert (socket.transcript.accepted, messages(client)) == (False, [])


def test_an_unknown_path_is_refused(make_client: MakeWebSocketClient) -> None:
    """As Starlette refuses it."""
    socket = make_client(Shop().app).open("/nowhere")

    assert socket.transcript.refusal == Refusal(1000, "")


async def parts_of_a_denial(scope: Scope, receive: Receive, send: Send, *, ends: bool) -> None:
    await send({"type": "websocket.http.response.start", "status": 429})
    await send({"type": "websocket.http.response.body", "body": b"too ", "more_body": True})
    await send({"type": "websocket.http.response.body", "body": b"many", "more_body": not ends})


@pytest.mark.parametrize("ends", [pytest.param(True, id="whole"), pytest.param(False, id="broken-off")])
def test_a_denial_in_parts(make_client: MakeWebSocketClient, ends: bool) -> None:
    """Its parts are joined; one that is broken off is as far as it came."""
    client = make_client(partial(parts_of_a_denial, ends=ends))

    socket = client.open("/")

    assert socket.transcript.refusal == Refusal(status=429, body=b"too many")
