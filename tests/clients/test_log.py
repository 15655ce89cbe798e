"""httpx2's log of requests."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import httpx2

from tests.clients.conftest import make_adapter

if TYPE_CHECKING:
    import pytest

    from asgherkin.clients.asgi import Receive, Scope, Send


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body"})


def test_requests_to_others_stay_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """What an app asks of others is its own matter; what a scenario asks of the app is told by the evidence."""
    caplog.set_level(logging.INFO, "httpx2")
    client = make_adapter("async-asyncio", app, 30)
    client.request("GET", "/?token=s3cr3t", follow_redirects=False)
    client.close()
    client.close_loop()

    with httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(204))) as other:
        other.get("http://supplier/stock")
    logging.getLogger("httpx2").info("ready")

    assert caplog.messages == ['HTTP Request: GET http://supplier/stock "HTTP/1.1 204 No Content"', "ready"]
