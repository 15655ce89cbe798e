"""Websockets in a user's own code, sync and async: they raise what the app raised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anyio
import pytest
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from asgherkin.errors import AppError
from tests.clients.places import place
from tests.websockets.conftest import per_client
from tests.websockets.rooms import ACCEPT, SUBPROTOCOLS, Shop, messages, text

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Receive, Scope, Send
    from tests.websockets.conftest import MakeWebSocketClient


@pytest.mark.usefixtures("no_thread_left")
def test_a_websocket_in_sync_code(make_client: MakeWebSocketClient) -> None:
    """The methods of Starlette's session."""
    shop = Shop()
    client = make_client(shop.app)

    with client.connect("/greet", SUBPROTOCOLS) as websocket:
        websocket.send_text("Ann")
        websocket.send_bytes(b"\x01\x02")
        websocket.send_json({"a": "ä"})
        websocket.send_json([1, 2], mode="binary")
        seen = [websocket.receive_text(), websocket.receive_bytes(), websocket.receive_text()]
        last = websocket.receive_bytes()
        subprotocol = websocket.subprotocol

    assert seen == ["Hello, Ann!", b"\x02\x01", 'Hello, {"a":"ä"}!']
    assert (last, subprotocol) == (b"]2,1[", "chat.v1")
    assert (shop.log, messages(client)) == ([(1000, "")], [])


@pytest.mark.usefixtures("no_thread_left")
def test_a_websocket_in_async_code(make_client: MakeWebSocketClient) -> None:
    """The same names, awaited, on the app's loop."""
    shop = Shop()
    client = make_client(shop.app)

    async def talk() -> list[object]:
        async with client.connect("/greet", SUBPROTOCOLS) as websocket:
            await websocket.send_text("Ann")
            await websocket.send_bytes(b"\x01\x02")
            await websocket.send_json({"a": "ä"})
            seen = [await websocket.receive_text(), await websocket.receive_bytes(), await websocket.receive_text()]
            await websocket.close(1001, "tired")
            return [*seen, websocket.subprotocol]

    seen = client.run(talk)

    assert seen == ["Hello, Ann!", b"\x02\x01", 'Hello, {"a":"ä"}!', "chat.v1"]
    assert (shop.log, messages(client)) == ([(1001, "tired")], [])


async def answers_in_json(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    await send(text(json.dumps({"drink": "latte"})))
    await send({"type": "websocket.send", "bytes": json.dumps([1, 2]).encode()})
    await send(text("a"))
    await send({"type": "websocket.send", "bytes": b"b"})
    await receive()
    await receive()


@per_client
def test_json_is_received(make_client: MakeWebSocketClient) -> None:
    """From a text, or from bytes. The other kind of message is an error, which says what came."""
    with make_client(answers_in_json).connect("/a") as websocket:
        seen = [websocket.receive_json(), websocket.receive_json(mode="binary")]
        with pytest.raises(AppError, match=r"^The app sent a text on the websocket /a, not bytes: 'a'$"):
            websocket.receive_bytes()
        with pytest.raises(AppError, match=r"^The app sent bytes on the websocket /a, not a text: b'b'$"):
            websocket.receive_text()

    assert seen == [{"drink": "latte"}, [1, 2]]


@per_client
def test_closing_in_sync_code(make_client: MakeWebSocketClient) -> None:
    """Afterwards nothing can be sent or received."""
    shop = Shop()
    client = make_client(shop.app)

    with client.connect("/greet") as websocket:
        websocket.close(4000, "bye")
        with pytest.raises(WebSocketDisconnect) as at_sending:
            websocket.send_text("Ann")
        with pytest.raises(WebSocketDisconnect) as at_receiving:
            websocket.receive_text()

    assert [(caught.value.code, caught.value.reason) for caught in (at_sending, at_receiving)] == [(4000, "bye")] * 2
    assert (shop.log, messages(client)) == ([(4000, "bye")], [])


@per_client
def test_an_app_that_closes_is_raised_at_receiving(make_client: MakeWebSocketClient) -> None:
    """What came before comes first."""
    with make_client(Shop().app).connect("/close/4001") as websocket:
        seen = websocket.receive_text()
        with pytest.raises(WebSocketDisconnect) as caught:
            websocket.receive_text()

    assert (seen, caught.value.code, caught.value.reason) == ("bye", 4001, "we close at six")


@per_client
def test_a_refusal_by_a_code_is_raised(make_client: MakeWebSocketClient) -> None:
    """As Starlette's session raises it."""
    client = make_client(Shop().app)

    with pytest.raises(WebSocketDisconnect) as caught, client.connect("/stranger"):
        pass

    assert (caught.value.code, caught.value.reason, messages(client)) == (1008, "who are you?", [])


@per_client
def test_a_refusal_by_a_response_is_raised(make_client: MakeWebSocketClient) -> None:
    """As Starlette's session raises it: it is a response."""
    client = make_client(Shop().app)

    with pytest.raises(WebSocketDenialResponse) as caught, client.connect("/forbidden"):
        pass

    assert (caught.value.status_code, caught.value.json()) == (403, {"detail": "staff only"})
    assert (caught.value.headers["X-Reason"], messages(client)) == ("staff", [])


class Crashes:
    """An app that crashes after its answer to the second message, or before it accepts."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and crash."""
        if scope["path"] == "/at-once":
            raise self.error
        await receive()
        await send(ACCEPT)
        for _ in range(2):
            if (await receive())["type"] == "websocket.disconnect":
                break
            await send(text("hi"))
        raise self.error


@per_client
@pytest.mark.parametrize("path", ["/at-once", "/"])
def test_a_crash_is_raised(make_client: MakeWebSocketClient, path: str) -> None:
    """By opening, or by leaving where the disconnect has caused it. It is no crash of the scenario's then."""
    client = make_client(Crashes(ZeroDivisionError("division by zero")))

    with pytest.raises(ZeroDivisionError), client.connect(path) as websocket:
        websocket.send_text("a")

    assert [crash.delivered for crash in client.recorder.crashes] == [True]


@per_client
def test_a_crash_is_raised_at_receiving(make_client: MakeWebSocketClient) -> None:
    """After what came before it, and once: leaving the block is quiet then."""
    client = make_client(Crashes(ZeroDivisionError("division by zero")))

    with client.connect("/") as websocket:
        websocket.send_text("a")
        websocket.send_text("b")
        seen = [websocket.receive_text(), websocket.receive_text()]
        with pytest.raises(ZeroDivisionError):
            websocket.receive_text()

    assert seen == ["hi", "hi"]
    assert [crash.delivered for crash in client.recorder.crashes] == [True]


@per_client
def test_an_error_in_the_block_is_not_hidden(make_client: MakeWebSocketClient) -> None:
    """The app's exception is a crash that is not told yet."""
    client = make_client(Crashes(ZeroDivisionError("division by zero")))

    with pytest.raises(LookupError), client.connect("/"):
        raise LookupError

    assert [crash.delivered for crash in client.recorder.crashes] == [False]


@per_client
def test_an_exit_is_raised_as_an_error(make_client: MakeWebSocketClient) -> None:
    """A test must not end by it."""
    client = make_client(Crashes(SystemExit(3)))

    with (
        pytest.raises(AppError, match=r"^The app raised SystemExit: 3$"),
        client.connect("/at-once"),
    ):
        pass


# On trio, too: Python 3.11 traces no coroutine that asyncio has resumed by a cancellation, and so coverage misses it.
@pytest.mark.parametrize("kind", ["async-asyncio", "test-trio"], indirect=True)
@pytest.mark.parametrize("knows", [True, False], ids=["place known", "place unknown"])
def test_a_message_that_does_not_come(make_client: MakeWebSocketClient, knows: bool) -> None:
    """The error says where the app waits, if that is known."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "websocket.connect"
        await send(ACCEPT)
        await receive()

    with make_client(app, timeout=0.1).connect("/greet") as websocket:
        (call,) = websocket.websocket._connection._source.calls()  # noqa: SLF001 - to make it not known
        call.task *= knows
        with pytest.raises(AppError) as caught:
            websocket.receive_text()

    where = f" The app was waiting at {place(app, 'await receive()')}" if knows else ""
    assert str(caught.value) == f"The websocket /greet received nothing within 0.1 seconds.{where}"


def test_two_websockets_of_own_code(make_client: MakeWebSocketClient) -> None:
    """Two tasks wait on two of them at the same time."""
    shop = Shop()
    client = make_client(shop.app)
    seen: list[str] = []

    async def listen(name: str) -> None:
        async with client.connect(f"/live?name={name}") as websocket:
            ready.append(name)
            if len(ready) == 2:
                await websocket.send_text("hi")
            seen.append(await websocket.receive_text())

    async def both() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(listen, "ann")
            group.start_soon(listen, "bob")

    ready: list[str] = []
    client.run(both)

    assert seen == [f"{ready[1]}: hi"] * 2


@per_client
def test_an_app_that_does_not_end_is_named(make_client: MakeWebSocketClient) -> None:
    """Leaving the block waits for it a while."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await anyio.sleep_forever()

    client = make_client(app, timeout=0.1)

    with client.connect("/greet"):
        pass

    assert messages(client) == [
        "The app did not end within 0.1 seconds after the websocket /greet was closed. It was cancelled. "
        f"It was waiting at {place(app, 'await anyio.sleep_forever()')}"
    ]
