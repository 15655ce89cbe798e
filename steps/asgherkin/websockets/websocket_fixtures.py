"""The fixture `websocket_connect`; the kind of channel and the wrapper that the core takes from this capability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.clients.asgi import WRAPPERS
from asgherkin.session.channels import KINDS, ChannelKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from asgherkin.clients.asgi import Receive, Scope, Send
    from asgherkin.clients.recorder import Recorder, Wrapper
    from asgherkin.session.session import Session

WEBSOCKET = ChannelKind("websocket", 'I open a websocket to "/greet"', "the websocket receives JSON containing:")


def _wrap(recorder: Recorder, scope: Scope, receive: Receive, send: Send) -> Wrapper:
    from asgherkin.websockets.transcript import wrap  # slow to import, and most scenarios have none

    return wrap(recorder, scope, receive, send)


KINDS.append(WEBSOCKET)
WRAPPERS["websocket"] = _wrap


@pytest.fixture
def websocket_connect(session: Session) -> Callable[..., Any]:
    """Opens a websocket: with `with` in `def` steps, with `async with` in `async def` ones. The app is started.

    It takes an address, a list of subprotocols, and httpx's options for a request, and gives what has the methods
    of Starlette's WebSocketTestSession.
    """
    from asgherkin.websockets.held_websockets import HeldWebSockets  # slow to import, and most scenarios have none

    session.start()
    session.raise_crash()
    return session.part(HeldWebSockets).connect
