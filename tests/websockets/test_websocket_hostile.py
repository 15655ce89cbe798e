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
from asgherkin.websockets.websocket_evidence import Refusal
from tests.clients.places import place
from tests.websockets.rooms import closing, messages
from tests.websockets.sayings import ACCEPT

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


@pytest.mark.usefixtures("no_thread_left")
def test_an_app_that_does_not_accept(make_client: MakeWebSocketClient) -> None:
    """The opening fails in time, and says where the app waits. It is cancelled, which is no crash of its own."""
    client = make_client(never_accepts, timeout=0.1)

    with pytest.raises(AppError) as caught:
        client.open("/private?a=b")

    where = place(never_accepts, "await anyio.sleep_forever()")
    assert str(caught.value) == (
        f"The app did not accept the websocket /private?a=b within 0.1 seconds. It was waiting at {where}"
    )
    assert messages(client) == []


def test_an_app_that_does_not_accept_and_does_not_stop(make_client: MakeWebSocketClient) -> None:
    """It is left behind, and that is a crash."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.to_thread.run_sync(door.wait, 20)

    client = make_client(app, timeout=0.1)

    with pytest.raises(AppError, match=r"^The app did not accept the websocket / within 0\.1 seconds\."):
        client.open("/")

    (message,) = messages(client)
    where = place(app, "await anyio.to_thread.run_sync(door.wait, 20)")
    assert message == f"The app did not end when the websocket / was cancelled. It was waiting at {where}"


async def ignores_the_disconnect(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    while True:
        await receive()


def test_an_app_that_ignores_the_disconnect(make_client: MakeWebSocketClient) -> None:
    """Closing does not wait for it for long. At the end it is cancelled, and named."""
    client = make_client(ignores_the_disconnect, timeout=0.1)
    socket = client.open("/greet")

    socket.close()
    before = messages(client)
    client.close()

    where = place(ignores_the_disconnect, "await receive()")
    assert before == []
    assert messages(client) == [
        "The app did not end within 0.1 seconds after the websocket /greet was closed. It was cancelled. "
        f"It was waiting at {where}"
    ]
    assert closing(socket) == ("client", 1000, "")


async def swallows_one_cancellation(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    try:
        await anyio.sleep_forever()
    except BaseException:  # noqa: BLE001 - it is rude on purpose
        await anyio.sleep_forever()


@pytest.mark.usefixtures("no_thread_left")
def test_an_app_that_swallows_a_cancellation(make_client: MakeWebSocketClient) -> None:
    """It is cancelled again."""
    client = make_client(swallows_one_cancellation, timeout=0.1)
    client.open("/greet")

    client.client.shut_down()

    where = place(swallows_one_cancellation, "await anyio.sleep_forever()")
    assert messages(client) == [
        "The app did not end within 0.1 seconds after the websocket /greet was closed. It was cancelled. "
        f"It was waiting at {where}"
    ]


async def waits_in_a_thread(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    await anyio.to_thread.run_sync(door.wait, 20)


async def swallows_every_cancellation(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    while not door.is_set():
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.01)


@pytest.mark.parametrize(
    ("app", "line"),
    [
        pytest.param(waits_in_a_thread, "await anyio.to_thread.run_sync(door.wait, 20)", id="in-a-thread"),
        pytest.param(swallows_every_cancellation, "await anyio.sleep(0.01)", id="shielded"),
    ],
)
def test_an_app_that_does_not_end(make_client: MakeWebSocketClient, app: Callable[..., object], line: str) -> None:
    """It is left behind, and named."""
    client = make_client(app, timeout=0.1)
    client.open("/greet")

    client.close()

    assert messages(client) == [
        "The app did not end within 0.1 seconds after the websocket /greet was closed. "
        f"It was cancelled, but did not end then either. It was waiting at {place(app, line)}"
    ]


async def blocks(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] != "/at-once":
        await send(ACCEPT)
        await receive()
        await receive()
    door.wait(20)


def test_an_app_that_blocks_its_loop_before_it_accepts(
    make_client: MakeWebSocketClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The opening is interrupted."""
    monkeypatch.setattr(alarm_module, "PATIENCE", 0.1)
    client = make_client(blocks, timeout=0.1)
    client.client.start()

    with pytest.raises(AppError) as caught:
        client.open("/at-once")

    wanted = "The app blocked its event loop for 0.1 seconds during websocket /at-once, at "
    assert str(caught.value) == wanted + place(blocks, "door.wait(20)")
    assert messages(client) == [str(caught.value)]


def test_an_app_that_blocks_its_loop_at_a_message(
    make_client: MakeWebSocketClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sending is interrupted."""
    monkeypatch.setattr(alarm_module, "PATIENCE", 0.1)
    client = make_client(blocks, timeout=0.1)
    client.client.start()
    socket = client.open("/")

    with pytest.raises(AppError) as caught:
        socket.send("hi")

    wanted = "The app blocked its event loop for 0.1 seconds during websocket /, at "
    assert str(caught.value) == wanted + place(blocks, "door.wait(20)")
    assert messages(client) == [str(caught.value)]


def test_a_place_is_told(make_client: MakeWebSocketClient) -> None:
    """Where the app waits, for a message that does not come."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await anyio.Event().wait()

    client = make_client(app, timeout=0.1)
    socket = client.open("/")

    seen = (socket.receive(0.01), socket.place())

    assert seen == (None, place(app, "await anyio.Event().wait()"))


def test_a_refused_app_that_does_not_end(make_client: MakeWebSocketClient) -> None:
    """It is cancelled at the end, as one that has accepted."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close"})
        while True:
            await receive()

    client = make_client(app, timeout=0.1)
    socket = client.open("/")

    client.close()

    assert socket.transcript.refusal == Refusal(1000, "")
    (message,) = messages(client)
    assert message.startswith(
        "The app did not end within 0.1 seconds after the websocket / was closed. It was cancelled. It was waiting at "
    )


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
