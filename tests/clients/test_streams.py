"""A response that is read as it comes, and a client that leaves early."""

from __future__ import annotations

import itertools
import threading
from contextlib import aclosing
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from tests.clients.conftest import each_loop
from tests.clients.places import place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

    from asgherkin.clients.asgi import Receive, Scope, Send
    from asgherkin.clients.in_process import Client
    from tests.clients.conftest import MakeClient

pytestmark = each_loop


class Board:
    """An app with an endless response; `log` says when it has ended."""

    def __init__(self) -> None:
        self.log: list[str] = []

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show two orders, and wait until the client leaves."""
        assert scope["path"] == "/"
        try:
            await send({"type": "http.response.start", "status": 200})
            for order in (b"latte", b"mocha"):
                await send({"type": "http.response.body", "body": order, "more_body": True})
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self.log.append("left")


def parts_of(client: Client, ways: str, count: int) -> list[bytes]:
    """The first parts of a response, which is left then: in sync code, or in async code on the app's loop."""

    async def read() -> list[bytes]:
        async with client.async_http.stream("GET", "/") as response, aclosing(response.aiter_raw()) as parts:
            return [await anext(parts) for _ in range(count)]

    if ways == "async":
        return client.run(read)
    with client.http.stream("GET", "/") as response:
        return list(itertools.islice(response.iter_raw(), count))


@pytest.mark.parametrize("ways", ["sync", "async"])
def test_an_endless_response_is_read(make_client: MakeClient, ways: str) -> None:
    """Parts come as they are sent; leaving ends the app."""
    board = Board()
    client = make_client(board.app)

    first = parts_of(client, ways, 2)

    assert (first, board.log, client.recorder.crashes) == ([b"latte", b"mocha"], ["left"], [])


def test_a_stream_may_be_quiet_for_long(make_client: MakeClient) -> None:
    """An app that waits for its client to leave is not stopped: that is the client's turn."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"latte", "more_body": True})
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.body", "body": b"too late"})

    client = make_client(app, timeout=0.1)

    with client.http.stream("GET", "/") as response:
        first = next(response.iter_raw())
        client.run(anyio.sleep, 0.3)

    assert (first, client.recorder.crashes) == (b"latte", [])


def open_streams(client: Client) -> tuple[httpx2.Response, httpx2.Response]:
    """A stream of each kind, which nobody closes."""
    http = client.http
    first = http.send(http.build_request("GET", "/"), stream=True)
    request = client.async_http.build_request("GET", "/")
    second = client.run(lambda: client.async_http.send(request, stream=True))
    return first, second


def test_closing_the_client_ends_its_streams(make_client: MakeClient) -> None:
    """What still runs at the end of a scenario is cancelled."""
    board = Board()
    client = make_client(board.app)
    streams = open_streams(client)

    client.close()

    assert [stream.status_code for stream in streams] == [200, 200]
    assert (board.log, client.recorder.crashes) == (["left", "left"], [])


async def ignores_its_client(scope: Scope, receive: Receive, send: Send) -> None:
    """Sends for ever, without a look at who reads."""
    await send({"type": "http.response.start", "status": 200})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})


@pytest.mark.parametrize("ways", ["sync", "async"])
def test_an_app_that_ignores_its_client_is_cancelled(make_client: MakeClient, ways: str) -> None:
    """An app that sends on is cancelled after a while; it does not fill the memory before."""
    client = make_client(ignores_its_client, timeout=0.1)

    (part,) = parts_of(client, ways, 1)

    (exchange,) = client.recorder.exchanges
    assert (len(part), client.recorder.crashes) == (1000, [])
    assert (exchange.complete, exchange.seconds) == (False, None)


def test_an_app_that_sends_without_end_is_read(make_client: MakeClient) -> None:
    """A reader may come late, and take much more than is kept ahead for it."""
    client = make_client(ignores_its_client, timeout=0.1)

    async def read() -> int:
        size = 0
        async with client.async_http.stream("GET", "/") as response, aclosing(response.aiter_raw()) as parts:
            for _ in range(200):
                await anyio.lowlevel.checkpoint()
            async for part in parts:
                size += len(part)
                if size > 200_000:
                    break
        return size

    assert client.run(read) > 200_000


def test_an_app_that_does_not_end_after_its_client_left_is_named(make_client: MakeClient) -> None:
    """A stubborn app is left to itself, and that is a crash."""
    done = threading.Event()

    async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        while not done.is_set():
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.01)

    client = make_client(stubborn, timeout=0.1)

    with client.http.stream("GET", "/"):
        pass
    client.close()
    done.set()

    (crash,) = client.recorder.crashes
    assert str(crash.exception) == (
        "The client left GET /, and the app did not end within 0.1 seconds of its cancellation. "
        f"It was waiting at {place(stubborn, 'await anyio.sleep(0.01)')}"
    )


def test_a_stream_ends_with_its_crash(make_client: MakeClient) -> None:
    """Reading raises what the app raised, once."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        raise ZeroDivisionError("division by zero")

    client = make_client(app)

    async def read() -> list[bytes]:
        seen: list[bytes] = []
        async with client.async_http.stream("GET", "/") as response:
            with pytest.raises(ZeroDivisionError):
                seen.extend([part async for part in response.aiter_raw()])
        return seen

    client.run(read)

    (crash,) = client.recorder.crashes
    assert crash.delivered


def test_a_request_in_parts_is_recorded_as_it_passes(make_client: MakeClient) -> None:
    """What comes after the kept part is counted alone."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 50_000

    client = make_client(app)

    client.run(lambda: client.async_http.post("/", content=parts()))

    (exchange,) = client.recorder.exchanges
    assert (exchange.request_body, exchange.request_size) == (b"x" * 65_536, 150_000)


def test_an_exchange_is_recorded_as_it_passes(make_client: MakeClient) -> None:
    """Bodies are kept up to a size; the sizes are the true ones."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 201, "headers": [(b"X-Drink", b"latte")]})
        for _ in range(2):
            await send({"type": "http.response.body", "body": b"y" * 50_000, "more_body": True})
        await send({"type": "http.response.body", "body": memoryview(b"z")})

    client = make_client(app)

    client.request("POST", "/a%20b?c=d", follow_redirects=True, content=b"x" * 70_000, headers={"X-Tenant": "acme"})

    (exchange,) = client.recorder.exchanges
    assert (exchange.method, exchange.target, exchange.doing) == ("POST", "/a%20b?c=d", "POST /a%20b?c=d")
    assert ("x-tenant", "acme") in exchange.request_headers
    assert (exchange.request_body, exchange.request_size) == (b"x" * 65_536, 70_000)
    assert (exchange.status, exchange.response_headers) == (201, [("X-Drink", "latte")])
    assert (exchange.response_body, exchange.response_size) == (b"y" * 65_536, 100_001)
    assert exchange.complete
    assert exchange.seconds is not None
