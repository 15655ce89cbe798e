"""Requests reach the app, and its responses come back, the same way through every client."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from typing import TYPE_CHECKING

import anyio
import httpx
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from asgherkin.errors import AsgherkinError
from tests.clients.conftest import every_loop, make_adapter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from asgherkin.clients.asgi import Receive, Scope, Send
    from asgherkin.clients.in_process import Client
    from tests.clients.conftest import MakeClient

METHODS = ["GET", "HEAD", "POST", "QUERY"]


async def tell(request: Request) -> Response:
    body = await request.body()
    return JSONResponse(
        {"method": request.method, "path": request.url.path, "query": request.url.query, "body": body.decode()}
    )


async def sign_in(request: Request) -> Response:
    response = PlainTextResponse("hello")
    response.set_cookie("session", "abc")
    return response


async def tell_cookie(request: Request) -> Response:
    return PlainTextResponse(request.cookies.get("session", "none"))


async def old(request: Request) -> Response:
    return RedirectResponse("/new?x=1")


async def parts(request: Request) -> Response:
    async def body() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    return StreamingResponse(body())


APP = Starlette(
    routes=[
        Route("/tell/{rest:path}", tell, methods=METHODS),
        Route("/new", tell, methods=METHODS),
        Route("/sign-in", sign_in),
        Route("/cookie", tell_cookie),
        Route("/old", old),
        Route("/parts", parts, methods=["GET", "HEAD"]),
    ]
)


@every_loop
def test_a_request_with_its_options(make_client: MakeClient) -> None:
    """httpx2's options are taken as they are."""
    client = make_client(APP)

    response = client.request("QUERY", "/tell/x", follow_redirects=True, params={"q": "ä b"}, json={"a": 1})

    assert response.json() == {"method": "QUERY", "path": "/tell/x", "query": "q=%C3%A4+b", "body": '{"a":1}'}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_streamed_response_is_read_whole(make_client: MakeClient, method: str) -> None:
    """A response in parts comes as one; a HEAD has no body."""
    client = make_client(APP)

    response = client.request(method, "/parts", follow_redirects=True)

    assert response.content == (b"onetwo" if method == "GET" else b"")


def test_one_jar_for_all(make_client: MakeClient) -> None:
    """A cookie that one client was given is sent by the others."""
    client = make_client(APP)

    client.request("GET", "/sign-in", follow_redirects=True)

    texts = [
        client.request("GET", "/cookie", follow_redirects=True).text,
        client.http.get("/cookie").text,
        client.run(client.async_http.get, "/cookie").text,
    ]
    assert texts == ["abc"] * 3
    assert client.http is client.http
    assert [cookie.name for cookie in client.cookies] == ["session"]


def test_redirects_are_followed_or_not(make_client: MakeClient) -> None:
    """As the request says, and the next request can be sent afterwards."""
    client = make_client(APP)

    followed = client.request("GET", "/old", follow_redirects=True)
    stopped = client.request("GET", "/old", follow_redirects=False)

    assert (followed.json()["path"], stopped.status_code) == ("/new", 307)
    assert stopped.next_request is not None
    assert client.send(stopped.next_request, follow_redirects=True).json()["query"] == "x=1"
    assert client.http.get("/old").json()["path"] == "/new"
    assert client.run(client.async_http.get, "/old").json()["path"] == "/new"


def test_the_clients_scope_is_complete(make_client: MakeClient) -> None:
    """The path is decoded once, the raw one is kept."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    client = make_client(app)

    client.run(client.async_http.get, "/caf%C3%A9%2Fau?x=%20")

    (scope,) = scopes
    assert {key: scope[key] for key in ("path", "raw_path", "query_string", "root_path", "scheme", "http_version")} == {
        "path": "/café/au",
        "raw_path": b"/caf%C3%A9%2Fau",
        "query_string": b"x=%20",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
    }
    assert scope["asgi"] == {"version": "3.0", "spec_version": "2.3"}
    assert (scope["client"], scope["server"]) == (("127.0.0.1", 50000), ("testserver", 80))
    assert (scope["state"], scope["extensions"]) == ({}, {})
    assert (b"host", b"testserver") in scope["headers"]


@every_loop
def test_background_tasks_have_ended(make_client: MakeClient) -> None:
    """`request` returns after the call of the app."""
    log: list[str] = []

    async def brew() -> None:
        await anyio.sleep(0.01)
        log.append("brewed")

    async def pay(request: Request) -> Response:
        return PlainTextResponse("paid", background=BackgroundTask(brew))

    client = make_client(Starlette(routes=[Route("/", pay)]))

    client.request("GET", "/", follow_redirects=True)
    client.http.get("/")
    client.run(client.async_http.get, "/")

    assert log == ["brewed"] * 3


@every_loop
def test_requests_at_the_same_time_overlap(make_client: MakeClient) -> None:
    """An app that waits for 20 requests gets them."""
    here: list[int] = []
    all_here = anyio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        here.append(1)
        if len(here) == 20:
            all_here.set()
        await all_here.wait()
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    client = make_client(app)

    responses = client.request_together(20, "POST", "/", follow_redirects=True, json={})

    assert [response.status_code for response in responses] == [200] * 20


def test_a_request_that_cannot_be_made_is_the_callers_error(make_client: MakeClient) -> None:
    """httpx2's own errors are no crashes."""
    client = make_client(APP)

    for send in (client.request, lambda *args, **options: client.request_together(2, *args, **options)):
        with pytest.raises(httpx2.InvalidURL):
            send("GET", "http://testserver:port/", follow_redirects=True)

    assert client.recorder.crashes == []


async def read_parts(scope: Scope, receive: Receive, send: Send) -> None:
    bodies = []
    while True:
        message = await receive()
        bodies.append(message["body"])
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"|".join(bodies)})
    assert (await receive())["type"] == "http.disconnect"


def test_a_request_is_streamed(make_client: MakeClient) -> None:
    """A body in parts reaches the app in parts, then it learns of the end."""
    client = make_client(read_parts)

    async def body() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    response = client.run(lambda: client.async_http.post("/", content=body()))

    assert response.text == "one|two|"
    assert client.recorder.crashes == []


@every_loop
def test_context_variables_of_the_app_stay_in_its_request(make_client: MakeClient) -> None:
    """What one request sets is not seen by the next one."""
    seen: list[str] = []
    tenant = contextvars.ContextVar("tenant", default="nobody")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(tenant.get())
        tenant.set("acme")
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    client = make_client(app)

    client.request("GET", "/", follow_redirects=True)
    client.request("GET", "/", follow_redirects=True)

    assert seen == ["nobody", "nobody"]


def users_own(client: Client, app: object, library: str) -> object:
    """A user's own client, as their fixture makes one."""
    if client.name == "test":
        from starlette.testclient import TestClient

        return TestClient(app)  # type: ignore[arg-type]
    if library == "httpx":
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mine")  # type: ignore[arg-type]
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://mine")  # type: ignore[arg-type]


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_users_own_client_is_used(make_client: MakeClient, library: str) -> None:
    """It sends the requests; what it follows and keeps is its own."""
    client = make_client(APP)
    client.plug(users_own(client, APP, library))

    responses = [
        client.request("GET", "/tell/a", follow_redirects=True),
        *client.request_together(2, "GET", "/tell/a", follow_redirects=True),
    ]
    redirect = client.request("GET", "/old", follow_redirects=False)

    assert [response.json()["path"] for response in responses] == ["/tell/a"] * 3
    assert redirect.next_request is not None
    assert client.send(redirect.next_request, follow_redirects=True).json()["path"] == "/new"


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_crash_behind_a_users_own_client_is_recorded(make_client: MakeClient, library: str) -> None:
    """It comes as a bare 500, since there is no response."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError("division by zero")

    client = make_client(app)
    client.plug(users_own(client, app, library))

    responses = [
        client.request("GET", "/a", follow_redirects=True),
        *client.request_together(2, "GET", "/a", follow_redirects=True),
    ]

    assert [(response.status_code, response.content) for response in responses] == [(500, b"")] * 3
    assert str(responses[0].request.url) == "http://testserver/a"
    assert [(type(crash.exception), crash.doing) for crash in client.recorder.crashes] == [
        (ZeroDivisionError, "GET /a")
    ] * 3


def test_a_users_own_clients_error_is_the_callers(make_client: MakeClient) -> None:
    """What httpx raises itself is no crash."""
    client = make_client(APP)
    client.plug(users_own(client, APP, "httpx2"))

    with pytest.raises(httpx2.InvalidURL):
        client.request("GET", "http://mine:port/", follow_redirects=True)

    assert client.recorder.crashes == []


@pytest.mark.parametrize("kind", ["async-asyncio", "async-uvloop"], indirect=True)
def test_an_interrupt_ends_a_request(make_client: MakeClient) -> None:
    """Ctrl-C cancels the app, and is no crash of its own."""
    log: list[str] = []

    def interrupt() -> None:
        raise KeyboardInterrupt

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asyncio.get_running_loop().call_soon(interrupt)
        try:
            await anyio.sleep_forever()
        finally:
            log.append("cancelled")

    client = make_client(app)

    with pytest.raises(KeyboardInterrupt):
        client.request("GET", "/", follow_redirects=True)

    assert (log, client.recorder.crashes) == (["cancelled"], [])


@pytest.mark.parametrize("kind", ["async-asyncio", "async-uvloop", "async-trio"], indirect=True)
def test_the_sync_client_cannot_be_used_on_the_loop(make_client: MakeClient) -> None:
    """The message names the fixture to use instead."""
    client = make_client(APP)

    async def step() -> None:
        client.request("GET", "/tell/a", follow_redirects=True)

    with pytest.raises(AsgherkinError) as caught:
        client.run(step)

    assert str(caught.value).startswith('The client cannot be used inside an "async def" step: ')  # see test_loops.py


@every_loop
@pytest.mark.usefixtures("no_thread_left")
def test_nothing_is_left(kind: str) -> None:
    """After the end there is no task, and no thread."""

    def in_a_thread(request: Request) -> Response:
        return PlainTextResponse(threading.current_thread().name)

    # Trio keeps its worker threads for a while, for whoever needs one next.
    endpoint = tell if kind.endswith("trio") else in_a_thread
    client = make_adapter(kind, Starlette(routes=[Route("/", endpoint)]), 30)
    tasks = client.run(running_tasks)
    client.start()
    client.request("GET", "/", follow_redirects=True)
    client.http.get("/")
    client.run(client.async_http.get, "/")
    client.shut_down()

    client.close()
    client.close()
    left = client.run(running_tasks)
    client.close_loop()
    client.close_loop()

    assert left == tasks


async def running_tasks() -> int:
    return len(anyio.get_running_tasks())


def test_requests_to_others_stay_in_the_log(make_client: MakeClient, caplog: pytest.LogCaptureFixture) -> None:
    """What an app asks of others is its own matter; what a scenario asks of the app is told by the evidence."""
    caplog.set_level(logging.INFO, "httpx2")
    make_client(APP).request("GET", "/cookie?token=s3cr3t", follow_redirects=False)

    with httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(204))) as other:
        other.get("http://supplier/stock")
    logging.getLogger("httpx2").info("ready")

    assert caplog.messages == ['HTTP Request: GET http://supplier/stock "HTTP/1.1 204 No Content"', "ready"]
