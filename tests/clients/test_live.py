"""The client live and the app of this process: one server for many scenarios."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest

from asgherkin.clients.app_location import asgi3
from asgherkin.errors import AppError, AsgherkinError, ConfigurationError
from tests.clients.live_shop import Run, Shop, port_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from asgherkin.clients.asgi import Receive, Scope, Send

pytestmark = pytest.mark.usefixtures("no_thread_left")


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
    run.server_threads.close()

    assert counts == ["1", "2", "3"]
    assert len(ports) == 1
    assert (before, shop.events) == (["start"], ["start", "stop"])


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
    run.server_threads.shut_down(asgi3(shop.app))
    run.server_threads.shut_down(asgi3(Shop().app))

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
        run.server_threads.close()

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


async def until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(30):
        while not condition():  # noqa: ASYNC110 - the app tells nobody
            await anyio.sleep(0.001)


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
    server = run.server_threads.thread("asyncio").server(client.recorder.app)
    gone.set()
    client.run(until, lambda: not server.lifespan.running)
    client.start()

    assert [(crash.doing, repr(crash.exception)) for crash in client.recorder.crashes] == [
        ("lifespan", "KeyError('mould')")
    ]


def test_a_server_that_nobody_has_asked(run: Run, shop: Shop) -> None:
    """It ends as it was: without a port."""
    client = run.scenario(shop.app)
    server = run.server_threads.thread("asyncio").server(asgi3(shop.app))

    client.finish()
    client.close_loop()
    client.close_loop()
    run.clients.clear()
    run.server_threads.close()

    assert (server.port, shop.events) == (0, [])


def test_a_request_that_is_answered_when_the_run_ends(shop: Shop) -> None:
    """A client that is none of the run's: the app is cancelled, and the connection closed."""
    run = Run(timeout=0.2)
    client = run.scenario(shop.app)
    client.start()
    port = client.run(port_of, client)

    with socket.create_connection(("127.0.0.1", port)) as other:
        other.sendall(b"GET /hang HTTP/1.1\r\nHost: me\r\n\r\n")
        client.run(until, lambda: client.recorder.running > 0)
        run.finish()
        run.server_threads.close()

        assert other.recv(100)[:12] in (b"", b"HTTP/1.1 500")


def test_the_sync_client_in_async_code(run: Run, shop: Shop) -> None:
    """Its loop is busy with that code."""
    client = run.scenario(shop.app)
    client.start()

    async def step() -> None:
        client.http.get("/")

    with pytest.raises(AsgherkinError, match=r'^The client cannot be used inside an "async def" step: '):
        client.run(step)


def test_trio_is_refused(run: Run) -> None:
    """Uvicorn has none."""
    with pytest.raises(ConfigurationError) as caught:
        run.server_threads.thread("trio")

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
