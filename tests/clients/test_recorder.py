"""The recorder as an ASGI app: what passes through it, whichever type its scope has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest

from asgherkin.clients.recorder import Crashed, Recorder, ServedScope
from asgherkin.errors import AppError
from tests.clients.places import place

if TYPE_CHECKING:
    from asgherkin.clients.asgi import ASGI3, Message, Receive, Scope, Send

REQUEST = {"type": "http", "method": "GET", "path": "/notes", "headers": []}
TOPIC = {"type": "mqtt", "path": "/prices"}


def recorder_of(app: ASGI3) -> Recorder:
    return Recorder(app, timeout=5, root=Path(__file__).parent)


class Peer:
    """The other side: it has one message, and keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        """Its message."""
        return {"type": "a message"}

    async def send(self, message: Message) -> None:
        """Keep it."""
        self.sent.append(message)


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204})
    await send({"type": "http.response.body"})


async def echoes(scope: Scope, receive: Receive, send: Send) -> None:
    await send(await receive())


async def fails(scope: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError


def test_a_request_is_recorded() -> None:
    """Any ASGI client may call it."""
    recorder, peer = recorder_of(answers), Peer()

    anyio.run(recorder, dict(REQUEST), peer.receive, peer.send)

    (exchange,) = recorder.exchanges
    assert (exchange.doing, exchange.status, len(peer.sent)) == ("GET /notes", 204, 2)


def test_a_scope_of_an_unknown_type_is_passed_on() -> None:
    """No capability has a wrapper for it: messages pass as they are."""
    recorder, peer = recorder_of(echoes), Peer()

    anyio.run(recorder, dict(TOPIC), peer.receive, peer.send)

    assert (peer.sent, recorder.evidence.records) == ([{"type": "a message"}], [])


@pytest.mark.parametrize(("app", "crashes"), [(echoes, []), (fails, ["mqtt /prices"])])
def test_a_served_scope_of_an_unknown_type(app: ASGI3, crashes: list[str]) -> None:
    """A server of this process calls the app for it, too, and is told of a crash."""
    recorder, peer = recorder_of(app), Peer()

    async def serve() -> None:
        await ServedScope(recorder, TOPIC).serve(recorder, dict(TOPIC), peer.receive, peer.send)

    if crashes:
        with pytest.raises(Crashed):
            anyio.run(serve)
    else:
        anyio.run(serve)

    assert [crash.doing for crash in recorder.crashes] == crashes


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_recorder_is_an_app_itself(backend: str) -> None:
    """Any ASGI client may call it; a stubborn app is recorded then, too, but has to be waited for."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.3)

    recorder = Recorder(app, timeout=0.05, root=Path(__file__).parent)

    async def call() -> None:
        scope = {"type": "http", "method": "GET", "path": "/é", "headers": []}
        with pytest.raises(AppError):
            await recorder(scope, Peer().receive, Peer().send)

    anyio.run(call, backend=backend)

    (crash,) = recorder.crashes
    assert str(crash.exception) == (
        "The app did not answer GET /%C3%A9 within 0.05 seconds. It did not stop when it was cancelled either. "
        f"It was waiting at {place(app, 'await anyio.sleep(0.3)')}"
    )
