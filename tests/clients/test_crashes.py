"""An exception that leaves the app is recorded, wherever it happens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import anyio
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute

from asgherkin.errors import AppError
from tests.clients.conftest import each_loop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.testclient import TestClient
    from starlette.websockets import WebSocket

    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from asgherkin.clients.in_process import Client
    from tests.clients.conftest import MakeClient


async def crash(request: Request) -> Response:
    raise ZeroDivisionError("division by zero")


async def crash_in_the_middle(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        raise ZeroDivisionError("division by zero")

    return StreamingResponse(parts())


async def crash_afterwards(request: Request) -> Response:
    return PlainTextResponse("done", background=BackgroundTask(divide))


async def divide() -> None:
    raise ZeroDivisionError("division by zero")


async def greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive_text()
    raise ZeroDivisionError("division by zero")


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        await websocket.send_text(await websocket.receive_text())


APP = Starlette(
    routes=[
        Route("/crash", crash),
        Route("/middle", crash_in_the_middle),
        Route("/after", crash_afterwards),
        WebSocketRoute("/greet", greet),
        WebSocketRoute("/echo", echo),
    ]
)


async def raises_at_once(scope: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError("division by zero")


async def exits(scope: Scope, receive: Receive, send: Send) -> None:
    raise SystemExit(3)


def crashes(client: Client) -> list[tuple[str, str, bool]]:
    """Type, place and delivery of each crash."""
    return [(type(crash.exception).__name__, crash.doing, crash.delivered) for crash in client.recorder.crashes]


@pytest.mark.parametrize(
    ("app", "path", "response", "exception"),
    [
        pytest.param(APP, "/crash?x=1", (500, "Internal Server Error"), "ZeroDivisionError", id="before the response"),
        pytest.param(APP, "/middle", (200, "one"), "ZeroDivisionError", id="in the middle of the response"),
        pytest.param(APP, "/after", (200, "done"), "ZeroDivisionError", id="in a background task"),
        pytest.param(raises_at_once, "/", (500, ""), "ZeroDivisionError", id="in a bare app"),
        pytest.param(exits, "/", (500, ""), "SystemExit", id="by an exit"),
    ],
)
def test_a_crash_is_a_response_and_a_record(
    make_client: MakeClient, app: object, path: str, response: tuple[int, str], exception: str
) -> None:
    """`request` returns what came, and never raises the app's exception."""
    client = make_client(app)

    came = client.request("GET", path, follow_redirects=True)

    assert (came.status_code, came.text) == response
    assert crashes(client) == [(exception, f"GET {path}", False)]


@pytest.mark.parametrize("path", ["/crash", "/middle", "/after"])
def test_the_clients_for_steps_raise(make_client: MakeClient, path: str) -> None:
    """`http` and `async_http` raise the app's exception into the step that uses them."""
    client = make_client(APP)

    with pytest.raises(ZeroDivisionError):
        client.http.get(path)
    with pytest.raises(ZeroDivisionError):
        client.run(client.async_http.get, path)

    assert crashes(client) == [("ZeroDivisionError", f"GET {path}", True)] * 2


@pytest.mark.parametrize(("path", "status"), [("/crash", 500), ("/middle", 200), ("/after", 200)])
def test_server_errors_are_returned_when_asked_for(make_client: MakeClient, path: str, status: int) -> None:
    """With `return_server_errors` both clients for steps return a response."""
    client = make_client(APP)
    client.return_server_errors = True

    responses = [client.http.get(path), client.run(client.async_http.get, path)]

    assert [response.status_code for response in responses] == [status, status]
    assert crashes(client) == [("ZeroDivisionError", f"GET {path}", False)] * 2


def the_test_client(client: Client) -> TestClient:
    """The TestClient of the client `test`. A crash of a websocket is in test_sockets_crashes.py."""
    if client.name != "test":
        pytest.skip("it is about TestClient")
    return client.http  # type: ignore[return-value]  # a TestClient is httpx2's client


def say_hi(http: TestClient) -> None:
    with http.websocket_connect("/greet?a=b") as websocket:
        websocket.send_text("hi")


def test_a_websockets_crash_is_recorded(make_client: MakeClient) -> None:
    """Also after the last message."""
    client = make_client(APP)

    with pytest.raises(ZeroDivisionError):
        say_hi(the_test_client(client))

    assert crashes(client) == [("ZeroDivisionError", "websocket /greet?a=b", True)]


def test_an_exit_is_an_error_for_the_sync_client(make_client: MakeClient) -> None:
    """An app that exits must not end TestClient's thread."""
    client = make_client(exits)

    with pytest.raises(AppError, match=r"^The app raised SystemExit: 3$"):
        the_test_client(client).get("/")

    assert crashes(client) == [("SystemExit", "GET /", True)]


def test_a_websocket_whose_client_has_left_is_cancelled(make_client: MakeClient) -> None:
    """An app that does not listen any more is no crash."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await anyio.sleep_forever()

    client = make_client(app)

    with the_test_client(client).websocket_connect("/"):
        pass

    assert crashes(client) == []


def test_a_client_that_hangs_up_is_no_crash(make_client: MakeClient) -> None:
    """An app may let Starlette's exception for a client that has left pass."""
    client = make_client(APP)

    with the_test_client(client).websocket_connect("/echo") as websocket:
        websocket.send_text("hi")
        answer = websocket.receive_text()

    assert (answer, crashes(client)) == ("hi", [])


def body(content: object) -> Message:
    return {"type": "http.response.body", "body": content}


START: Message = {"type": "http.response.start", "status": 200}
TEXT_HEADERS = {**START, "headers": [("content-type", "text/plain")]}
WANTS = "in its response to GET /. ASGI wants"


@pytest.mark.parametrize(
    ("messages", "status", "error"),
    [
        pytest.param([], 500, "The app returned from GET / without a response.", id="no response"),
        pytest.param(
            [START],
            200,
            "The app returned from GET / in the middle of its response. "
            'ASGI wants a last "http.response.body" without more_body.',
            id="half a response",
        ),
        pytest.param(
            [START, START],
            200,
            f'The app sent a second "http.response.start" {WANTS} one start for each request.',
            id="two starts",
        ),
        pytest.param(
            [body(b"x")],
            500,
            f'The app sent "http.response.body" first {WANTS} an "http.response.start" before it.',
            id="no start",
        ),
        pytest.param(
            [START, body(b"x"), body(b"y")],
            200,
            f'The app sent "http.response.body" after the last one {WANTS} more_body to be true in each but the last.',
            id="a body after the end",
        ),
        pytest.param([START, body("x")], 200, f"The app sent a body of type str {WANTS} bytes.", id="a text"),
        pytest.param(
            [TEXT_HEADERS],
            500,
            f"The app sent the headers [('content-type', 'text/plain')] {WANTS} each name and each value in bytes.",
            id="headers of text",
        ),
    ],
)
def test_a_violation_of_asgi_names_the_rule(
    make_client: MakeClient, messages: list[Message], status: int, error: str
) -> None:
    """The rule is raised into the app, and what leaves the app is a crash."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(dict(message))

    client = make_client(app)

    response = client.request("GET", "/", follow_redirects=True)

    (crash,) = client.recorder.crashes
    assert (response.status_code, str(crash.exception)) == (status, error)
    assert isinstance(crash.exception, AppError)


def test_an_unknown_message_is_refused(make_client: MakeClient) -> None:
    """Our transport takes the two messages of a response."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.psuh"})

    client = make_client(app)

    with pytest.raises(AppError) as caught:
        client.run(client.async_http.get, "/")

    assert str(caught.value) == (
        'The app sent a message of type "http.response.psuh". '
        'Here a response is made of "http.response.start" and "http.response.body".'
    )


@pytest.mark.parametrize("kind", ["async-asyncio", "async-uvloop", "test-asyncio"], indirect=True)
def test_a_cancellation_that_nobody_asked_for_is_a_crash(make_client: MakeClient) -> None:
    """An app that awaits a cancelled task lets a CancelledError out."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.ensure_future(asyncio.sleep(30))
        asyncio.get_running_loop().call_soon(task.cancel)
        await task

    client = make_client(app)

    response = client.request("GET", "/", follow_redirects=True)

    (crash,) = client.recorder.crashes
    assert response.status_code == 500
    assert str(crash.exception) == (
        "The app let a CancelledError out of GET /, though nobody cancelled it: it awaits a task that was cancelled."
    )


@each_loop
def test_leaving_early_is_no_crash(make_client: MakeClient) -> None:
    """A client that gives up cancels the app."""
    cancelled = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.append(True)

    client = make_client(app, timeout=0.1)

    async def give_up() -> None:
        with anyio.move_on_after(0.01):
            await client.async_http.get("/")

    client.run(give_up)

    assert (cancelled, crashes(client)) == ([True], [])


def test_one_crash_is_recorded_once(make_client: MakeClient) -> None:
    """A crash that is met again is the same one; an unknown exception is none."""
    recorder = make_client(APP).recorder
    error = ValueError("x")

    recorder.deliver(error)
    crash = recorder.record(error, "GET /")
    again = recorder.record(error, "start-up")

    assert (crash is again, recorder.crashes) == (True, [crash])
    assert recorder.crash_of(httpx2.ReadError("y")) is None
