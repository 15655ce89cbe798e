"""Apps that block the loop that a server of this process runs on: its thread is given up, and stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

import anyio
import pytest

from asgherkin.errors import AppError
from tests.clients.live_shop import Run, Shop, running

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from asgherkin.clients.asgi import Receive, Scope, Send


async def hangs(door: threading.Event) -> None:
    await anyio.sleep_forever()


async def blocks(door: threading.Event) -> None:
    door.wait(30)


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (hangs, "The app did not shut down within 0.1 seconds. It was waiting at test_live_blocked.py"),
        (blocks, "The app blocked its event loop for 0.1 seconds during shut-down, at test_live_blocked.py"),
    ],
)
def test_a_shut_down_at_the_end_of_the_run(end: Callable[[threading.Event], Awaitable[None]], told: str) -> None:
    """One that hangs is cancelled; of one that blocks the thread is given up."""
    run, door = Run(timeout=0.1), threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await end(door)

    run.scenario(app).start()
    run.scenario(Shop().app).start()
    run.finish()

    with pytest.raises(AppError) as caught:
        run.server_threads.close()
    door.set()

    assert str(caught.value).startswith(told)


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
    done = threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        while not done.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.5)

    with running(timeout=0.1) as run:
        run.scenario(app).start()
    done.set()
