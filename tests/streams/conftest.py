"""Clients whose responses are read as they come, on every loop."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.clients.conftest import MakeClient, kind, make_adapter, no_thread_left

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asgherkin.clients.in_process import Client

__all__ = ["kind", "no_thread_left"]


@pytest.fixture
def make_client(kind: str) -> Iterator[MakeClient]:
    made: list[Client] = []

    def make(app: object, *, timeout: float = 30) -> Client:
        made.append(make_adapter(kind, app, timeout))
        made[-1].recorder.root = Path(__file__).parent
        return made[-1]

    yield make
    for client in made:
        client.close_loop()
    gc.collect()
