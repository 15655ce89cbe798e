"""An app that blocks its thread is interrupted by an alarm, and the place where it blocks is named."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import TYPE_CHECKING

import anyio
import pytest
from starlette.applications import Starlette

from asgherkin.clients import deadlines as alarm_module
from asgherkin.clients.deadlines import AppBlocked, alarm
from asgherkin.errors import AppError
from tests.clients.conftest import each_loop
from tests.clients.places import place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from types import FrameType

    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.clients.conftest import MakeClient

door = threading.Event()


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the alarm go off soon, and open the door at the end."""
    monkeypatch.setattr(alarm_module, "PATIENCE", 0.1)
    door.clear()
    yield
    door.set()


async def blocks(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    door.wait(20)


MESSAGE = "The app blocked its event loop for 0.1 seconds during GET /, at "


@each_loop
def test_an_app_that_blocks_is_interrupted(make_client: MakeClient) -> None:
    """The response is a bare 500, and the crash says where the app blocks."""
    client = make_client(blocks, timeout=0.1)
    client.start()

    response = client.request("GET", "/", follow_redirects=True)

    (crash,) = client.recorder.crashes
    assert (response.status_code, crash.doing) == (500, "GET /")
    assert str(crash.exception) == MESSAGE + place(blocks, "door.wait(20)")
    assert isinstance(crash.exception, AppError)


@each_loop
def test_requests_at_the_same_time_to_an_app_that_blocks(make_client: MakeClient) -> None:
    """Each of them gets a bare 500."""
    client = make_client(blocks, timeout=0.1)

    responses = client.request_together(2, "GET", "/", follow_redirects=True)

    assert [response.status_code for response in responses] == [500, 500]
    assert str(client.recorder.crashes[0].exception) == MESSAGE + place(blocks, "door.wait(20)")


def test_the_sync_client_raises_the_alarm(make_client: MakeClient) -> None:
    """A step that uses `http` gets the error."""
    client = make_client(blocks, timeout=0.1)

    with pytest.raises(AppError) as caught:
        client.http.get("/")

    assert str(caught.value).endswith(place(blocks, "door.wait(20)"))


@pytest.mark.parametrize("kind", ["async-trio", "test-asyncio", "test-trio"], indirect=True)
def test_an_app_that_blocks_its_own_thread_is_left_to_itself(make_client: MakeClient) -> None:
    """Nothing can interrupt another thread: every later act fails at once, and the end does not wait for it."""
    client = make_client(blocks, timeout=0.1)

    first = client.request("GET", "/", follow_redirects=True)
    second = client.request("GET", "/again", follow_redirects=True)
    with pytest.raises(AppError) as caught:
        client.start()
    client.close()

    assert (first.status_code, second.status_code) == (500, 500)
    assert str(caught.value) == "The app still blocks its event loop, so it cannot be reached any more."


@pytest.mark.parametrize("kind", ["async-asyncio", "async-uvloop"], indirect=True)
def test_an_app_on_the_main_thread_is_used_on(make_client: MakeClient) -> None:
    """After the interruption the loop goes on."""
    client = make_client(blocks, timeout=0.1)

    client.request("GET", "/", follow_redirects=True)
    door.set()
    response = client.request("GET", "/", follow_redirects=True)

    assert (response.status_code, len(client.recorder.crashes)) == (500, 2)
    assert str(client.recorder.crashes[1].exception) == "The app returned from GET / without a response."


def test_a_start_up_that_blocks(make_client: MakeClient) -> None:
    """It is a start-up failure."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        door.wait(20)
        yield

    client = make_client(Starlette(lifespan=lifespan), timeout=0.1)

    with pytest.raises(AppError) as caught:
        client.start()

    where = place(lifespan.__wrapped__, "door.wait(20)", "lifespan")  # type: ignore[attr-defined]  # set by wraps
    assert str(caught.value) == f"The app blocked its event loop for 0.1 seconds during start-up, at {where}"
    assert [crash.doing for crash in client.recorder.crashes] == ["start-up"]


@each_loop
def test_an_act_that_takes_long_is_not_interrupted(make_client: MakeClient) -> None:
    """A loop that answers is only busy."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        for _ in range(30):
            await anyio.sleep(0.025)
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body"})

    client = make_client(app, timeout=0.1)

    async def read() -> bytes:
        async with client.async_http.stream("GET", "/") as response:
            return await response.aread()

    assert (len(client.run(read)), client.recorder.crashes) == (30, [])


def test_a_users_own_function_may_block(make_client: MakeClient) -> None:
    """As a sync step may: it is not the app."""
    client = make_client(blocks, timeout=0.1)

    async def step() -> str:
        door.wait(0.4)
        return "done"

    assert client.run(step) == "done"


def block(seconds: float = 20) -> None:
    threading.Event().wait(seconds)


def swallow(function: Callable[[], None]) -> None:
    with contextlib.suppress(AppBlocked):
        function()


def test_the_alarm_goes_off_again_until_it_is_left() -> None:
    """A clean-up that blocks is interrupted too; the error is one."""
    with alarm(0.05, explain=lambda: "blocked") as watch:
        swallow(block)
        with pytest.raises(AppBlocked) as caught:
            block()

    assert (str(caught.value), caught.value.error) == ("blocked", watch.error)


def test_the_alarm_says_how_long_it_waited() -> None:
    """Where nothing more is known."""
    with pytest.raises(AppBlocked, match=r"^The app blocked its thread for 0\.05 seconds\.$"), alarm(0.05):
        block()


def test_the_alarm_of_a_closed_loop_goes_off() -> None:
    """A loop that cannot be asked does not answer."""

    def closed(answer: Callable[[], None]) -> None:
        raise RuntimeError("Event loop is closed")

    with pytest.raises(AppBlocked), alarm(0.05, ping=closed):
        block()


def test_the_alarm_does_nothing_outside_the_main_thread() -> None:
    """Signals reach the main thread alone."""
    done = []

    def work() -> None:
        with alarm(0.01):
            block(0.1)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert done == [True]


@pytest.fixture
def outer() -> Iterator[list[float]]:
    """Another user of the same signal, whose rings are listed."""
    rings: list[float] = []

    def ring(number: int, frame: FrameType | None) -> None:
        rings.append(time.monotonic())

    before = signal.signal(signal.SIGALRM, ring)
    yield rings
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_an_outer_timer_goes_on_afterwards(outer: list[float]) -> None:
    """Its handler and the rest of its time are restored."""
    handler = signal.getsignal(signal.SIGALRM)
    signal.setitimer(signal.ITIMER_REAL, 1000, 7)

    with alarm(5):
        pass

    left, interval = signal.getitimer(signal.ITIMER_REAL)
    assert signal.getsignal(signal.SIGALRM) is handler
    assert (990 < left <= 1000, interval) == (True, 7)


@pytest.mark.parametrize("interval", [0, 0.05])
def test_an_outer_timer_goes_off_in_its_time(outer: list[float], interval: float) -> None:
    """Also while the alarm waits for its own."""
    signal.setitimer(signal.ITIMER_REAL, 0.02, interval)

    with alarm(20):
        block(0.15)

    assert len(outer) == 1 if not interval else len(outer) > 1


def test_an_outer_timer_without_a_function_is_let_go() -> None:
    """A timer whose signal was ignored is ignored on."""
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0.02)

    with alarm(20):
        block(0.1)

    assert signal.signal(signal.SIGALRM, before) is signal.SIG_IGN


def test_a_late_signal_is_no_alarm() -> None:
    """A signal that comes after the end is nobody's."""
    watch = alarm(5)
    with watch:
        pass

    watch.ring(signal.SIGALRM, None)

    assert (watch.error, signal.getitimer(signal.ITIMER_REAL)) == (None, (0, 0))
