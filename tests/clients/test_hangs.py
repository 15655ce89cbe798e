"""An app that makes no progress is stopped, and the place where it waits is named."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.clients.conftest import every_loop
from tests.clients.places import place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator

    from starlette.requests import Request

    from asgherkin.clients.asgi import Receive, Scope, Send, Work
    from tests.clients.conftest import MakeClient

pytestmark = every_loop
open_the_door = threading.Event()


async def slow(request: Request) -> Response:
    await anyio.sleep_forever()
    return Response()


async def stops_in_the_middle(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        await anyio.sleep_forever()

    return StreamingResponse(parts())


async def goes_on_for_ever(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})
    while True:
        await send({"type": "http.response.body", "body": b"and on", "more_body": True})
        await anyio.lowlevel.checkpoint()


async def tidies_up_for_ever(request: Request) -> Response:
    return PlainTextResponse("done", background=BackgroundTask(never_ends))


async def never_ends() -> None:
    await anyio.sleep_forever()


async def waits_in_a_generator(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        await anyio.sleep_forever()
        yield b""

    async for part in parts():
        return Response(part)
    return Response()


class Waiting:
    """An object that can be awaited."""

    def __await__(self) -> Generator[object, object, None]:
        return anyio.sleep_forever().__await__()


async def waits_for_an_object(request: Request) -> Response:
    await Waiting()
    return Response()


def waits_in_a_thread(request: Request) -> Response:
    open_the_door.wait(20)
    return Response()


class Passing(BaseHTTPMiddleware):
    """Runs the endpoint in a child task."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Pass a request on."""
        return await call_next(request)


ROUTES = [
    Route("/slow", slow),
    Route("/middle", stops_in_the_middle),
    Route("/tidy", tidies_up_for_ever),
    Route("/generator", waits_in_a_generator),
    Route("/object", waits_for_an_object),
    Route("/thread", waits_in_a_thread),
]


SLEEP = "await anyio.sleep_forever()"
NO_ANSWER = "The app did not answer GET {path} within 0.05 seconds."
NO_END = "The app did not come to the end of its response to GET {path} within 0.05 seconds."
NO_RETURN = "The app answered GET {path}, but did not end within 0.05 seconds of its response."


@pytest.mark.parametrize("middleware", [[], [Middleware(Passing)]], ids=["plain", "in a child task"])
@pytest.mark.parametrize(
    ("path", "status", "message", "where"),
    [
        ("/slow", 500, NO_ANSWER, place(slow, SLEEP)),
        ("/middle", 200, NO_END, place(stops_in_the_middle, SLEEP, "parts")),
        ("/tidy", 200, NO_RETURN, place(never_ends, SLEEP)),
        ("/generator", 500, NO_ANSWER, place(waits_in_a_generator, SLEEP, "parts")),
        ("/object", 500, NO_ANSWER, place(waits_for_an_object, "await Waiting()")),
    ],
)
def test_a_hanging_app_is_stopped_at_its_place(
    make_client: MakeClient, middleware: list[Middleware], path: str, status: int, message: str, where: str
) -> None:
    """A hanging app is cancelled, and the crash says where it was waiting."""
    client = make_client(Starlette(routes=ROUTES, middleware=middleware), timeout=0.05)

    response = client.request("GET", path, follow_redirects=True)

    (crash,) = client.recorder.crashes
    assert (response.status_code, crash.doing) == (status, f"GET {path}")
    assert str(crash.exception) == f"{message.format(path=path)} It was waiting at {where}"


def test_an_endless_response_is_not_read_for_ever(make_client: MakeClient) -> None:
    """One that makes progress all the time, and comes to no end, is stopped too where the whole of it is wanted."""
    client = make_client(goes_on_for_ever, timeout=0.05)

    client.request("GET", "/endless", follow_redirects=True)

    (crash,) = client.recorder.crashes
    assert str(crash.exception).startswith(
        "The app did not come to the end of its response to GET /endless within 0.05 seconds."
    )


def test_a_function_that_hangs_in_a_thread_is_left_behind(make_client: MakeClient) -> None:
    """A sync endpoint cannot be stopped: the scenario goes on without it, and the message says so."""
    client = make_client(Starlette(routes=ROUTES), timeout=0.05)
    open_the_door.clear()

    response = client.request("GET", "/thread", follow_redirects=True)
    open_the_door.set()

    (crash,) = client.recorder.crashes
    assert response.status_code == 500
    assert str(crash.exception) == (
        "The app did not answer GET /thread within 0.05 seconds. It did not stop when it was cancelled either. "
        "It was waiting at " + place(waits_in_a_thread, "open_the_door.wait(20)")
    )


async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
    """Never ends, whatever happens to it, until the test's end."""
    assert scope["type"] == "http"
    while not open_the_door.is_set():
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.01)


@pytest.mark.parametrize("count", [1, 3])
def test_an_app_that_ignores_its_cancellation_is_left_behind(make_client: MakeClient, count: int) -> None:
    """A stubborn app is left to itself after a while, each of its calls is a crash."""
    client = make_client(stubborn, timeout=0.05)
    open_the_door.clear()

    responses = client.request_together(count, "GET", "/", follow_redirects=True)
    open_the_door.set()

    message = (
        "The app did not answer GET / within 0.05 seconds. It did not stop when it was cancelled either. "
        "It was waiting at " + place(stubborn, "await anyio.sleep(0.01)")
    )
    assert [response.status_code for response in responses] == [500] * count
    assert {str(crash.exception) for crash in client.recorder.crashes} == {message}


async def answers_its_cancellation(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await anyio.sleep_forever()
    finally:
        raise RuntimeError("cancelled")


async def hangs_on_its_request(scope: Scope, receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return


async def waits_for_its_task(scope: Scope, receive: Receive, send: Send) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(never_ends)


@pytest.mark.parametrize(
    ("app", "where"),
    [
        pytest.param(answers_its_cancellation, place(answers_its_cancellation, SLEEP), id="raises at its cancellation"),
        pytest.param(
            hangs_on_its_request,
            place(hangs_on_its_request, "message = await receive()"),
            id="waits for a client to leave that waits for it",
        ),
        pytest.param(waits_for_its_task, place(never_ends, SLEEP), id="waits for a child task of its own"),
    ],
)
def test_an_app_that_does_not_answer(make_client: MakeClient, app: object, where: str) -> None:
    """The hang is the crash, whatever the app raises or returns when it is cancelled."""
    client = make_client(app, timeout=0.05)

    response = client.request("GET", "/", follow_redirects=True)

    (crash,) = client.recorder.crashes
    assert (response.status_code, str(crash.exception)) == (
        500,
        f"{NO_ANSWER.format(path='/')} It was waiting at {where}",
    )


def test_a_stream_has_the_whole_time_for_each_part(make_client: MakeClient) -> None:
    """An app that goes on with a response that is read as it comes is not stopped."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        for _ in range(3):
            await anyio.sleep(0.08)
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body"})

    client = make_client(app, timeout=0.2)

    async def read() -> bytes:
        async with client.async_http.stream("GET", "/") as response:
            return await response.aread()

    assert (client.run(read), client.recorder.crashes) == (b"xxx", [])


def test_a_call_that_ends_at_the_last_moment_did_not_hang(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app may end between the look at it and its cancellation."""
    at_last = anyio.Event()
    works: list[Work] = []

    def be_late(work: Work) -> None:
        at_last.set()
        works.append(work)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await at_last.wait()
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    monkeypatch.setattr("asgherkin.clients.deadlines.start_soon", be_late)
    client = make_client(app, timeout=0.05)

    response = client.request("GET", "/", follow_redirects=True)
    client.run(works[0])

    assert (response.status_code, client.recorder.crashes) == (204, [])


def installed(name: str) -> dict[str, object]:
    """An app whose file is not under the root."""
    code = "async def app(scope, receive, send):\n    await sleep_forever()\n"
    names: dict[str, object] = {"sleep_forever": anyio.sleep_forever, "__name__": name}
    exec(compile(code, "/lib/site-packages/orders/main.py", "exec"), names)  # noqa: S102 - the code is above
    return names


@pytest.mark.parametrize(
    ("module", "where"),
    [
        pytest.param("orders.main", " It was waiting at orders/main.py:2 in app", id="an installed app"),
        pytest.param("starlette.routing", "", id="the machinery alone"),
    ],
)
def test_the_place_of_an_app_that_is_not_the_users(make_client: MakeClient, module: str, where: str) -> None:
    """Where no frame is the user's, the innermost one of an installed package is named."""
    client = make_client(installed(module)["app"], timeout=0.05)

    client.request("GET", "/", follow_redirects=True)

    (crash,) = client.recorder.crashes
    assert str(crash.exception) == f"The app did not answer GET / within 0.05 seconds.{where}"
