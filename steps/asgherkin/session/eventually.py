"""Trying again until a sentence holds, or its time is up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from asgherkin.clients.asgi import in_words
from asgherkin.errors import Mismatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from asgherkin.session.session import Session

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.1


def eventually(session: Session, within: float, check: Callable[[], None], again: Callable[[], object]) -> None:
    """Check until it holds, or `within` seconds are over; before each further try `again` is called.

    Raises the check's last Mismatch; a crash of the app in the meantime.
    """
    until = time.monotonic() + within
    pause = _FIRST_PAUSE
    while True:
        try:
            check()
        except Mismatch as mismatch:
            left = until - time.monotonic()
            if session.crashed:
                session.raise_crash()
                raise
            if left <= 0:
                last = f"This is the last of the tries within {_in_words(within)}."
                below = "\n".join(filter(None, (mismatch.differences, last)))
                raise Mismatch(mismatch.headline, below, rows=mismatch.rows) from None
        else:
            return
        session.client.run(_sleep, min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        again()


def _in_words(seconds: float) -> str:
    return in_words(seconds) if seconds >= 1 else f"{seconds * 1000:g} milliseconds"


async def _sleep(seconds: float) -> None:
    import anyio  # only where a scenario waits

    await anyio.sleep(seconds)
