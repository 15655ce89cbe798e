"""Apps that block the loop that a server of this process runs on: its thread is given up, and stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import AppError
from tests.clients.live_shop import Run, Shop

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Receive, Scope, Send


def test_a_shut_down_that_blocks_at_the_end_of_the_run() -> None:
    """The thread is given up."""
    run, door = Run(timeout=0.1), threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        door.wait(30)

    other = Shop()
    run.scenario(app).start()
    run.scenario(other.app).start()
    run.finish()
    try:
        with pytest.raises(
            AppError, match=r"^The app blocked its event loop for 0\.1 seconds during shut-down, at test"
        ):
            run.server_threads.close()
    finally:
        door.set()


def test_a_loop_that_is_blocked_for_good() -> None:
    """The next scenario gets another one."""
    run, door = Run(timeout=0.1), threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/block":
            door.wait(30)
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    client = run.scenario(app)
    try:
        blocked = client.request("GET", "/block", follow_redirects=True)
        client.close_loop()
        run.clients.clear()
        fine = run.scenario(app).request("GET", "/", follow_redirects=True)
        run.finish()
        run.server_threads.close()
    finally:
        door.set()

    assert (blocked.status_code, fine.status_code) == (500, 204)


def test_a_lifespan_that_does_not_end() -> None:
    """Nobody waits for it at the end of the run."""
    run, done = Run(timeout=0.1), list[bool]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        while not done:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.5)

    run.scenario(app).start()
    run.finish()
    run.server_threads.close()
    done.append(True)
