"""Streams that are read from outside of the loop, with a deadline for each event and each part."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from asgherkin.clients import deadlines as alarm_module
from asgherkin.errors import AppError
from asgherkin.streams.event_stream import Event
from tests.clients.places import place
from tests.streams.board import LONG, START, Patient, Shop, open_stream, order_of, part, place_order

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.clients.conftest import MakeClient


@pytest.mark.usefixtures("no_thread_left")
def test_events_are_received_as_they_come(make_client: MakeClient) -> None:
    """An endless stream is read while other requests reach the app; a deadline that passes loses nothing."""
    shop = Shop()
    client = make_client(shop.app)
    stream = open_stream(client, "/board")

    seen = [stream.receive(0.01)]
    place_order(client, "latte")
    seen.append(stream.receive(LONG))
    for drink in ("mocha", "flat white"):
        place_order(client, drink)
    seen += [stream.receive(LONG), stream.receive(LONG), stream.receive(0)]

    assert seen == [None, order_of("latte"), order_of("mocha"), order_of("flat white"), None]
    assert (stream.response.status_code, stream.response.headers["Content-Type"]) == (
        200,
        "text/event-stream; charset=utf-8",
    )
    assert [came.what for came in stream.log.head] == [order_of("latte"), order_of("mocha"), order_of("flat white")]
    assert (stream.log.target, stream.log.over, stream.log.left) == ("/board", False, False)


def test_two_streams_are_read_at_the_same_time(make_client: MakeClient) -> None:
    """Each gets all of the events."""
    client = make_client(Shop().app)
    one, other = open_stream(client, "/board"), open_stream(client, "/board")

    place_order(client, "latte")
    place_order(client, "mocha")
    seen = [other.receive(LONG), one.receive(LONG), one.receive(LONG), other.receive(LONG)]

    assert seen == [order_of("latte"), order_of("latte"), order_of("mocha"), order_of("mocha")]


async def tasting(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})
    for body in (b"Welcome ", b"", b"to the tasting!"):
        await send(part(body))
    await send({"type": "http.response.body"})


def test_a_body_is_read_part_by_part(make_client: MakeClient) -> None:
    """Parts are given out as the app sent them; empty ones are none. The end is told."""
    client = make_client(tasting)
    stream = open_stream(client, "/tasting")

    seen = [stream.read(LONG), stream.read(LONG)]
    over_before = stream.log.over
    seen.append(stream.read(LONG))

    assert seen == [b"Welcome ", b"to the tasting!", None]
    assert (over_before, stream.log.over) == (False, True)
    assert [came.what for came in stream.log.head] == [b"Welcome ", b"to the tasting!"]
    stream.close()
    (exchange,) = client.recorder.exchanges
    assert (exchange.complete, exchange.response_body) == (True, b"Welcome to the tasting!")


async def ends(send: Send) -> None:
    await send(part(b"data: mocha\n\ndata: flat"))
    await send({"type": "http.response.body"})


async def crashes(send: Send) -> None:
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("end", "events", "crash"),
    [
        pytest.param(ends, ["latte", "mocha"], [], id="an event that the end cuts off is dropped"),
        pytest.param(crashes, ["latte"], [("division by zero", "GET /", False)], id="a crash is not raised here"),
    ],
)
def test_an_event_stream_that_ends_is_over(
    make_client: MakeClient,
    end: Callable[[Send], Awaitable[None]],
    events: list[str],
    crash: list[tuple[str, str, bool]],
) -> None:
    """What came before its end is received, one by one."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(part(b"data: latte\n\n"))
        await end(send)

    client = make_client(app)
    stream = open_stream(client, "/")

    seen = [stream.receive(LONG) for _ in range(len(events) + 2)]

    assert seen == [*(Event(data=data) for data in events), None, None]
    assert (stream.log.over, stream.log.total) == (True, len(events))
    assert [(str(one.exception), one.doing, one.delivered) for one in client.recorder.crashes] == crash


def test_a_crash_before_the_response_is_a_500(make_client: MakeClient) -> None:
    """The same as for a request that is not streamed."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await crashes(send)

    client = make_client(app)

    stream = open_stream(client, "/")

    assert (stream.response.status_code, stream.receive(LONG), stream.log.over) == (500, None, True)
    assert [str(crash.exception) for crash in client.recorder.crashes] == ["division by zero"]
    stream.close()
    assert stream.place() == ""


async def stands_still(scope: Scope, receive: Receive, send: Send) -> None:
    await anyio.sleep_forever()


@pytest.mark.parametrize(
    ("app", "where", "crashes"),
    [
        pytest.param(stands_still, place(stands_still, "await anyio.sleep_forever()"), [], id="it stands still"),
        pytest.param(
            Patient(answers=False).app,
            place(Patient.wait, "message = await receive()"),
            ["The app returned from GET /board?all=1 without a response."],
            id="it waits for a client to leave that wants a response",
        ),
    ],
)
def test_an_app_that_does_not_answer_is_named(
    make_client: MakeClient, app: object, where: str, crashes: list[str]
) -> None:
    """It is told when the timeout is over, and where it waits; then it is cancelled, or gets a disconnect."""
    client = make_client(app, timeout=0.05)

    with pytest.raises(AppError) as caught:
        open_stream(client, "/board?all=1")

    assert str(caught.value) == (
        f"The app did not answer GET /board?all=1 within 0.05 seconds. It was waiting at {where}"
    )
    assert [str(crash.exception) for crash in client.recorder.crashes] == crashes


def test_a_stream_may_be_quiet_for_long(make_client: MakeClient) -> None:
    """Only who waits for an event has a deadline; no watch stops an app that nobody asks."""
    shop = Shop()
    client = make_client(shop.app, timeout=0.05)
    stream = open_stream(client, "/board")

    client.run(anyio.sleep, 0.1)
    nothing = stream.receive(0.1)
    place_order(client, "latte")

    assert (nothing, stream.receive(LONG), client.recorder.crashes) == (None, order_of("latte"), [])


def test_a_stream_tells_where_its_app_waits(make_client: MakeClient) -> None:
    """Nowhere, once it has ended."""
    patient = Patient(answers=True)
    stream = open_stream(make_client(patient.app), "/")

    before = stream.place()
    stream.close()

    assert (before, stream.place()) == (place(Patient.wait, "message = await receive()"), "")


async def sends_for_ever(scope: Scope, receive: Receive, send: Send) -> None:
    await send(START)
    body = {"/events": b"data: " + b"x" * 991 + b"\n\n", "/comments": b": x\n", "/nothing": b""}[scope["path"]]
    while True:
        await send(part(body))


def test_an_app_that_sends_without_end_is_read(make_client: MakeClient) -> None:
    """It waits while nobody reads, so that it does not fill the memory; and is cancelled when its client leaves."""
    client = make_client(sends_for_ever, timeout=0.1)
    stream = open_stream(client, "/events")

    client.run(anyio.sleep, 0.05)
    ahead = client.recorder.exchanges[0].response_size
    seen = [stream.receive(LONG) for _ in range(300)]
    stream.close()

    assert ahead < 100_000
    assert seen == [Event(data="x" * 991)] * 300
    assert (stream.log.left_out >= 200, client.recorder.crashes) == (True, [])


@pytest.mark.parametrize("path", ["/comments", "/nothing"])
def test_a_deadline_holds_though_something_comes_all_the_time(make_client: MakeClient, path: str) -> None:
    """Comments and empty parts are no events."""
    client = make_client(sends_for_ever, timeout=0.1)
    stream = open_stream(client, path)

    seen = stream.receive(0.05)
    stream.close()

    assert (seen, stream.log.total, client.recorder.crashes) == (None, 0, [])


def test_an_event_that_is_too_long_is_an_error(make_client: MakeClient) -> None:
    """The event before it is received; each receive after it fails."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(part(b"data: latte\n\ndata: "))
        while True:
            await send(part(b"x" * 50_000))

    client = make_client(app, timeout=0.1)
    stream = open_stream(client, "/")

    first = stream.receive(LONG)
    errors = []
    for _ in range(2):
        with pytest.raises(AppError) as caught:
            stream.receive(LONG)
        errors.append(str(caught.value))

    assert first == Event(data="latte")
    assert errors == ["The app sent more than 1 MiB of one event without the empty line that ends it."] * 2


def test_an_app_that_blocks_its_loop_is_named(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of a stream too; where it cannot be interrupted, each later act fails at once."""
    monkeypatch.setattr(alarm_module, "PATIENCE", 0.1)
    door = threading.Event()

    async def blocks(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(part(b"data: latte\n\n"))
        assert (await receive())["type"] == "http.request"
        door.wait(20)

    client = make_client(blocks, timeout=0.1)
    with suppress(AppError):
        stream = open_stream(client, "/")
        stream.receive(LONG)
        stream.receive(LONG)
        stream.close()
    client.close()
    door.set()

    assert str(client.recorder.crashes[0].exception) == (
        f"The app blocked its event loop for 0.1 seconds during GET /, at {place(blocks, 'door.wait(20)')}"
    )


async def tidy_up() -> None:
    await anyio.sleep_forever()


def test_an_app_that_hangs_after_its_response_is_named(make_client: MakeClient) -> None:
    """Closing a stream that is over waits for the app, as long as a request would."""

    async def endpoint(request: Request) -> Response:
        return PlainTextResponse("done", background=BackgroundTask(tidy_up))

    client = make_client(Starlette(routes=[Route("/", endpoint)]), timeout=0.05)
    stream = open_stream(client, "/")

    body = stream.read(LONG)
    stream.close()

    (crash,) = client.recorder.crashes
    assert body == b"done"
    assert str(crash.exception) == (
        "The app answered GET /, but did not end within 0.05 seconds of its response. "
        f"It was waiting at {place(tidy_up, 'await anyio.sleep_forever()')}"
    )
