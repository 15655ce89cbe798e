"""Start-up, shut-down, and what the app keeps in between."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from asgherkin.clients.in_process import AsyncAdapter
from asgherkin.errors import AppError
from tests.clients.conftest import each_loop
from tests.clients.places import place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request

    from asgherkin.clients.asgi import Receive, Scope, Send
    from asgherkin.clients.in_process import Client
    from tests.clients.conftest import MakeClient


async def tell_state(request: Request) -> Response:
    drink = getattr(request.state, "drink", "nothing")
    request.state.drink = "drunk up"  # in this request's copy
    return PlainTextResponse(str(drink))


def shop(log: list[str]) -> Starlette:
    """An app that keeps something, and says when it starts and ends."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, str]]:
        log.append("start")
        yield {"drink": "flat white"}
        log.append("end")

    return Starlette(routes=[Route("/", tell_state)], lifespan=lifespan)


def start_and_shut_down(client: Client) -> None:
    client.start()
    client.shut_down()


def test_each_request_gets_the_state(make_client: MakeClient) -> None:
    """What the lifespan yields reaches requests, through every way in."""
    client = make_client(shop([]))
    client.start()

    texts = [
        client.request("GET", "/", follow_redirects=True).text,
        client.http.get("/").text,
        client.run(client.async_http.get, "/").text,
    ]

    assert texts == ["flat white"] * 3


def test_the_app_is_started_and_shut_down_once(make_client: MakeClient) -> None:
    """Starting again does nothing, and requests after the shut-down do not start it behind one's back."""
    log: list[str] = []
    client = make_client(shop(log))

    client.shut_down()
    client.start()
    client.start()
    client.shut_down()
    client.shut_down()
    client.start()
    response = client.request("GET", "/", follow_redirects=True)

    assert (log, response.status_code) == (["start", "end"], 200)


def test_the_app_can_be_started_anew(make_client: MakeClient) -> None:
    """With `again` a new lifespan begins, but only after the end of the last one."""
    log: list[str] = []
    client = make_client(shop(log))

    client.start(again=True)
    client.start(again=True)
    client.shut_down()
    client.start(again=True)

    assert log == ["start", "end", "start"]


@each_loop
def test_closing_cancels_a_lifespan_that_was_not_shut_down(make_client: MakeClient) -> None:
    """No task is left."""
    log: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        try:
            await receive()
        finally:
            log.append("cancelled")

    client = make_client(app)
    client.start()

    client.close()

    assert (log, client.recorder.crashes) == (["cancelled"], [])


@pytest.mark.parametrize("kind", ["async-asyncio", "async-uvloop"], indirect=True)
def test_the_end_of_the_loop_is_the_lifespans(make_client: MakeClient) -> None:
    """A loop that ends its tasks ends the app's, which is no crash."""
    log: list[str] = []
    client = make_client(shop(log))
    assert isinstance(client, AsyncAdapter)
    client.start()

    client.loop.close()

    assert (log, client.recorder.crashes) == (["start"], [])


async def raises_at_its_start(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    raise RuntimeError("no database")


def failing(when: str) -> Starlette:
    """An app that fails at its start-up or at its shut-down."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if when == "start":
            raise RuntimeError("no database")
        yield
        raise RuntimeError("no database")

    return Starlette(lifespan=lifespan)


@pytest.mark.parametrize(
    ("app", "verb", "doing"),
    [
        pytest.param(failing("start"), "start", "start-up", id="start-up"),
        pytest.param(failing("end"), "shut down", "shut-down", id="shut-down"),
        pytest.param(raises_at_its_start, "start", "start-up", id="without a failed message"),
    ],
)
def test_a_failing_lifespan_is_an_error_and_a_crash(
    make_client: MakeClient, app: object, verb: str, doing: str
) -> None:
    """The app's exception is the error's cause; each further start raises the error."""
    client = make_client(app)

    with pytest.raises(AppError) as caught:
        start_and_shut_down(client)
    with pytest.raises(AppError) as again:
        client.start()

    (crash,) = client.recorder.crashes
    assert str(caught.value) == f"The app failed to {verb}: RuntimeError: no database"
    assert again.value is caught.value
    assert caught.value.__cause__ is crash.exception
    assert (crash.doing, str(crash.exception)) == (doing, "no database")


async def unsupported_by_raising(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"


async def unsupported_by_returning(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await receive()


@pytest.mark.parametrize("app", [unsupported_by_raising, unsupported_by_returning])
def test_an_app_without_a_lifespan_is_left_in_peace(make_client: MakeClient, app: object) -> None:
    """An app need not support lifespans."""
    client = make_client(app)

    client.start()
    client.shut_down()

    assert client.recorder.crashes == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        pytest.param({"message": "no database"}, "no database", id="with a reason"),
        pytest.param({}, "it gives no reason", id="without a reason"),
    ],
)
@pytest.mark.parametrize(
    ("phase", "verb", "doing"), [("startup", "start", "start-up"), ("shutdown", "shut down", "shut-down")]
)
def test_an_app_can_say_that_it_failed(
    make_client: MakeClient, message: dict[str, str], reason: str, phase: str, verb: str, doing: str
) -> None:
    """A `failed` message without an exception is a failure too."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (asked := (await receive())["type"]) != f"lifespan.{phase}":
            await send({"type": f"{asked}.complete"})
        await send({"type": f"lifespan.{phase}.failed", **message})

    client = make_client(app)

    with pytest.raises(AppError) as caught:
        start_and_shut_down(client)

    (crash,) = client.recorder.crashes
    assert str(caught.value) == f"The app failed to {verb}: {reason}"
    assert (crash.exception, crash.doing) == (caught.value, doing)


async def opens_for_ever(app: Starlette) -> AsyncIterator[None]:
    await anyio.sleep_forever()
    yield


async def closes_for_ever(app: Starlette) -> AsyncIterator[None]:
    yield
    await anyio.sleep_forever()


@each_loop
@pytest.mark.parametrize(
    ("lifespan", "verb", "doing"),
    [
        pytest.param(opens_for_ever, "start", "start-up", id="start-up"),
        pytest.param(closes_for_ever, "shut down", "shut-down", id="shut-down"),
    ],
)
def test_a_hanging_lifespan_is_stopped_at_its_place(
    make_client: MakeClient, lifespan: Callable[[Starlette], AsyncIterator[None]], verb: str, doing: str
) -> None:
    """It is cancelled, and the error says where it was waiting."""
    client = make_client(Starlette(lifespan=contextlib.asynccontextmanager(lifespan)), timeout=0.05)

    with pytest.raises(AppError) as caught:
        start_and_shut_down(client)

    (crash,) = client.recorder.crashes
    where = place(lifespan, "await anyio.sleep_forever()")
    assert str(caught.value) == f"The app did not {verb} within 0.05 seconds. It was waiting at {where}"
    assert (crash.exception, crash.doing) == (caught.value, doing)


@each_loop
def test_a_lifespan_that_ignores_its_cancellation_is_left_behind(make_client: MakeClient) -> None:
    """A stubborn lifespan holds up neither the start-up nor the end of the scenario."""
    done = anyio.Event()

    async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
        with anyio.CancelScope(shield=True):
            await done.wait()

    client = make_client(stubborn, timeout=0.05)

    with pytest.raises(AppError) as caught:
        client.start()
    client.close()

    assert str(caught.value) == (
        "The app did not start within 0.05 seconds. It did not stop when it was cancelled either. "
        f"It was waiting at {place(stubborn, 'await done.wait()')}"
    )


@each_loop
def test_an_app_that_goes_on_after_its_shut_down_is_cancelled(make_client: MakeClient) -> None:
    """An app that has answered gets a moment, then it is cancelled."""
    log: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        try:
            await receive()
        finally:
            log.append("cancelled")

    client = make_client(app, timeout=0.05)
    client.start()

    client.shut_down()

    assert (log, client.recorder.crashes) == (["cancelled"], [])


def test_a_crash_between_start_up_and_shut_down_is_recorded(make_client: MakeClient) -> None:
    """A lifespan that ends by itself is a crash, and nothing is left to shut down."""
    going = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        going.append(True)
        raise RuntimeError("the cellar is flooded")

    client = make_client(app)
    client.start()

    client.run(anyio.sleep, 0.01)
    client.shut_down()

    (crash,) = client.recorder.crashes
    assert (crash.doing, str(crash.exception)) == ("lifespan", "the cellar is flooded")
