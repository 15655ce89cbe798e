"""The client live and a deployed app."""

from __future__ import annotations

import pytest

from tests.clients.live_shop import Run, Shop, port_of
from tests.clients.peers import remote
from tests.streams.board import open_stream

pytestmark = pytest.mark.usefixtures("no_thread_left")


@pytest.fixture
def url(run: Run, shop: Shop) -> str:
    """The address of the shop."""
    client = run.scenario(shop.app)
    client.start()
    return f"http://127.0.0.1:{client.run(port_of, client)}"


def test_a_deployed_app(url: str) -> None:
    """Requests name its own host; crashes are responses."""
    with remote(url) as client:
        client.start()
        response = client.request("GET", "/", follow_redirects=True)
        crash = client.request("GET", "/crash", follow_redirects=True)

        assert (response.json()["host"], client.host) == (url[7:], "127.0.0.1")
        assert (crash.status_code, client.recorder.crashes) == (500, [])
        assert [exchange.status for exchange in client.recorder.exchanges] == [200, 500]


def test_the_users_own_code_and_a_deployed_app(url: str) -> None:
    """It runs on a loop of its own, with connections of its own."""
    with remote(url) as client:

        async def begin() -> int:
            request = client.async_http.build_request("GET", "/stream")
            return (await client.async_http.send(request, stream=True)).status_code

        sync = {client.http.get("/crash").status_code for _ in range(2)}
        other = client.run(client.async_http.get, "/").status_code

        assert (sync, other, client.run(begin)) == ({500}, 200, 200)


def test_streams_of_a_deployed_app(url: str, shop: Shop) -> None:
    """Where it waits is not known."""
    with remote(url) as client:
        stream = open_stream(client, "/stream")
        seen = [stream.read(30), stream.read(0.01), stream.place()]
        stream.close()

        assert seen == [b"one", None, ""]
