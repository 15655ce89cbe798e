"""Streams that are read from outside of the loop, with a deadline for each event and each part."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from asgherkin.clients import alarm as alarm_module
from asgherkin.clients.events import Event
from asgherkin.errors import AppError
from tests.clients.places import place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from asgherkin.clients.asgi import Receive, Scope, Send
    from asgherkin.clients.port import Client
    from tests.clients.conftest import MakeClient

LONG = 30
START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}


def part(body: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": True}


class Shop:
    """A shop with a board, which shows each order to all who look at it; `log` tells what has ended."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.orders: list[str] = []
        self.news = anyio.Event()
        routes = [
            Route("/board", self.board),
            Route("/orders", self.order, methods=["POST"]),
            Route("/asked", self.asked),
            Route("/sign-in", self.sign_in),
            Route("/old", self.old),
            Route("/round", self.round),
        ]
        self.app = Starlette(routes=routes)

    async def board(self, request: Request) -> Response:
        """Show all orders, and each new one."""
        return StreamingResponse(self.read(), media_type="text/event-stream")

    async def read(self) -> AsyncIterator[str]:
        """What the board says."""
        shown = 0
        try:
            while True:
                while shown == len(self.orders):
                    await self.news.wait()
                shown += 1
                yield f"event: order\ndata: {self.orders[shown - 1]}\n\n"
        finally:
            self.log.append("left the board")

    async def order(self, request: Request) -> Response:
        """Take an order."""
        self.orders.append((await request.body()).decode())
        self.news.set()
        self.news = anyio.Event()
        return Response(status_code=204)

    async def asked(self, request: Request) -> Response:
        """Say how it was asked."""
        names = ("accept", "accept-encoding", "x-tenant", "cookie")
        return JSONResponse([request.url.query, *(request.headers.get(name) for name in names)])

    async def sign_in(self, request: Request) -> Response:
        """Set a cookie."""
        response = PlainTextResponse("hello")
        response.set_cookie("session", "abc")
        return response

    async def old(self, request: Request) -> Response:
        """Lead to the board."""
        return RedirectResponse("/board")

    async def round(self, request: Request) -> Response:
        """Lead to itself."""
        return RedirectResponse("/round")


def place_order(client: Client, drink: str) -> None:
    response = client.request("POST", "/orders", follow_redirects=True, content=drink)
    assert response.status_code == 204


def order_of(drink: str) -> Event:
    return Event("order", drink)


@pytest.mark.usefixtures("no_thread_left")
def test_events_are_received_as_they_come(make_client: MakeClient) -> None:
    """An endless stream is read while other requests reach the app; a deadline that passes loses nothing."""
    shop = Shop()
    client = make_client(shop.app)
    stream = client.open_stream("/board")

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
    one, other = client.open_stream("/board"), client.open_stream("/board")

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
    stream = client.open_stream("/tasting")

    seen = [stream.read(LONG), stream.read(LONG)]
    over_before = stream.log.over
    seen.append(stream.read(LONG))

    assert seen == [b"Welcome ", b"to the tasting!", None]
    assert (over_before, stream.log.over) == (False, True)
    assert [came.what for came in stream.log.head] == [b"Welcome ", b"to the tasting!"]
    stream.close()
    (exchange,) = client.recorder.exchanges
    assert (exchange.complete, exchange.response_body) == (True, b"Welcome to the tasting!")


def test_an_event_stream_that_ends_is_over(make_client: MakeClient) -> None:
    """An event that the end cuts off is dropped. Events that come in one part are given out one by one."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(part(b"data: latte\n\ndata: mocha\n\ndata: flat"))
        await send({"type": "http.response.body"})

    stream = make_client(app).open_stream("/")

    seen = [stream.receive(LONG) for _ in range(4)]

    assert seen == [Event(data="latte"), Event(data="mocha"), None, None]
    assert stream.log.over
    assert stream.log.total == 2


def test_a_crash_in_the_middle_ends_the_stream(make_client: MakeClient) -> None:
    """What came before it is received. The crash is recorded, and not raised into the reader."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(part(b"data: latte\n\n"))
        raise ZeroDivisionError("division by zero")

    client = make_client(app)
    stream = client.open_stream("/")

    seen = [stream.receive(LONG), stream.receive(LONG)]

    assert (seen, stream.log.over) == ([Event(data="latte"), None], True)
    (crash,) = client.recorder.crashes
    assert (str(crash.exception), crash.doing, crash.delivered) == ("division by zero", "GET /", False)


def test_a_crash_before_the_response_is_a_500(make_client: MakeClient) -> None:
    """The same as for a request that is not streamed."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError("division by zero")

    client = make_client(app)

    stream = client.open_stream("/")

    assert (stream.response.status_code, stream.receive(LONG), stream.log.over) == (500, None, True)
    assert [str(crash.exception) for crash in client.recorder.crashes] == ["division by zero"]
    stream.close()
    assert stream.place() == ""


class Patient:
    """An app that waits for its client to leave, before or after its response has started."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self.log: list[str] = []

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be the app."""
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        try:
            if self.answers:
                await send(START)
                await send(part(b"data: latte\n\ndata: mocha\n\n"))
            await self.wait(receive)
        finally:
            self.log.append("left")

    async def wait(self, receive: Receive) -> None:
        """Wait until the client leaves."""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
        self.log.append("disconnected")

    async def live(self, receive: Receive, send: Send) -> None:
        """Take part in the lifespan."""
        for phase in ("startup", "shutdown"):
            await receive()
            self.log.append(phase)
            await send({"type": f"lifespan.{phase}.complete"})


def test_closing_a_stream_tells_the_app(make_client: MakeClient) -> None:
    """The app gets its disconnect and ends. A second time does nothing; what had come can still be taken."""
    patient = Patient(answers=True)
    client = make_client(patient.app)
    stream = client.open_stream("/")
    first = stream.receive(LONG)

    stream.close()
    stream.close()

    assert (patient.log, client.recorder.crashes) == (["disconnected", "left"], [])
    assert (first, stream.receive(LONG), stream.receive(LONG)) == (Event(data="latte"), Event(data="mocha"), None)
    assert (stream.log.left, stream.log.over) == (True, True)


def test_closing_a_stream_ends_its_generator(make_client: MakeClient) -> None:
    """A framework that listens for the disconnect itself ends the app's code, clean-up included."""
    shop = Shop()
    client = make_client(shop.app)
    stream = client.open_stream("/board")
    place_order(client, "latte")
    stream.receive(LONG)

    stream.close()

    assert (shop.log, client.recorder.crashes) == (["left the board"], [])


def test_the_end_of_a_scenario_leaves_its_streams_first(make_client: MakeClient) -> None:
    """Apps see the disconnect before their shut-down."""
    patient = Patient(answers=True)
    client = make_client(patient.app)
    client.start()
    for _ in range(2):
        client.open_stream("/").receive(LONG)

    client.close()

    assert patient.log[0] == "startup"
    assert sorted(patient.log[1:5]) == ["disconnected", "disconnected", "left", "left"]
    assert client.recorder.crashes == []


def test_a_shut_down_leaves_open_streams_first(make_client: MakeClient) -> None:
    """After it, requests reach the app as it is."""
    patient = Patient(answers=True)
    client = make_client(patient.app)
    client.start()
    stream = client.open_stream("/")
    stream.receive(LONG)

    client.shut_down()
    again = client.open_stream("/").receive(LONG)

    assert patient.log == ["startup", "disconnected", "left", "shutdown"]
    assert (stream.log.left, again, client.recorder.crashes) == (True, Event(data="latte"), [])


async def stands_still(scope: Scope, receive: Receive, send: Send) -> None:
    await anyio.sleep_forever()


def test_an_app_that_does_not_answer_is_named(make_client: MakeClient) -> None:
    """It is told when the timeout is over, and where it waits; then it is cancelled."""
    client = make_client(stands_still, timeout=0.05)

    with pytest.raises(AppError) as caught:
        client.open_stream("/board?all=1")

    assert str(caught.value) == (
        "The app did not answer GET /board?all=1 within 0.05 seconds. "
        f"It was waiting at {place(stands_still, 'await anyio.sleep_forever()')}"
    )
    assert client.recorder.crashes == []


def test_an_app_that_waits_for_its_client_instead_of_answering_is_named(make_client: MakeClient) -> None:
    """A client that wants a response does not leave by itself."""
    patient = Patient(answers=False)
    client = make_client(patient.app, timeout=0.05)

    with pytest.raises(AppError) as caught:
        client.open_stream("/")

    assert str(caught.value) == (
        "The app did not answer GET / within 0.05 seconds. "
        f"It was waiting at {place(Patient.wait, 'message = await receive()')}"
    )
    assert patient.log == ["disconnected", "left"]


def test_a_stream_may_be_quiet_for_long(make_client: MakeClient) -> None:
    """Only who waits for an event has a deadline; no watch stops an app that nobody asks."""
    shop = Shop()
    client = make_client(shop.app, timeout=0.05)
    stream = client.open_stream("/board")

    client.run(anyio.sleep, 0.2)
    nothing = stream.receive(0.2)
    place_order(client, "latte")

    assert (nothing, stream.receive(LONG), client.recorder.crashes) == (None, order_of("latte"), [])


def test_a_stream_tells_where_its_app_waits(make_client: MakeClient) -> None:
    """Nowhere, once it has ended."""
    patient = Patient(answers=True)
    stream = make_client(patient.app).open_stream("/")

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
    stream = client.open_stream("/events")

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
    stream = client.open_stream(path)

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
    stream = client.open_stream("/")

    first = stream.receive(LONG)
    errors = []
    for _ in range(2):
        with pytest.raises(AppError) as caught:
            stream.receive(LONG)
        errors.append(str(caught.value))

    assert first == Event(data="latte")
    assert errors == ["The app sent more than 1 MiB of one event without the empty line that ends it."] * 2


@pytest.mark.parametrize("ways", ["by closing it", "at the end"])
def test_a_crash_of_a_clean_up_is_recorded(make_client: MakeClient, ways: str) -> None:
    """What an app raises after its client has left is a crash as any other."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        while (await receive())["type"] != "http.disconnect":
            pass
        raise ZeroDivisionError("division by zero")

    client = make_client(app)
    stream = client.open_stream("/")

    if ways == "by closing it":
        stream.close()
    client.close()

    assert [str(crash.exception) for crash in client.recorder.crashes] == ["division by zero"]


def test_an_app_that_swallows_its_cancellation_ends(make_client: MakeClient) -> None:
    """A framework's generator may do so, which is a common way to notice that the client has left."""
    log: list[str] = []

    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"data: latte\n\n"
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            log.append("left")

    async def endpoint(request: Request) -> Response:
        return StreamingResponse(parts(), media_type="text/event-stream")

    client = make_client(Starlette(routes=[Route("/", endpoint)]))
    stream = client.open_stream("/")
    stream.receive(LONG)

    stream.close()

    assert (log, client.recorder.crashes) == (["left"], [])


def test_an_app_may_return_after_its_client_left(make_client: MakeClient) -> None:
    """Nobody waits for the rest of its response, though it has not asked for the disconnect."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        with suppress(anyio.get_cancelled_exc_class()):
            await anyio.sleep_forever()

    client = make_client(app, timeout=0.05)

    client.open_stream("/").close()

    assert client.recorder.crashes == []


@pytest.mark.parametrize("ways", ["by closing it", "at the end"])
def test_an_app_that_does_not_end_after_its_client_left_is_named(make_client: MakeClient, ways: str) -> None:
    """A stubborn app is left to itself, and that is a crash."""
    done = threading.Event()

    async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        while not done.is_set():
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.01)

    client = make_client(stubborn, timeout=0.1)
    stream = client.open_stream("/")

    if ways == "by closing it":
        stream.close()
    client.close()
    done.set()

    (crash,) = client.recorder.crashes
    assert str(crash.exception) == (
        "The client left GET /, and the app did not end within 0.1 seconds of its cancellation. "
        f"It was waiting at {place(stubborn, 'await anyio.sleep(0.01)')}"
    )


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
        stream = client.open_stream("/")
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
    stream = client.open_stream("/")

    body = stream.read(LONG)
    stream.close()

    (crash,) = client.recorder.crashes
    assert body == b"done"
    assert str(crash.exception) == (
        "The app answered GET /, but did not end within 0.05 seconds of its response. "
        f"It was waiting at {place(tidy_up, 'await anyio.sleep_forever()')}"
    )


def test_a_stream_is_asked_for_as_a_request_is(make_client: MakeClient) -> None:
    """Query, headers and the jar's cookies go along; an event stream is what is wanted, and no compression."""
    client = make_client(Shop().app)
    client.request("GET", "/sign-in", follow_redirects=True)

    stream = client.open_stream("/asked?all=1", headers={"X-Tenant": "acme"}, extensions={"mark": "mine"})

    assert stream.read(LONG) == b'["all=1","text/event-stream","identity","acme","session=abc"]'
    assert stream.response.request.extensions["mark"] == "mine"


def test_the_headers_of_a_caller_win(make_client: MakeClient) -> None:
    """Whatever their case."""
    client = make_client(Shop().app)

    stream = client.open_stream("/asked", headers={"ACCEPT": "text/plain", "accept-encoding": "br"})

    assert stream.read(LONG) == b'["","text/plain","br",null,null]'


def test_redirects_are_followed(make_client: MakeClient) -> None:
    """The stream is that of the last response."""
    client = make_client(Shop().app)

    stream = client.open_stream("/old")
    place_order(client, "latte")

    assert (stream.log.target, stream.receive(LONG)) == ("/board", order_of("latte"))
    assert [exchange.status for exchange in client.recorder.exchanges] == [307, 200, 204]


def test_redirects_need_not_be_followed(make_client: MakeClient) -> None:
    """As with a request."""
    client = make_client(Shop().app)

    stream = client.open_stream("/old", follow_redirects=False)

    assert (stream.response.status_code, stream.response.headers["Location"]) == (307, "/board")


def test_redirects_without_end_are_an_error(make_client: MakeClient) -> None:
    """The same one as of a request."""
    client = make_client(Shop().app)

    with pytest.raises(httpx2.TooManyRedirects, match=r"^Exceeded maximum allowed redirects\.$"):
        client.open_stream("/round")


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

    stream = client.open_stream("/old")

    assert (stream.receive(LONG), client.recorder.crashes) == (Event(data="latte"), [])


def test_streams_one_after_the_other_leave_nothing_behind(make_client: MakeClient) -> None:
    """No task, no thread; whether they end themselves or are left."""
    client = make_client(Shop().app)
    client.open_stream("/board").close()

    async def tasks() -> int:
        for _ in range(10):
            await anyio.lowlevel.checkpoint()
        return len(anyio.get_running_tasks())

    before = (client.run(tasks), threading.active_count())
    for _ in range(100):
        client.open_stream("/board").close()
        stream = client.open_stream("/asked")
        while stream.read(LONG) is not None:
            pass
        stream.close()

    assert (client.run(tasks), threading.active_count()) == before
    assert client.recorder.crashes == []
