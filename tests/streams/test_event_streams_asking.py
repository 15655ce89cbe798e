"""How a stream is asked for: headers, cookies, redirects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from asgherkin.streams.event_stream import Event
from tests.streams.board import LONG, START, Shop, open_stream, order_of, part, place_order

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.clients.conftest import MakeClient


def test_a_stream_is_asked_for_as_a_request_is(make_client: MakeClient) -> None:
    """Query, headers and the jar's cookies go along; an event stream is what is wanted, and no compression."""
    client = make_client(Shop().app)
    client.request("GET", "/sign-in", follow_redirects=True)

    stream = open_stream(client, "/asked?all=1", headers={"X-Tenant": "acme"}, extensions={"mark": "mine"})

    assert stream.read(LONG) == b'["all=1","text/event-stream","identity","acme","session=abc"]'
    assert stream.response.request.extensions["mark"] == "mine"


def test_the_headers_of_a_caller_win(make_client: MakeClient) -> None:
    """Whatever their case."""
    client = make_client(Shop().app)

    stream = open_stream(client, "/asked", headers={"ACCEPT": "text/plain", "accept-encoding": "br"})

    assert stream.read(LONG) == b'["","text/plain","br",null,null]'


def test_redirects_are_followed(make_client: MakeClient) -> None:
    """The stream is that of the last response."""
    client = make_client(Shop().app)

    stream = open_stream(client, "/old")
    place_order(client, "latte")

    assert (stream.log.target, stream.receive(LONG)) == ("/board", order_of("latte"))
    assert [exchange.status for exchange in client.recorder.exchanges] == [307, 200, 204]


def test_redirects_are_not_always_followed(make_client: MakeClient) -> None:
    """Not where they need not be; redirects without end are the same error as of a request."""
    client = make_client(Shop().app)

    stream = open_stream(client, "/old", follow_redirects=False)

    assert (stream.response.status_code, stream.response.headers["Location"]) == (307, "/board")
    with pytest.raises(httpx2.TooManyRedirects, match=r"^Exceeded maximum allowed redirects\.$"):
        open_stream(client, "/round")


def test_a_redirect_with_an_endless_body_is_followed(make_client: MakeClient) -> None:
    """Its body is not read; the app is cancelled."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/":
            await send(START)
            return await send({"type": "http.response.body", "body": b"data: latte\n\n"})
        await send({"type": "http.response.start", "status": 303, "headers": [(b"location", b"/")]})
        while True:
            await send(part(b"and on"))

    client = make_client(app, timeout=0.1)

    stream = open_stream(client, "/old")

    assert (stream.receive(LONG), client.recorder.crashes) == (Event(data="latte"), [])
