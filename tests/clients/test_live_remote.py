"""The client live and a deployed app."""

from __future__ import annotations

import pytest

from tests.clients.live_shop import Run, Shop, code_of, port_of
from tests.clients.peers import remote

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

        async def talk() -> str:
            async with client.websocket_connect("/echo") as websocket:
                await websocket.send_text("hi")
                return await websocket.receive_text()

        async def begin() -> int:
            request = client.async_http.build_request("GET", "/stream")
            return (await client.async_http.send(request, stream=True)).status_code

        sync = {client.http.get("/crash").status_code for _ in range(2)}
        other = client.run(client.async_http.get, "/").status_code
        said = client.run(talk)
        with client.websocket_connect("/echo") as websocket:
            websocket.send_text("ho")
            answer = websocket.receive_text()

        assert (sync, other, said, answer, client.run(begin)) == ({500}, 200, "hi", "ho", 200)


def test_streams_of_a_deployed_app(url: str, shop: Shop) -> None:
    """Where it waits is not known."""
    with remote(url) as client:
        stream = client.open_stream("/stream")
        seen = [stream.read(30), stream.read(0.01), stream.place()]
        stream.close()

        assert seen == [b"one", None, ""]


def test_websockets_of_a_deployed_app(url: str) -> None:
    """What only the app knows is not known: why it ended, by which code it refused."""
    with remote(url) as client:
        echo = client.open_socket("/echo")
        echo.send("hi")
        said = echo.receive(30)
        echo.close(4001)
        left, refused = client.open_socket("/leave"), client.open_socket("/refuse")

        assert (said, echo.place(), left.closed(30)) == ("hi", "", True)
        assert code_of(left.conversation.closing) == ("app", 1006, "the connection was dropped")
        assert refused.conversation.refusal is not None
        assert (refused.conversation.refusal.status, refused.conversation.refusal.code) == (403, None)
