"""The client live and the app of this process: one server for many scenarios, and what it shows of the app."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import anyio
import anyio.to_thread
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from asgherkin.clients import live_sockets
from asgherkin.clients.app import asgi3
from asgherkin.clients.call import Call
from asgherkin.clients.conversation import Closing, Refusal
from asgherkin.clients.hosting import Hosts
from asgherkin.clients.live import LocalAdapter
from asgherkin.clients.recorder import Recorder
from asgherkin.errors import AppError, AsgherkinError, ConfigurationError
from tests.clients.conftest import ROOT
from tests.clients.peers import remote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from httpx2.websockets import AsyncWebSocketSession
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.websockets import WebSocket

    from asgherkin.clients.asgi import Receive, Scope, Send

pytestmark = pytest.mark.usefixtures("no_thread_left")


class Shop:
    """An app that notes what happens to it."""

    def __init__(self) -> None:
        self.events: list[str] = []
        routes = [
            Route("/", self.hello, methods=["GET", "POST"]),
            Route("/crash", self.crash),
            Route("/late", self.late),
            Route("/half", self.half),
            Route("/hang", self.hang),
            Route("/stream", self.stream),
            WebSocketRoute("/echo", self.echo),
            WebSocketRoute("/refuse", self.refuse),
            WebSocketRoute("/crash", self.crash_socket),
            WebSocketRoute("/leave", self.leave),
        ]
        self.app = Starlette(routes=routes, lifespan=self.lifespan)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[dict[str, object]]:
        """Note both ends."""
        self.events.append("start")
        yield {"count": iter(range(1, 100))}
        self.events.append("stop")

    async def hello(self, request: Request) -> Response:
        """Say who is asked."""
        body = (await request.body()).decode()
        headers = {"X-Count": str(next(request.state.count))}
        return JSONResponse({"host": request.headers["host"], "body": body}, headers=headers)

    async def crash(self, request: Request) -> Response:
        """Fail."""
        raise KeyError("no milk")

    async def late(self, request: Request) -> Response:
        """Fail after the answer."""

        async def fail() -> None:
            await anyio.sleep(0.01)
            raise KeyError("late")

        return PlainTextResponse("fine", background=BackgroundTask(fail))

    async def half(self, request: Request) -> Response:
        """Fail in the middle."""

        async def parts() -> AsyncIterator[str]:
            yield "half"
            raise KeyError("half")

        return StreamingResponse(parts())

    async def hang(self, request: Request) -> Response:
        """Give no answer."""
        await anyio.sleep_forever()
        return PlainTextResponse("")

    async def stream(self, request: Request) -> Response:
        """Go on for ever."""

        async def parts() -> AsyncIterator[str]:
            try:
                yield "one"
                await anyio.sleep_forever()
            finally:
                self.events.append("left")

        return StreamingResponse(parts())

    async def echo(self, websocket: WebSocket) -> None:
        """Say it again."""
        await websocket.accept(headers=[(b"x-counter", b"3")])
        try:
            while True:
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    raise WebSocketDisconnect(message["code"], message["reason"])
                if "bytes" in message:
                    await websocket.send_bytes(message["bytes"])
                else:
                    await websocket.send_text(message["text"])
        except WebSocketDisconnect as left:
            self.events.append(f"left {left.code} {left.reason}".rstrip())

    async def refuse(self, websocket: WebSocket) -> None:
        """Let nobody in."""
        await websocket.close(1008, "members only")

    async def crash_socket(self, websocket: WebSocket) -> None:
        """Fail at the first message."""
        await websocket.accept()
        await websocket.receive_text()
        raise KeyError("spilt")

    async def leave(self, websocket: WebSocket) -> None:
        """Leave without a word."""
        await websocket.accept()


class Run:
    """A run of several scenarios."""

    def __init__(self, timeout: float = 30) -> None:
        self.hosts = Hosts(timeout, ROOT)
        self.timeout = timeout
        self.clients: list[LocalAdapter] = []

    def scenario(self, app: object, loop: str = "asyncio", *, shared: bool = True) -> LocalAdapter:
        """The client of the next one, after the one before has ended."""
        self.finish()
        made = asgi3(app)
        recorder = Recorder(made, timeout=self.timeout, root=ROOT, listens=False)
        if shared:
            recorder.app = self.hosts.shared(app, lambda: made)
        self.clients.append(LocalAdapter(recorder, self.hosts, loop))
        return self.clients[-1]

    def finish(self) -> None:
        """End the scenario."""
        for client in self.clients:
            client.finish()
            client.close_loop()
        self.clients.clear()


@pytest.fixture
def run() -> Iterator[Run]:
    """A run, which ends with the test."""
    made = Run()
    yield made
    made.finish()
    made.hosts.close()


@pytest.fixture
def shop() -> Shop:
    return Shop()


def get(client: LocalAdapter, url: str = "/") -> str:
    return client.request("GET", url, follow_redirects=True).text


# Start-up and shut-down


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_an_app_is_started_once_for_many_scenarios(run: Run, shop: Shop, loop: str) -> None:
    """It keeps its state, its port and its connections until the run ends."""
    counts, ports = [], set()
    for _ in range(3):
        client = run.scenario(shop.app, loop)
        client.start()
        counts.append(client.request("GET", "/", follow_redirects=True).headers["x-count"])
        ports.add(client.run(port_of, client))
    run.finish()
    before = list(shop.events)
    run.hosts.close()

    assert counts == ["1", "2", "3"]
    assert len(ports) == 1
    assert (before, shop.events) == (["start"], ["start", "stop"])


async def port_of(client: LocalAdapter) -> int:
    server = await client._serving()  # noqa: SLF001 - nothing else tells the port
    assert server is not None
    return server.port


def test_an_app_of_one_scenario_ends_with_it(run: Run, shop: Shop) -> None:
    """So does its server."""
    client = run.scenario(shop.app, shared=False)
    client.start()
    port = client.run(port_of, client)
    run.finish()

    assert shop.events == ["start", "stop"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_scenario_can_start_the_app_anew(run: Run, shop: Shop) -> None:
    """Once, and again after it has shut it down; the next one finds it started."""
    run.scenario(shop.app).start()
    client = run.scenario(shop.app)

    client.start(again=True)
    fresh = client.request("GET", "/", follow_redirects=True).headers["x-count"]
    client.start(again=True)
    client.start()
    client.shut_down()
    client.start()
    closed = list(shop.events)
    client.start(again=True)
    client.shut_down()
    run.scenario(shop.app).start()

    assert fresh == "1"
    assert closed == ["start", "stop", "start", "stop"]
    assert shop.events == [*closed, "start", "stop", "start"]


def test_an_app_runs_in_one_place_at_a_time(run: Run, shop: Shop) -> None:
    """It is shut down before it is started on another loop, or without a server."""
    run.scenario(shop.app, "asyncio").start()
    run.scenario(shop.app, "uvloop").start()
    moved = list(shop.events)
    run.hosts.rest(asgi3(shop.app))
    run.hosts.rest(asgi3(Shop().app))

    assert moved == ["start", "stop", "start"]
    assert shop.events == [*moved, "stop"]


def test_a_start_up_that_fails(run: Run) -> None:
    """It is tried anew by the next scenario."""
    tries = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        tries.append(scope["type"])
        raise RuntimeError("no database")

    for _ in range(2):
        client = run.scenario(app)
        with pytest.raises(AppError, match=r"^The app failed to start: RuntimeError: no database$"):
            client.start()
        assert [crash.doing for crash in client.recorder.crashes] == ["start-up"]

    assert tries == ["lifespan", "lifespan"]


async def fails_to_stop(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise RuntimeError("still in use")
    await send({"type": "http.response.start", "status": 204})
    await send({"type": "http.response.body"})


def test_a_shut_down_that_fails_at_the_end_of_the_run(run: Run) -> None:
    """It is told there, with the app's own frames."""
    client = run.scenario(fails_to_stop)
    client.start()
    run.finish()

    with pytest.raises(AppError) as caught:
        run.hosts.close()

    headline, _, frames = str(caught.value).partition("\n\n")
    assert headline == "The app raised RuntimeError: still in use after the last scenario (shut-down)."
    assert "in fails_to_stop" in frames


def test_a_shut_down_that_fails_in_a_scenario(run: Run) -> None:
    """It is that scenario's crash."""
    client = run.scenario(fails_to_stop)
    client.start()

    with pytest.raises(AppError, match="still in use"):
        client.shut_down()

    assert [crash.doing for crash in client.recorder.crashes] == ["shut-down"]


def test_a_shut_down_that_hangs_at_the_end_of_the_run() -> None:
    """It is cancelled and told."""
    run = Run(timeout=0.1)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await anyio.sleep_forever()

    run.scenario(app).start()
    run.finish()

    with pytest.raises(AppError, match=r"^The app did not shut down within 0\.1 seconds\. It was waiting at test_live"):
        run.hosts.close()


def test_a_crash_between_two_scenarios(run: Run) -> None:
    """The next one is told of it."""
    gone = threading.Event()
    told: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await anyio.to_thread.run_sync(gone.wait)
        if not told:
            told.append(True)
            raise KeyError("mould")

    run.scenario(app).start()
    run.finish()
    client = run.scenario(app)
    gone.set()
    client.run(anyio.sleep, 0.05)
    client.start()

    assert [(crash.doing, repr(crash.exception)) for crash in client.recorder.crashes] == [
        ("lifespan", "KeyError('mould')")
    ]


def test_a_server_that_nobody_has_asked(run: Run, shop: Shop) -> None:
    """It ends as it was: without a port."""
    client = run.scenario(shop.app)
    server = run.hosts.host("asyncio").server(asgi3(shop.app))

    client.finish()
    client.close_loop()
    client.close_loop()
    run.clients.clear()
    run.hosts.close()

    assert (server.port, shop.events) == (0, [])


def test_a_request_that_is_answered_when_the_run_ends(shop: Shop) -> None:
    """A client that is none of the run's: the app is cancelled, and the connection closed."""
    run = Run(timeout=0.2)
    client = run.scenario(shop.app)
    client.start()
    port = client.run(port_of, client)

    async def until_asked() -> None:
        with anyio.fail_after(30):
            while not client.recorder.running:  # noqa: ASYNC110 - the app tells nobody
                await anyio.sleep(0.001)

    with socket.create_connection(("127.0.0.1", port)) as other:
        other.sendall(b"GET /hang HTTP/1.1\r\nHost: me\r\n\r\n")
        client.run(until_asked)
        run.finish()
        run.hosts.close()

        assert other.recv(100)[:12] in (b"", b"HTTP/1.1 500")


# Requests


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


def test_an_app_that_hangs_and_does_not_stop() -> None:
    """It is left behind, with a bare 500."""
    run = Run(timeout=0.1)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while True:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                if done:
                    raise

    done: list[bool] = []
    client = run.scenario(app)
    response = client.request("GET", "/", follow_redirects=True)
    (crash,) = client.recorder.crashes
    run.finish()
    done.append(True)
    run.hosts.close()

    assert (response.status_code, response.text) == (500, "")
    assert str(crash.exception).startswith(
        "The app did not answer GET / within 0.1 seconds. It did not stop when it was cancelled either."
    )


def test_a_client_of_the_users_own_and_an_app_that_does_not_stop() -> None:
    """It gets the bare 500 where server errors are wanted as responses."""
    run = Run(timeout=0.1)
    done: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while not done:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.3)

    client = run.scenario(app)
    client.return_server_errors = True
    statuses = {http.get("/").status_code for http in (client.http, client.http)}
    done.append(True)
    run.finish()
    run.hosts.close()

    assert statuses == {500}


def test_a_client_that_gives_up(run: Run, shop: Shop) -> None:
    """The app is cancelled, and that is no crash."""
    made = Run(timeout=0.2)
    client = made.scenario(shop.app)
    client.start()

    async def give_up() -> None:
        with anyio.move_on_after(0.05):
            await client.async_http.get("/hang")

    client.run(give_up)
    crashes = list(client.recorder.crashes)
    made.finish()
    made.hosts.close()

    assert crashes == []


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
    stream = client.open_stream("/stream")
    seen = [stream.read(30), stream.read(0.01)]
    place = stream.place()
    stream.close()
    whole = client.open_stream("/")
    body = whole.read(30)
    end = whole.read(30)
    whole.close()
    crashed = client.open_stream("/half")
    half = [crashed.read(30), crashed.read(30)]

    assert seen == [b"one", None]
    assert place.endswith("await anyio.sleep_forever()")
    assert shop.events == ["start", "left"]
    assert body is not None
    assert end is None
    assert half == [b"half", None]
    assert [crash.doing for crash in client.recorder.crashes] == ["GET /half"]


def test_a_stream_that_does_not_start() -> None:
    """The app is named and cancelled."""
    run, shop = Run(timeout=0.1), Shop()
    client = run.scenario(shop.app)
    client.start()

    with pytest.raises(
        AppError, match=r"^The app did not answer GET /hang within 0\.1 seconds\. It was waiting at test"
    ):
        client.open_stream("/hang")

    assert client.recorder.crashes == []
    run.finish()
    run.hosts.close()


def test_a_stream_whose_app_exits(run: Run) -> None:
    """The server's own answer is the response."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise SystemExit

    stream = run.scenario(app).open_stream("/")

    assert stream.response.status_code == 500


def test_an_app_that_does_not_stop_sending(run: Run) -> None:
    """It cannot hold up the loop; when the client has left, it is cancelled."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    made = Run(timeout=0.2)
    client = made.scenario(app)
    stream = client.open_stream("/")
    part = stream.read(30)
    stream.close()
    made.finish()
    made.hosts.close()

    assert part


# Websockets


def test_a_websocket(run: Run, shop: Shop) -> None:
    """It goes both ways, and is closed with a code and a reason."""
    client = run.scenario(shop.app)
    client.start()
    socket = client.open_socket("/echo?a=1", headers=[("X-Tenant", "acme")])

    socket.send("hi")
    socket.send(b"\x01")
    got = [socket.receive(30), socket.receive(30), socket.receive(0.01)]
    socket.close(4001, "bye")
    socket.close()

    conversation = socket.conversation
    assert got == ["hi", b"\x01", None]
    assert [said.content for said in conversation.transcript.head] == ["hi", "hi", b"\x01", b"\x01"]
    assert ("x-tenant", "acme") in conversation.request_headers
    assert (conversation.target, conversation.response_headers) == ("/echo?a=1", [("x-counter", "3")])
    assert conversation.closing is not None
    assert (conversation.closing.by, conversation.closing.code) == ("client", 4001)
    assert shop.events == ["start", "left 4001 bye"]
    assert client.recorder.conversations == [conversation]


def test_websockets_that_stay_open(run: Run, shop: Shop) -> None:
    """They are closed at the scenario's end, or before the app is shut down."""
    client = run.scenario(shop.app)
    client.start()
    client.open_socket("/echo")
    run.finish()
    client = run.scenario(shop.app)
    client.start()
    client.open_socket("/echo")
    client.shut_down()

    assert shop.events == ["start", "left 1000", "left 1012", "stop"]


def test_a_refusal_by_a_code(run: Run, shop: Shop) -> None:
    """The code does not come over the socket, but the app is at hand."""
    client = run.scenario(shop.app)
    client.start()

    socket = client.open_socket("/refuse")

    assert socket.conversation.refusal == Refusal(1008, "members only")
    assert socket.closed(30)


async def denies(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.http.response.start", "status": 429})
    await send({"type": "websocket.http.response.body", "body": b"too ", "more_body": True})
    if scope["path"] == "/whole":
        await send({"type": "websocket.http.response.body", "body": b"many"})


@pytest.mark.parametrize(("path", "body"), [("/whole", b"too many"), ("/half", b"too ")])
def test_a_refusal_by_a_response(run: Run, path: str, body: bytes) -> None:
    """Also one that the app breaks off."""
    socket = run.scenario(denies).open_socket(path)

    assert socket.conversation.refusal == Refusal(status=429, body=body)


def test_a_crash_after_a_message(run: Run, shop: Shop) -> None:
    """It is there when the message was sent, and closes the websocket with 1011."""
    client = run.scenario(shop.app)
    client.start()
    socket = client.open_socket("/crash")

    socket.send("hi")
    crashes = [crash.doing for crash in client.recorder.crashes]

    assert crashes == ["websocket /crash"]
    assert socket.receive(30) is None
    assert (code_of(socket.conversation.closing), socket.place()) == (("app", 1011, ""), "")


def code_of(closing: Closing | None) -> tuple[str, int, str]:
    assert closing is not None
    return closing.by, closing.code, closing.reason


def test_an_app_that_ends_without_closing(run: Run, shop: Shop) -> None:
    """The client knows why the connection is gone."""
    client = run.scenario(shop.app)
    client.start()
    socket = client.open_socket("/leave")

    assert socket.closed(30)
    assert code_of(socket.conversation.closing) == ("app", 1006, "the app ended without closing it")


@pytest.mark.parametrize("accepts", [False, True])
def test_a_crash_instead_of_an_answer(run: Run, accepts: bool) -> None:
    """It is a refusal, as by the server; also where the server cannot send what the app wants."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if accepts:
            await send({"type": "websocket.accept", "subprotocol": "nobody.offered"})
        raise KeyError("no cups")

    client = run.scenario(app)

    socket = client.open_socket("/")

    refusal = socket.conversation.refusal
    assert refusal is not None
    assert refusal.status == 500
    assert len(client.recorder.crashes) == 1


def test_an_app_that_never_accepts() -> None:
    """It is named and cancelled; one that does not stop is left behind."""
    run = Run(timeout=0.1)
    done: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while True:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                if done or scope["path"] == "/gives-in":
                    raise

    client = run.scenario(app)
    told = []
    for path in ("/gives-in", "/stubborn"):
        with pytest.raises(AppError) as caught:
            client.open_socket(path)
        told.append(str(caught.value))
    crashes = [str(crash.exception) for crash in client.recorder.crashes]
    run.finish()
    done.append(True)
    run.hosts.close()

    assert [text.partition(" It was")[0] for text in told] == [
        f"The app did not accept the websocket {path} within 0.1 seconds." for path in ("/gives-in", "/stubborn")
    ]
    assert [text.partition(" It was")[0] for text in crashes] == [
        "The app did not end when the websocket /stubborn was cancelled."
    ]


def test_an_app_that_does_not_end_when_it_is_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a crash, and nobody waits for it."""
    run = Run(timeout=0.1)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.sleep_forever()

    async def no(_: Call) -> bool:
        return False

    client = run.scenario(app)
    monkeypatch.setattr(Call, "ends", no)
    with pytest.raises(AppError, match=r"^The app did not accept"):
        client.open_socket("/")
    monkeypatch.undo()
    crashes = [str(crash.exception) for crash in client.recorder.crashes]
    run.finish()
    run.hosts.close()

    assert [text.partition(" It was")[0] for text in crashes] == [
        "The app did not end when the websocket / was cancelled."
    ]


def test_an_app_that_listens_after_it_has_closed(run: Run) -> None:
    """Its own closing is the one that counts."""
    heard = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4000})
        heard.append((await receive())["type"])

    socket = run.scenario(app).open_socket("/")

    assert socket.closed(30)
    assert (code_of(socket.conversation.closing), heard) == (("app", 4000, ""), ["websocket.disconnect"])


def test_a_farewell_that_nobody_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has a deadline, and the connection is closed without it."""
    run, shop = Run(timeout=0.1), Shop()

    async def stuck(*_: object) -> None:
        await anyio.sleep_forever()

    client = run.scenario(shop.app)
    client.start()
    socket = client.open_socket("/echo")
    monkeypatch.setattr(live_sockets, "_closed", stuck)
    socket.close()
    run.finish()
    run.hosts.close()

    assert code_of(socket.conversation.closing) == ("client", 1000, "")


def test_what_is_said_to_a_closed_connection() -> None:
    """It is read, not sent, that the other side has left."""

    class Gone:
        """A session whose connection is gone."""

        async def send_text(self, data: str) -> None:
            """Fail."""
            raise httpx2.WriteError(data)

        async def close(self, code: int, reason: str) -> None:
            """Fail."""
            raise httpx2.WriteError(reason)

    session = cast("AsyncWebSocketSession", Gone())
    anyio.run(live_sockets._sent, session, "hi")  # noqa: SLF001 - no connection is gone just in between
    anyio.run(live_sockets._closed, session, 1000, "")  # noqa: SLF001


def test_an_app_that_sends_without_end(run: Run) -> None:
    """It waits for its client, and ends when that has left: no crash."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        while True:
            await send({"type": "websocket.send", "text": "x" * 60_000})

    client = run.scenario(app)
    socket = client.open_socket("/")
    seen = [len(str(socket.receive(30))) for _ in range(5)]
    socket.close()

    assert seen == [60_000] * 5
    assert client.recorder.crashes == []


def test_a_message_that_nobody_takes() -> None:
    """Sending has a deadline too."""
    run = Run(timeout=0.2)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await anyio.sleep_forever()

    client = run.scenario(app)
    socket = client.open_socket("/")

    def flood() -> None:
        for _ in range(40):
            socket.send(b"x" * 4_000_000)

    with pytest.raises(
        AppError, match=r"^The app did not take what was sent on the websocket / within 0\.2 seconds\.$"
    ):
        flood()

    run.finish()
    run.hosts.close()


@pytest.mark.parametrize("is_async", [False, True])
def test_a_websocket_of_the_users_own(run: Run, shop: Shop, is_async: bool) -> None:
    """With `with` and with `async with`."""
    client = run.scenario(shop.app)
    client.start()

    async def talk() -> str:
        async with client.websocket_connect("/echo") as websocket:
            await websocket.send_text("hi")
            return await websocket.receive_text()

    if is_async:
        got = client.run(talk)
    else:
        with client.websocket_connect("/echo") as websocket:
            websocket.send_text("hi")
            got = websocket.receive_text()

    assert got == "hi"


def test_the_sync_client_in_async_code(run: Run, shop: Shop) -> None:
    """Its loop is busy with that code."""
    client = run.scenario(shop.app)
    client.start()

    async def step() -> None:
        client.http.get("/")

    with pytest.raises(AsgherkinError, match=r'^The client cannot be used inside an "async def" step: '):
        client.run(step)


# What it needs


def test_trio_is_refused(run: Run) -> None:
    """Uvicorn has none."""
    with pytest.raises(ConfigurationError) as caught:
        run.hosts.host("trio")

    assert str(caught.value) == (
        "The client live serves the app by uvicorn, which does not run on trio. "
        "Use the loop asyncio or uvloop with it; tag what needs trio with @in_process."
    )


def test_a_missing_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setitem(__import__("sys").modules, "uvicorn", None)

    with pytest.raises(ConfigurationError) as caught:
        run.scenario(Shop().app)

    assert str(caught.value) == 'The client live needs uvicorn. Install it with: pip install "asgherkin[live]"'


# A deployed server: the same app by its address


@pytest.fixture
def url(run: Run, shop: Shop) -> str:
    """The address of the shop."""
    client = run.scenario(shop.app)
    client.start()
    return f"http://127.0.0.1:{client.run(port_of, client)}"


def test_a_deployed_app(url: str) -> None:
    """Requests name its own host; crashes are responses."""
    with remote(url) as client:
        client.start()
        response = client.request("GET", "/", follow_redirects=True)
        crash = client.request("GET", "/crash", follow_redirects=True)

        assert (response.json()["host"], client.host) == (url[7:], "127.0.0.1")
        assert (crash.status_code, client.recorder.crashes) == (500, [])
        assert [exchange.status for exchange in client.recorder.exchanges] == [200, 500]


def test_the_users_own_code_and_a_deployed_app(url: str) -> None:
    """It runs on a loop of its own, with connections of its own."""
    with remote(url) as client:

        async def talk() -> str:
            async with client.websocket_connect("/echo") as websocket:
                await websocket.send_text("hi")
                return await websocket.receive_text()

        async def begin() -> int:
            request = client.async_http.build_request("GET", "/stream")
            return (await client.async_http.send(request, stream=True)).status_code

        sync = {client.http.get("/crash").status_code for _ in range(2)}
        other = client.run(client.async_http.get, "/").status_code
        said = client.run(talk)
        with client.websocket_connect("/echo") as websocket:
            websocket.send_text("ho")
            answer = websocket.receive_text()

        assert (sync, other, said, answer, client.run(begin)) == ({500}, 200, "hi", "ho", 200)


def test_streams_of_a_deployed_app(url: str, shop: Shop) -> None:
    """Where it waits is not known."""
    with remote(url) as client:
        stream = client.open_stream("/stream")
        seen = [stream.read(30), stream.read(0.01), stream.place()]
        stream.close()

        assert seen == [b"one", None, ""]


def test_websockets_of_a_deployed_app(url: str) -> None:
    """What only the app knows is not known: why it ended, by which code it refused."""
    with remote(url) as client:
        echo = client.open_socket("/echo")
        echo.send("hi")
        said = echo.receive(30)
        echo.close(4001)
        left, refused = client.open_socket("/leave"), client.open_socket("/refuse")

        assert (said, echo.place(), left.closed(30)) == ("hi", "", True)
        assert code_of(left.conversation.closing) == ("app", 1006, "the connection was dropped")
        assert refused.conversation.refusal is not None
        assert (refused.conversation.refusal.status, refused.conversation.refusal.code) == (403, None)
