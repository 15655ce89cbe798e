"""The recorder as an ASGI app: what passes through it, whichever type its scope has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest

from asgherkin.clients.recorder import Crashed, Recorder, ServedScope

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
