"""Websockets of a deployed server: what is not known of its app, and what fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import Unreachable
from tests.clients.live_shop import Run, Shop, port_of
from tests.clients.peers import once, remote, saying, serving
from tests.websockets.conftest import WebSocketClient
from tests.websockets.rooms import closing

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("no_thread_left")
DROPPED = "{place} dropped the connection without an answer. Does it want https?"


def failure(client: WebSocketClient) -> str:
    """What opening a websocket fails with."""
    with pytest.raises(Unreachable) as caught:
        client.open("/greet")
    return str(caught.value)


@pytest.fixture
def url(shop: Shop) -> Iterator[str]:
    """The address of the shop."""
    run = Run()
    client = run.scenario(shop.app)
    client.start()
    yield f"http://127.0.0.1:{client.run(port_of, client)}"
    run.finish()
    run.server_threads.close()


def test_websockets_of_a_deployed_app(url: str) -> None:
    """What only the app knows is not known: why it ended, by which code it refused."""
    with remote(url) as remote_client:
        client = WebSocketClient(remote_client)
        echo = client.open("/echo")
        echo.send("hi")
        said = echo.receive(30)
        echo.close(4001)
        left, refused = client.open("/leave"), client.open("/refuse")

        assert (said, echo.place(), left.closed(30)) == ("hi", "", True)
        assert closing(left) == ("app", 1006, "the connection was dropped")
        assert refused.transcript.refusal is not None
        assert (refused.transcript.refusal.status, refused.transcript.refusal.code) == (403, None)


def test_the_users_own_code_and_a_deployed_app(url: str) -> None:
    """It runs on a loop of its own, with connections of its own."""
    with remote(url) as remote_client:
        client = WebSocketClient(remote_client)

        async def talk() -> str:
            async with client.connect("/echo") as websocket:
                await websocket.send_text("hi")
                return await websocket.receive_text()

        said = client.run(talk)
        with client.connect("/echo") as websocket:
            websocket.send_text("ho")
            answer = websocket.receive_text()

        assert (said, answer) == ("hi", "ho")


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        pytest.param(b"", DROPPED, id="nothing"),
        pytest.param(b"\x00\xff\r\n\r\n", "What {place} answered is no HTTP: illegal status line", id="rubbish"),
        pytest.param(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
            "The server did not open the websocket as RFC 6455 has it: its Sec-WebSocket-Accept is missing or wrong.",
            id="no key",
        ),
        pytest.param(
            b"HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf",
            "The connection was dropped in the middle of the response: the status 403 came, and 4 bytes of the body.",
            id="half a refusal",
        ),
    ],
)
def test_a_websocket_that_is_answered_by_rubbish(answer: bytes, seen: str) -> None:
    """It fails to open."""
    with serving(once(answer)) as peer, remote(peer.url) as client:
        told = failure(WebSocketClient(client))

    assert told.startswith(seen.format(place=f"127.0.0.1:{peer.port}"))
    assert "The client live tried GET" in told


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        pytest.param(b"", "The server did not answer within 0.1 seconds.", id="at all"),
        pytest.param(
            b"HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf",
            "The server did not come to the end of its response within 0.1 seconds: the status 403 came, and 4 bytes",
            id="to the end of its refusal",
        ),
    ],
)
def test_a_websocket_that_is_not_answered(answer: bytes, seen: str) -> None:
    """It is given the timeout."""
    with serving(saying(answer)) as peer, remote(peer.url, timeout=0.1) as client:
        told = failure(WebSocketClient(client))

    assert told.startswith(seen)
