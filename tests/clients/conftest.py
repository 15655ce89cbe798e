"""One factory of clients, on every loop."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from asgherkin.clients.app_location import asgi3
from asgherkin.clients.in_process import AsyncAdapter
from asgherkin.clients.loop import make_loop
from asgherkin.clients.recorder import Recorder
from asgherkin.clients.starlette_client import TestClientAdapter
from tests.clients.live_shop import Run, Shop, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asgherkin.clients.in_process import Client

ROOT = Path(__file__).parent
# What shared code decides runs on one loop of each client. Where the loop decides (cancellation, threads, hangs), a
# test or a module asks for more; mostly without uvloop, whose tasks are asyncio's.
TWO_KINDS = ["async-asyncio", "test-trio"]
ALL_KINDS = [f"{client}-{loop}" for client in ("async", "test") for loop in ("asyncio", "uvloop", "trio")]
each_loop = pytest.mark.parametrize("kind", [*TWO_KINDS, "async-trio", "test-asyncio"], indirect=True)
every_loop = pytest.mark.parametrize("kind", ALL_KINDS, indirect=True)


class MakeClient(Protocol):
    """Makes a client of an app; it is closed after the test."""

    def __call__(self, app: object, *, timeout: float = 30) -> Client:
        """Make one."""


def make_adapter(kind: str, app: object, timeout: float) -> Client:
    client, loop = kind.split("-")
    recorder = Recorder(asgi3(app), timeout=timeout, root=ROOT)
    if client == "async":
        return AsyncAdapter(recorder, make_loop(loop))
    return TestClientAdapter(recorder, "trio" if loop == "trio" else "asyncio", use_uvloop=loop == "uvloop")


@pytest.fixture(params=TWO_KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """A client and a loop."""
    return str(request.param)


@pytest.fixture
def make_client(kind: str, request: pytest.FixtureRequest) -> Iterator[MakeClient]:
    made: list[Client] = []

    def make(app: object, *, timeout: float = 30) -> Client:
        made.append(make_adapter(kind, app, timeout))
        made[-1].recorder.root = request.path.parent
        return made[-1]

    yield make
    for client in made:
        client.close_loop()
    gc.collect()


@pytest.fixture
def no_thread_left() -> Iterator[None]:
    """Fail if a test leaves a thread behind."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert set(threading.enumerate()) <= before


@pytest.fixture
def run() -> Iterator[Run]:
    """Scenarios on the client live, one after the other; it ends with the test."""
    with running() as made:
        yield made


@pytest.fixture
def shop() -> Shop:
    """The app that they reach."""
    return Shop()
