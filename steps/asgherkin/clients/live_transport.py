"""An httpx2 transport over real sockets: to a server of this process, or to a deployed one."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

import httpx2

from asgherkin.clients.live_wire import Body, Wire, addressed
from asgherkin.clients.transport import OPENING, RAISING, WHOLE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from asgherkin.clients.live_handshake import Handshake
    from asgherkin.clients.owner import Spawn
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.server import Server
    from asgherkin.clients.transport import Opening

    Serving: TypeAlias = Callable[[], Awaitable[Server | None]]

HANDSHAKE = "asgherkin.handshake"
"""The extension of a request that opens a websocket. Its value looks at the answer."""


class LiveTransport(httpx2.AsyncBaseTransport):
    """Sends requests by `pool`: to a server of this process, which `serving` gives, or to where their URLs say.

    Responses that are read part by part stand in `wires` until they are closed. What the app raises in this process
    is raised where the client is at, as by `ASGITransport`. A server that gives no whole answer in time raises
    `Unreachable`.
    """

    def __init__(
        self,
        pool: httpx2.AsyncBaseTransport,
        recorder: Recorder,
        serving: Serving,
        spawn: Spawn,
        wires: set[Wire],
        *,
        raise_app_exceptions: bool = True,
    ) -> None:
        self._pool = pool
        self._recorder = recorder
        self._serving = serving
        self._spawn = spawn
        self._wires = wires
        self._raising = raise_app_exceptions

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        extensions = request.extensions
        server = await self._serving()
        handshake: Handshake | None = extensions.get(HANDSHAKE)
        if handshake is not None:
            return await handshake.shake(self._pool, addressed(request, server), server)
        raising: bool = extensions.get(RAISING, self._raising)
        wire = Wire(self._pool, self._recorder, request, server, raising=raising)
        opening: Opening | None = extensions.get(OPENING)
        if opening is not None:
            from asgherkin.clients.live_streams import read_as_it_comes  # most scenarios have none

            return await read_as_it_comes(wire, request, opening, self._spawn)
        if WHOLE in extensions:
            return await wire.whole()
        if not await wire.open(monotonic() + wire.call.patience):
            return httpx2.Response(500)
        wire.call.rest()
        wire.keep(self._wires)
        return httpx2.Response(wire.status, headers=wire.headers, stream=Body(wire))
