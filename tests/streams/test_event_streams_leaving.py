"""What the app does when its client leaves a stream: by closing it, at the end of the scenario, at a shut-down."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from asgherkin.streams.event_stream import Event
from tests.clients.conftest import each_loop
from tests.clients.places import place
from tests.streams.board import LONG, START, Patient, Shop, open_stream, place_order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.clients.conftest import MakeClient

pytestmark = each_loop


def test_closing_a_stream_tells_the_app(make_client: MakeClient) -> None:
    """The app gets its disconnect and ends. A second time does nothing; what had come can still be taken."""
    patient = Patient(answers=True)
    client = make_client(patient.app)
    stream = open_stream(client, "/")
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
    stream = open_stream(client, "/board")
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
        open_stream(client, "/").receive(LONG)

    client.close()

    assert patient.log[0] == "startup"
    assert sorted(patient.log[1:5]) == ["disconnected", "disconnected", "left", "left"]
    assert client.recorder.crashes == []


def test_a_shut_down_leaves_open_streams_first(make_client: MakeClient) -> None:
    """After it, requests reach the app as it is."""
    patient = Patient(answers=True)
    client = make_client(patient.app)
    client.start()
    stream = open_stream(client, "/")
    stream.receive(LONG)

    client.shut_down()
    again = open_stream(client, "/").receive(LONG)

    assert patient.log == ["startup", "disconnected", "left", "shutdown"]
    assert (stream.log.left, again, client.recorder.crashes) == (True, Event(data="latte"), [])


@pytest.mark.parametrize("ways", ["by closing it", "at the end"])
def test_a_crash_of_a_clean_up_is_recorded(make_client: MakeClient, ways: str) -> None:
    """What an app raises after its client has left is a crash as any other."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        while (await receive())["type"] != "http.disconnect":
            pass
        raise ZeroDivisionError("division by zero")

    client = make_client(app)
    stream = open_stream(client, "/")

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
    stream = open_stream(client, "/")
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

    open_stream(client, "/").close()

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
    stream = open_stream(client, "/")

    if ways == "by closing it":
        stream.close()
    client.close()
    done.set()

    (crash,) = client.recorder.crashes
    assert str(crash.exception) == (
        "The client left GET /, and the app did not end within 0.1 seconds of its cancellation. "
        f"It was waiting at {place(stubborn, 'await anyio.sleep(0.01)')}"
    )


def test_streams_one_after_the_other_leave_nothing_behind(make_client: MakeClient) -> None:
    """No task, no thread; whether they end themselves or are left."""
    client = make_client(Shop().app)
    open_stream(client, "/board").close()

    async def tasks() -> int:
        for _ in range(10):
            await anyio.lowlevel.checkpoint()
        return len(anyio.get_running_tasks())

    before = (client.run(tasks), threading.active_count())
    for _ in range(30):
        open_stream(client, "/board").close()
        stream = open_stream(client, "/asked")
        while stream.read(LONG) is not None:
            pass
        stream.close()

    assert (client.run(tasks), threading.active_count()) == before
    assert client.recorder.crashes == []
