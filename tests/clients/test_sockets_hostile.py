"""Apps whose websockets hang, crash, flood or break ASGI's rules: nothing waits without end, all is told."""

from __future__ import annotations

import asyncio
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from asgherkin.clients import alarm as alarm_module
from asgherkin.clients.conversation import Closing, Refusal
from asgherkin.clients.line import Line
from asgherkin.clients.recorder import Recorder
from asgherkin.errors import AppError
from tests.clients.conftest import ROOT
from tests.clients.places import place
from tests.clients.test_sockets import closing, messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from anyio.abc import TaskGroup
    from starlette.websockets import WebSocket

    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from asgherkin.clients.timing import Work
    from tests.clients.conftest import MakeClient

LONG = 30
ACCEPT = {"type": "websocket.accept"}
door = threading.Event()


@pytest.fixture(autouse=True)
def open_door() -> Iterator[None]:
    """Let those that wait in a thread go at the end."""
    door.clear()
    yield
    door.set()


def text(content: str) -> Message:
    return {"type": "websocket.send", "text": content}


async def never_accepts(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await anyio.sleep_forever()


@pytest.mark.usefixtures("no_thread_left")
def test_an_app_that_does_not_accept(make_client: MakeClient) -> None:
    """The opening fails in time, and says where the app waits. It is cancelled, which is no crash of its own."""
    client = make_client(never_accepts, timeout=0.1)

    with pytest.raises(AppError) as caught:
        client.open_socket("/private?a=b")

    where = place(never_accepts, "await anyio.sleep_forever()")
    assert str(caught.value) == (
        f"The app did not accept the websocket /private?a=b within 0.1 seconds. It was waiting at {where}"
    )
    assert messages(client) == []


def test_an_app_that_does_not_accept_and_does_not_stop(make_client: MakeClient) -> None:
    """It is left behind, and that is a crash."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.to_thread.run_sync(door.wait, 20)

    client = make_client(app, timeout=0.1)

    with pytest.raises(AppError, match=r"^The app did not accept the websocket / within 0\.1 seconds\."):
        client.open_socket("/")

    (message,) = messages(client)
    where = place(app, "await anyio.to_thread.run_sync(door.wait, 20)")
    assert message == f"The app did not end when the websocket / was cancelled. It was waiting at {where}"


async def ignores_the_disconnect(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    while True:
        await receive()


def test_an_app_that_ignores_the_disconnect(make_client: MakeClient) -> None:
    """Closing does not wait for it for long. At the end it is cancelled, and named."""
    client = make_client(ignores_the_disconnect, timeout=0.1)
    socket = client.open_socket("/greet")

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
def test_an_app_that_swallows_a_cancellation(make_client: MakeClient) -> None:
    """It is cancelled again."""
    client = make_client(swallows_one_cancellation, timeout=0.1)
    client.open_socket("/greet")

    client.shut_down()

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
def test_an_app_that_does_not_end(make_client: MakeClient, app: Callable[..., object], line: str) -> None:
    """It is left behind, and named."""
    client = make_client(app, timeout=0.1)
    client.open_socket("/greet")

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
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The opening is interrupted."""
    monkeypatch.setattr(alarm_module, "PATIENCE", 0.1)
    client = make_client(blocks, timeout=0.1)
    client.start()

    with pytest.raises(AppError) as caught:
        client.open_socket("/at-once")

    wanted = "The app blocked its event loop for 0.1 seconds during websocket /at-once, at "
    assert str(caught.value) == wanted + place(blocks, "door.wait(20)")
    assert messages(client) == [str(caught.value)]


def test_an_app_that_blocks_its_loop_at_a_message(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sending is interrupted."""
    monkeypatch.setattr(alarm_module, "PATIENCE", 0.1)
    client = make_client(blocks, timeout=0.1)
    client.start()
    socket = client.open_socket("/")

    with pytest.raises(AppError) as caught:
        socket.send("hi")

    wanted = "The app blocked its event loop for 0.1 seconds during websocket /, at "
    assert str(caught.value) == wanted + place(blocks, "door.wait(20)")
    assert messages(client) == [str(caught.value)]


def test_a_place_is_told(make_client: MakeClient) -> None:
    """Where the app waits, for a message that does not come."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await anyio.Event().wait()

    client = make_client(app, timeout=0.1)
    socket = client.open_socket("/")

    seen = (socket.receive(0.01), socket.place())

    assert seen == (None, place(app, "await anyio.Event().wait()"))


async def crashes(scope: Scope, receive: Receive, send: Send, *, when: str) -> None:
    await receive()
    if when != "before accepting":
        await send(ACCEPT)
    if when == "at a message":
        await receive()
        await send(text("one moment"))
    if when == "at the end":
        try:
            await receive()
        finally:
            raise ZeroDivisionError("division by zero")
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("when", "at_opening", "at_sending", "at_closing"),
    [
        pytest.param("before accepting", 1, 1, 1, id="before"),
        pytest.param("after accepting", 1, 1, 1, id="after"),
        pytest.param("at a message", 0, 1, 1, id="message"),
        pytest.param("at the end", 0, 0, 1, id="disconnect"),
    ],
)
def test_a_crash_is_there_after_the_act(
    make_client: MakeClient, when: str, at_opening: int, at_sending: int, at_closing: int
) -> None:
    """It is recorded when the act returns that made the app crash, and is not raised."""
    client = make_client(partial(crashes, when=when))
    counts = []

    socket = client.open_socket("/greet")
    counts.append(len(client.recorder.crashes))
    if when == "at a message":
        socket.send("hi")
    counts.append(len(client.recorder.crashes))
    socket.close()
    counts.append(len(client.recorder.crashes))

    assert counts == [at_opening, at_sending, at_closing]
    (crash,) = client.recorder.crashes
    assert (str(crash.exception), crash.doing, crash.delivered) == ("division by zero", "websocket /greet", False)


def test_a_crash_before_it_accepts_refuses(make_client: MakeClient) -> None:
    """With the status that servers give."""
    socket = make_client(partial(crashes, when="before accepting")).open_socket("/")

    assert socket.conversation.refusal == Refusal(status=500)


def test_a_crash_closes(make_client: MakeClient) -> None:
    """With the code that servers give; what came before is received."""
    socket = make_client(partial(crashes, when="at a message")).open_socket("/")
    socket.send("hi")

    seen = [socket.receive(LONG), socket.receive(LONG)]

    assert (seen, closing(socket)) == (["one moment", None], ("app", 1011, ""))


def test_an_app_that_returns_without_an_answer(make_client: MakeClient) -> None:
    """It has refused, as servers take it; it is no crash."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    client = make_client(app)
    socket = client.open_socket("/")

    assert socket.conversation.refusal == Refusal(status=500)
    assert messages(client) == []


def test_an_app_that_returns_without_closing(make_client: MakeClient) -> None:
    """The connection is lost."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await send(text("bye"))

    client = make_client(app)
    socket = client.open_socket("/")
    seen = [socket.receive(LONG), socket.receive(LONG)]

    assert (seen, messages(client)) == (["bye", None], [])
    assert closing(socket) == ("app", 1006, "the app ended without closing it")


def test_a_stray_cancellation_is_a_crash(make_client: MakeClient, kind: str) -> None:
    """An app that awaits a task that was cancelled."""
    if kind.endswith("trio"):
        pytest.skip("it is asyncio's")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        raise asyncio.CancelledError

    client = make_client(app)
    socket = client.open_socket("/")

    assert closing(socket) == ("app", 1011, "")
    assert messages(client) == [
        "The app let a CancelledError out of websocket /, though nobody cancelled it: "
        "it awaits a task that was cancelled."
    ]


class Endless:
    """Sends without any await but that of sending; `sent` counts."""

    def __init__(self, content: str) -> None:
        self.content = content
        self.sent = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send without end."""
        await send(ACCEPT)
        while True:
            await send(text(self.content))
            self.sent += 1


@pytest.mark.usefixtures("no_thread_left")
@pytest.mark.parametrize(
    ("content", "ahead"),
    [pytest.param("x", 65, id="small"), pytest.param("x" * 40_000, 2, id="large")],
)
def test_an_endless_sender_waits_for_its_client(make_client: MakeClient, content: str, ahead: int) -> None:
    """It is never far ahead, and ends when the client leaves, which is no crash."""
    app = Endless(content)
    client = make_client(app)
    socket = client.open_socket("/")

    for _ in range(100):
        assert socket.receive(LONG) == content
    sent = app.sent
    socket.close()

    assert 100 <= sent <= 100 + ahead
    assert client.recorder.conversations[0].transcript.total <= 100 + ahead
    assert (closing(socket), messages(client)) == (("client", 1000, ""), [])


def test_several_tasks_of_an_app_wait_for_room(make_client: MakeClient) -> None:
    """All of them go on when there is room, and when the client leaves."""
    ended = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def flood() -> None:
            try:
                while True:
                    await send(text("x"))
            except OSError:
                ended.append("flood")

        await send(ACCEPT)
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(flood)

    client = make_client(app)
    socket = client.open_socket("/")
    for _ in range(200):
        socket.receive(LONG)
    socket.close()

    assert (ended, messages(client)) == (["flood"] * 3, [])


def test_several_tasks_of_an_app_wait_for_a_message(make_client: MakeClient) -> None:
    """Each message is received by one of them."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def answer() -> None:
            while (message := await receive())["type"] == "websocket.receive":
                await send(text(message["text"]))
            group.cancel_scope.cancel()

        await receive()
        await send(ACCEPT)
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(answer)

    client = make_client(app)
    socket = client.open_socket("/")
    for number in range(6):
        socket.send(f"{number}")
    seen = [socket.receive(LONG) for _ in range(6)]
    socket.close()

    assert (sorted(filter(None, map(str, seen))), messages(client)) == ([f"{number}" for number in range(6)], [])


async def sends_to_nobody(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive()
    await websocket.receive()
    await websocket.send_text("are you there?")


def test_sending_to_nobody_is_no_crash(make_client: MakeClient) -> None:
    """Starlette makes a disconnect of it, which an app may let pass."""
    client = make_client(Starlette(routes=[WebSocketRoute("/", sends_to_nobody)]))
    socket = client.open_socket("/")
    socket.send("hi")

    socket.close()

    assert messages(client) == []
    assert client.recorder.conversations[0].transcript.total == 1


def test_an_error_of_its_own_is_a_crash(make_client: MakeClient) -> None:
    """Only the OSError that sending has raised is the client's doing."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await receive()
        await receive()
        raise OSError("no space left on device")

    client = make_client(app)
    client.open_socket("/").close()

    assert messages(client) == ["no space left on device"]


def test_an_app_that_sends_to_nobody_again_and_again(make_client: MakeClient) -> None:
    """It does not hold up the loop; at the end it is cancelled."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        while True:
            try:
                await send(text("x"))
            except OSError:
                continue

    client = make_client(app, timeout=0.1)
    client.open_socket("/").close()

    client.close()

    (message,) = messages(client)
    assert message.startswith(
        "The app did not end within 0.1 seconds after the websocket / was closed. It was cancelled. It was waiting at "
    )


def test_a_refused_app_that_does_not_end(make_client: MakeClient) -> None:
    """It is cancelled at the end, as one that has accepted."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close"})
        while True:
            await receive()

    client = make_client(app, timeout=0.1)
    socket = client.open_socket("/")

    client.close()

    assert socket.conversation.refusal == Refusal(1000, "")
    (message,) = messages(client)
    assert message.startswith(
        "The app did not end within 0.1 seconds after the websocket / was closed. It was cancelled. It was waiting at "
    )


def _start(group: TaskGroup, work: Work) -> None:
    group.start_soon(work)


def test_a_websocket_that_was_never_connected() -> None:
    """It can be abandoned too, before the app has received anything."""
    recorder = Recorder(never_accepts, timeout=30, root=ROOT)

    async def leave() -> bool:
        line = Line(recorder, {"type": "websocket", "path": "/", "headers": []})
        async with anyio.create_task_group() as group:
            line.start(lambda work: _start(group, work), sleeps, sends)
            await anyio.lowlevel.checkpoint()
            await line.abandon()
        return line.call.ended.is_set

    async def sleeps() -> Message:
        await anyio.sleep_forever()
        return {}

    async def sends(message: Message) -> None:
        raise AssertionError(message)

    ended = anyio.run(leave)

    assert (ended, recorder.crashes) == (True, [])


def test_an_interrupt_ends_the_opening(make_client: MakeClient) -> None:
    """Ctrl-C, while the app does not accept: it is not waited for."""
    client = make_client(never_accepts)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(KeyboardInterrupt):
            client.open_socket("/")
    finally:
        signal.signal(signal.SIGALRM, before)
    client.close()

    assert messages(client) == []


def test_who_closed_first_has_closed() -> None:
    """The client may close in the moment in which the app does."""
    line = Line(Recorder(never_accepts, timeout=30, root=ROOT), {"type": "websocket", "path": "/", "headers": []})
    by_app = line.conversation.closing = Closing("app", 4000, "first")

    anyio.run(line.leave, 1000)

    assert line.conversation.closing is by_app
