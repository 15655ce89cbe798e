"""Apps whose websockets hang, crash, flood or break ASGI's rules: nothing waits without end, all is told."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from asgherkin.clients import deadlines as alarm_module
from asgherkin.errors import AppError
from asgherkin.websockets.transcript import Transcript
from tests.clients.places import place
from tests.websockets.conftest import KINDS, ONE_LOOP, per_client
from tests.websockets.rooms import ACCEPT, closing, messages, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.websockets.conftest import MakeWebSocketClient

door = threading.Event()


@pytest.fixture(autouse=True)
def open_door() -> Iterator[None]:
    """Let those that wait in a thread go at the end."""
    door.clear()
    yield
    door.set()


async def never_accepts(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await anyio.sleep_forever()


async def never_accepts_in_a_thread(scope: Scope, receive: Receive, send: Send) -> None:
    await anyio.to_thread.run_sync(door.wait, 20)


@pytest.mark.parametrize(
    ("kind", "app", "line", "stops"),
    [
        *((kind, never_accepts, "await anyio.sleep_forever()", True) for kind in ONE_LOOP),
        *((kind, never_accepts_in_a_thread, "await anyio.to_thread.run_sync(door.wait, 20)", False) for kind in KINDS),
    ],
    indirect=["kind"],
)
def test_an_app_that_does_not_accept(
    make_client: MakeWebSocketClient, app: Callable[..., object], line: str, stops: bool
) -> None:
    """The opening fails in time, and says where the app waits. That is a crash only if it cannot be cancelled."""
    client = make_client(app, timeout=0.1)

    with pytest.raises(AppError) as caught:
        client.open("/private?a=b")

    where = f"It was waiting at {place(app, line)}"
    assert str(caught.value) == f"The app did not accept the websocket /private?a=b within 0.1 seconds. {where}"
    crash = f"The app did not end when the websocket /private?a=b was cancelled. {where}"
    assert messages(client) == ([] if stops else [crash])


async def ignores_the_disconnect(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.close"} if scope["path"] == "/refused" else ACCEPT)
    while True:
        await receive()


@per_client
def test_closing_does_not_wait_for_long(make_client: MakeWebSocketClient) -> None:
    """An app that does not end is named at the end of the scenario."""
    client = make_client(ignores_the_disconnect, timeout=0.1)
    socket = client.open("/greet")

    socket.close()

    assert (closing(socket), messages(client)) == (("client", 1000, ""), [])


async def swallows_one_cancellation(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    try:
        await anyio.sleep_forever()
    except BaseException:  # noqa: BLE001 - it is rude on purpose
        await anyio.sleep_forever()


async def waits_in_a_thread(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    await anyio.to_thread.run_sync(door.wait, 20)


async def swallows_every_cancellation(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    while not door.is_set():
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.01)


async def sends_to_nobody(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    while True:
        try:
            await send(text("x"))
        except OSError:
            continue  # it must not hold up the loop


@pytest.mark.parametrize(
    ("kind", "app", "path", "line", "ends"),
    [
        *((kind, ignores_the_disconnect, "/greet", "await receive()", True) for kind in ONE_LOOP),
        *((kind, ignores_the_disconnect, "/refused", "await receive()", True) for kind in ONE_LOOP),
        *((kind, sends_to_nobody, "/", "", True) for kind in ONE_LOOP),
        *((kind, swallows_one_cancellation, "/", "await anyio.sleep_forever()", True) for kind in KINDS),
        *((kind, waits_in_a_thread, "/", "await anyio.to_thread.run_sync(door.wait, 20)", False) for kind in KINDS),
        *((kind, swallows_every_cancellation, "/", "await anyio.sleep(0.01)", False) for kind in KINDS),
    ],
    indirect=["kind"],
)
def test_an_app_that_does_not_end(
    make_client: MakeWebSocketClient, app: Callable[..., object], path: str, line: str, ends: bool
) -> None:
    """It is cancelled at the end of the scenario, and named; left behind where it does not end then either."""
    client = make_client(app, timeout=0.1)
    client.open(path)

    client.close()

    (message,) = messages(client)
    then = "It was cancelled." if ends else "It was cancelled, but did not end then either."
    where = place(app, line) if line else ""
    assert message.startswith(
        f"The app did not end within 0.1 seconds after the websocket {path} was closed. {then} "
        f"It was waiting at {where}"
    )
    assert not line or message.endswith(where)


async def blocks(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] != "/at-once":
        await send(ACCEPT)
        await receive()
        await receive()
    door.wait(20)


@per_client
@pytest.mark.parametrize("path", ["/at-once", "/at-a-message"])
def test_an_app_that_blocks_its_loop(
    make_client: MakeWebSocketClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The opening is interrupted, or the sending."""
    monkeypatch.setattr(alarm_module, "PATIENCE", 0.1)
    client = make_client(blocks, timeout=0.1)
    client.client.start()

    with pytest.raises(AppError) as caught:
        client.open(path).send("hi")

    wanted = f"The app blocked its event loop for 0.1 seconds during websocket {path}, at "
    assert str(caught.value) == wanted + place(blocks, "door.wait(20)")
    assert messages(client) == [str(caught.value)]


@per_client
def test_a_place_is_known(make_client: MakeWebSocketClient) -> None:
    """Where the app waits, for a message that does not come."""
    socket = make_client(ignores_the_disconnect, timeout=0.1).open("/")

    seen = (socket.receive(0.01), socket.place())

    assert seen == (None, place(ignores_the_disconnect, "await receive()"))


@pytest.mark.usefixtures("no_thread_left")
def test_an_interrupt_ends_the_opening(make_client: MakeWebSocketClient) -> None:
    """Ctrl-C, while the app does not accept: it is not waited for."""
    client = make_client(never_accepts)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(KeyboardInterrupt):
            client.open("/")
    finally:
        signal.signal(signal.SIGALRM, before)
    client.close()

    assert messages(client) == []


def test_who_closed_first_has_closed() -> None:
    """The client may close in the moment in which the app does."""
    transcript = Transcript("/", [])

    transcript.close("app", 4000, "first")
    transcript.close("client", 1000)

    assert transcript.closing is not None
    assert (transcript.closing.by, transcript.closing.code) == ("app", 4000)
