"""The client live and requests: what it records, crashes, hangs, streams."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest

from asgherkin.errors import AppError
from tests.clients.live_shop import Run, Shop, get, running
from tests.streams.board import open_stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

    from asgherkin.clients.asgi import Receive, Scope, Send

pytestmark = pytest.mark.usefixtures("no_thread_left")


def test_long_bodies(run: Run) -> None:
    """They are kept up to a limit, and counted to their ends."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        message = {"more_body": True}
        while message.get("more_body"):
            message = dict(await receive())
        await send({"type": "http.response.start", "status": 200})
        for _ in range(3):
            await send({"type": "http.response.body", "body": b"y" * 50_000, "more_body": True})
        await send({"type": "http.response.body"})

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 50_000

    client = run.scenario(app)
    for content in (parts(), b""):
        client.request("POST", "/", follow_redirects=True, content=content)
    client.http.post("/")

    (first, *_, last) = client.recorder.exchanges
    assert (len(first.request_body), first.request_size) == (65536, 150_000)
    assert [(len(one.response_body), one.response_size) for one in (first, last)] == [(65536, 150_000)] * 2


def test_what_is_recorded_is_what_the_client_sees(run: Run, shop: Shop) -> None:
    """Both bodies, and the headers without those that are the connection's."""
    client = run.scenario(shop.app)
    client.start()

    client.request("POST", "/?a=1", follow_redirects=True, content=b"milk", headers={"X-Tenant": "acme"})

    (exchange,) = client.recorder.exchanges
    assert (exchange.doing, exchange.request_body, exchange.request_size) == ("POST /?a=1", b"milk", 4)
    assert ("x-tenant", "acme") in exchange.request_headers
    assert (exchange.status, exchange.response_body, exchange.complete) == (
        200,
        b'{"host":"testserver","body":"milk"}',
        True,
    )
    assert [name for name, _ in exchange.response_headers] == ["x-count", "content-length", "content-type"]
    assert exchange.seconds is not None


def test_a_body_that_is_made_while_it_is_sent(run: Run, shop: Shop) -> None:
    """It is recorded as it passes."""
    client = run.scenario(shop.app)
    client.start()

    async def parts() -> AsyncIterator[bytes]:
        yield b"mi"
        yield b"lk"

    response = client.request("POST", "/", follow_redirects=True, content=parts())

    assert response.json()["body"] == "milk"
    assert client.recorder.exchanges[0].request_body == b"milk"


def test_requests_at_the_same_time(run: Run, shop: Shop) -> None:
    """Each has a connection of its own."""
    client = run.scenario(shop.app)
    client.start()

    responses = client.request_together(20, "GET", "/", follow_redirects=True)

    assert {response.status_code for response in responses} == {200}
    assert len({response.headers["x-count"] for response in responses}) == 20


@pytest.mark.parametrize(
    ("url", "text", "message"),
    [
        ("/crash", "Internal Server Error", "no milk"),
        ("/late", "fine", "late"),
        ("/half", "half", "half"),
    ],
)
def test_a_crash_is_recorded_and_raised_into_the_users_own_code(
    run: Run, shop: Shop, url: str, text: str, message: str
) -> None:
    """Sentences get the response; what the app raised is beside it."""
    client = run.scenario(shop.app)
    client.start()

    got = get(client, url)
    with pytest.raises(KeyError, match=message):
        client.http.get(url)
    with pytest.raises(KeyError, match=message):
        client.run(client.async_http.get, url)

    assert got == text
    assert [(crash.doing, crash.delivered) for crash in client.recorder.crashes] == [
        (f"GET {url}", delivered) for delivered in (False, True, True)
    ]


def test_an_exit_of_the_app(run: Run) -> None:
    """It is a crash, and ends nothing else."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise SystemExit(3)

    client = run.scenario(app)

    assert get(client) == "Internal Server Error"
    with pytest.raises(AppError, match=r"^The app raised SystemExit: 3$"):
        client.http.get("/")


@pytest.mark.parametrize("ways", ["a sentence", "own code"])
def test_an_app_that_hangs_and_does_not_stop(ways: str) -> None:
    """It is left behind, with a bare 500; in the user's own code where server errors are wanted as responses."""
    done = threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while not done.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.05)

    with running(timeout=0.1) as run:
        client = run.scenario(app)
        client.return_server_errors = True
        sends = client.http.get if ways == "own code" else partial(client.request, "GET", follow_redirects=True)
        response = sends("/")
        done.set()

    assert (response.status_code, response.text) == (500, "")
    assert str(client.recorder.crashes[0].exception).startswith(
        "The app did not answer GET / within 0.1 seconds. It did not stop when it was cancelled either."
    )


def test_a_client_that_gives_up(shop: Shop) -> None:
    """The app is cancelled, and that is no crash."""
    with running(timeout=0.1) as run:
        client = run.scenario(shop.app)
        client.start()

        async def give_up() -> None:
            with anyio.move_on_after(0.05):
                await client.async_http.get("/hang")

        client.run(give_up)

        assert client.recorder.crashes == []


def test_a_stream_of_the_users_own_that_stays_open(run: Run, shop: Shop) -> None:
    """It is left at the scenario's end, so that the next one has its connection for itself."""
    client = run.scenario(shop.app)
    client.start()

    async def begin() -> httpx2.Response:
        request = client.async_http.build_request("GET", "/stream")
        return await client.async_http.send(request, stream=True)

    response = client.run(begin)
    run.finish()

    assert (response.status_code, shop.events) == (200, ["start", "left"])


def test_streams(run: Run, shop: Shop) -> None:
    """They are read as they come, and left at the end."""
    client = run.scenario(shop.app)
    client.start()
    stream = open_stream(client, "/stream")
    seen = [stream.read(30), stream.read(0.01)]
    place = stream.place()
    stream.close()
    whole = open_stream(client, "/")
    body = whole.read(30)
    end = whole.read(30)
    whole.close()
    crashed = open_stream(client, "/half")
    half = [crashed.read(30), crashed.read(30)]

    assert seen == [b"one", None]
    assert place.endswith("await anyio.sleep_forever()")
    assert shop.events == ["start", "left"]
    assert body is not None
    assert end is None
    assert half == [b"half", None]
    assert [crash.doing for crash in client.recorder.crashes] == ["GET /half"]


def test_a_stream_that_does_not_start(shop: Shop) -> None:
    """The app is named and cancelled."""
    with running(timeout=0.1) as run:
        client = run.scenario(shop.app)
        client.start()

        with pytest.raises(
            AppError, match=r"^The app did not answer GET /hang within 0\.1 seconds\. It was waiting at live_shop"
        ):
            open_stream(client, "/hang")

        assert client.recorder.crashes == []


def test_a_stream_whose_app_exits(run: Run) -> None:
    """The server's own answer is the response."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise SystemExit

    stream = open_stream(run.scenario(app), "/")

    assert stream.response.status_code == 500


def test_an_app_that_does_not_stop_sending() -> None:
    """It cannot hold up the loop; when the client has left, it is cancelled."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    with running(timeout=0.1) as run:
        stream = open_stream(run.scenario(app), "/")

        assert stream.read(30)
        stream.close()
