"""Responses over a socket that are read as they come: a task reads, so that no wait for the next part loses one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import anyio
import httpx2

from asgherkin.clients.network import late
from asgherkin.clients.talk import StreamTalk
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from asgherkin.clients.deadlines import AppCall
    from asgherkin.clients.live_wire import Wire
    from asgherkin.clients.owner import Spawn
    from asgherkin.clients.transport import Opening


async def read_as_it_comes(wire: Wire, request: httpx2.Request, opening: Opening, spawn: Spawn) -> httpx2.Response:
    """Send a request, and return when its response has started. `opening` waits for that, with a deadline."""
    talk = PumpedTalk(request)
    pump = _Pump(wire, talk)
    spawn(pump.run)
    try:
        await opening(talk, cast("AppCall", wire.call))
    except BaseException as error:
        with anyio.CancelScope(shield=True):
            await pump.leave()
        if isinstance(error, AppError) and not wire.call.here:
            raise late(request, wire.call.patience) from None
        raise
    if talk.error is not None and not talk.status:
        raise talk.error
    return httpx2.Response(talk.status or 500, headers=talk.headers, stream=_PumpedStream(pump))


class PumpedTalk(StreamTalk):
    """What came, and the error that it ended with: to be raised after all that came before it."""

    error: Exception | None = None

    async def next_chunk(self) -> bytes | None:
        """The next part of the body, None at its end. Raises `Unreachable` where that came too early."""
        chunk = await super().next_chunk()
        if chunk is None and self.error is not None:
            error, self.error = self.error, None
            raise error
        return chunk


class _Pump:
    """The task that reads."""

    def __init__(self, wire: Wire, talk: PumpedTalk) -> None:
        self._wire = wire
        self._talk = talk
        self._opened = False
        self._ended = anyio.Event()
        self._scope = anyio.CancelScope()

    async def run(self) -> None:
        """Read until the end. To be spawned; raises nothing."""
        try:
            with self._scope:
                await self._read()
        except Exception as error:  # noqa: BLE001 - told where the stream is read
            self._talk.error = error
        finally:
            self._talk.end()
            self._ended.set()

    async def _read(self) -> None:
        wire, talk = self._wire, self._talk
        self._opened = await wire.open(None)
        talk.status, talk.headers = wire.status, wire.headers
        talk.start()
        while self._opened and (chunk := await wire.chunk(None)) is not None:
            await talk.add(chunk)

    async def leave(self) -> None:
        """Close the connection, and let the app end."""
        self._talk.disconnect()
        if not self._wire.exchange.complete:
            self._wire.call.leaves()
        self._scope.cancel()
        await self._ended.wait()
        if self._opened:
            await self._wire.close()
        else:
            await self._wire.call.dismiss()


class _PumpedStream(httpx2.AsyncByteStream):
    """Stands for the body: it is read from the talk."""

    def __init__(self, pump: _Pump) -> None:
        self._pump = pump

    async def aclose(self) -> None:
        """Leave it."""
        await self._pump.leave()
