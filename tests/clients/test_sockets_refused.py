"""Websockets that are refused: by a close code, by a response, in parts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from asgherkin.clients.conversation import Refusal
from tests.clients.rooms import LONG, Shop, messages

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.clients.conftest import MakeClient


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
