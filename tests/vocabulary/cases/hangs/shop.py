"""An app that waits or blocks for ever."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


async def wait() -> None:
    await asyncio.Event().wait()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == "/wait":
        await wait()
    elif scope["type"] == "http" and scope["path"] == "/sleep":
        time.sleep(60)  # noqa: ASYNC251 - what blocks is what is tested
    elif scope["type"] == "http":
        # Not for ever: with the client "test" it goes on in its thread, which nobody can stop.
        until = time.monotonic() + 3
        while time.monotonic() < until:
            pass
