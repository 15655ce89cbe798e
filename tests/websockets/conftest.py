"""Clients that open websockets, on every loop."""

from __future__ import annotations

import gc
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from asgherkin.errors import AppError
from asgherkin.websockets.connection import Opening
from asgherkin.websockets.held_websockets import websockets_of
from asgherkin.websockets.own_websocket import OwnWebSocket
from tests.clients.conftest import make_adapter, no_thread_left, shop
from tests.clients.live_shop import Run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from asgherkin.clients.in_process import Client
    from asgherkin.websockets.connection import ClientWebSocket


class WebSocketClient:
    """A client, and the websockets that it opens."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.recorder = client.recorder
        self._websockets = websockets_of(client)
        self._own_websockets = websockets_of(client.user_side)

    def open(self, url: str, subprotocols: Sequence[str] = (), **options: object) -> ClientWebSocket:
        """Open one as sentences do."""
        return self._websockets.open(Opening(url, subprotocols, options))

    def connect(self, url: str, subprotocols: Sequence[str] = (), **options: object) -> OwnWebSocket:
        """Open one as a user's own code does."""
        return OwnWebSocket(self._own_websockets, Opening(url, subprotocols, options))

    def run(self, function: Callable[..., Awaitable[Any]], *args: object) -> Any:
        """Run an async function on the app's loop."""
        return self.client.run(function, *args)

    def close(self) -> None:
        """End what the scenario holds."""
        self.client.close()
        with suppress(AppError):  # the app may have blocked its loop
            self._websockets.close()


ROOT = Path(__file__).parent
__all__ = ["no_thread_left", "shop"]
ONE_LOOP = ("async-asyncio", "test-asyncio")
KINDS = (*ONE_LOOP, "async-trio", "test-trio")
per_client = pytest.mark.parametrize("kind", ONE_LOOP, indirect=True)
"""For what code decides that all loops share: on one loop of each client."""


class MakeWebSocketClient(Protocol):
    """Makes a client of an app; it is closed after the test."""

    def __call__(self, app: object, *, timeout: float = 30) -> WebSocketClient:
        """Make one."""
        ...


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """A client and a loop; uvloop's in `test_websockets.py` alone, since what is built on it is asyncio's."""
    return str(request.param)


@pytest.fixture
def make_client(kind: str) -> Iterator[MakeWebSocketClient]:
    made: list[WebSocketClient] = []

    def make(app: object, *, timeout: float = 30) -> WebSocketClient:
        client = make_adapter(kind, app, timeout)
        client.recorder.root = ROOT
        made.append(WebSocketClient(client))
        return made[-1]

    yield make
    for client in made:
        client.close()
        client.client.close_loop()
    gc.collect()


class LiveRun:
    """A run of several scenarios on the client live."""

    def __init__(self, timeout: float = 30) -> None:
        self._run = Run(timeout)

    def scenario(self, app: object) -> WebSocketClient:
        """The client of the next one, after the one before has ended."""
        return WebSocketClient(self._run.scenario(app))

    def finish(self) -> None:
        """End the scenario."""
        self._run.finish()

    def close(self) -> None:
        """End the run."""
        self._run.finish()
        self._run.server_threads.close()


@pytest.fixture
def run() -> Iterator[LiveRun]:
    """Scenarios on the client live, one after the other; it ends with the test."""
    made = LiveRun()
    yield made
    made.close()
