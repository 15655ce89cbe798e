"""The answer of a server to a websocket's opening, over a socket."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Protocol, cast

import anyio
import httpx2

from asgherkin.clients.live_transport import BROKEN, addressed
from asgherkin.clients.network import failed, late, no_upgrade
from asgherkin.evidence.exchange_record import BODY_CAP

if TYPE_CHECKING:
    from asgherkin.clients.live_transport import Serving
    from asgherkin.clients.recorder import Recorder
    from asgherkin.clients.server import Server

HANDSHAKE = "asgherkin.handshake"
"""The extension of a request that opens a websocket. Its value looks at the answer."""
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Opened(Protocol):
    """The websocket that is opened."""

    def asked(self, request: httpx2.Request, server: Server | None) -> None:
        """The request is sent."""

    def found(self, server: Server | None, response: httpx2.Response) -> None:
        """A response has come."""

    def refused(self, response: httpx2.Response, body: bytes) -> None:
        """It is refused."""


class Handshake:
    """The answer to the request that opens a websocket: an upgrade, a refusal, or neither."""

    def __init__(self, line: Opened, recorder: Recorder) -> None:
        self._line = line
        self._recorder = recorder

    async def shake(
        self, pool: httpx2.AsyncBaseTransport, request: httpx2.Request, server: Server | None
    ) -> httpx2.Response:
        """Send the request by a pool of connections. Raises `Unreachable` where the answer is none."""
        line, timeout = self._line, self._recorder.timeout
        line.asked(request, server)
        try:
            response = await pool.handle_async_request(request)
        except BROKEN as error:
            raise failed(error, request, timeout) from None
        line.found(server, response)
        if response.status_code != httpx2.codes.SWITCHING_PROTOCOLS:
            await self._read_refusal(response, request, server)
        elif response.headers.get("sec-websocket-accept") != _accept(request.headers["sec-websocket-key"]):
            await cast("httpx2.AsyncByteStream", response.stream).aclose()
            raise no_upgrade(request, timeout, "its Sec-WebSocket-Accept is missing or wrong")
        return response

    async def _read_refusal(self, response: httpx2.Response, request: httpx2.Request, server: Server | None) -> None:
        body = b""
        parts = aiter(cast("httpx2.AsyncByteStream", response.stream))
        try:
            with anyio.fail_after(self._recorder.timeout):
                async for part in parts:
                    body += part[: BODY_CAP - len(body)]
        except TimeoutError:
            raise late(request, self._recorder.timeout, status=response.status_code, size=len(body)) from None
        except BROKEN as error:
            if server is not None:  # the app broke its refusal off
                self._line.refused(response, body)
                return
            came = {"status": response.status_code, "size": len(body)}
            raise failed(error, request, self._recorder.timeout, **came) from None
        self._line.refused(response, body)


class HandshakeTransport(httpx2.AsyncBaseTransport):
    """Sends the requests that open websockets by a pool of connections."""

    def __init__(self, pool: httpx2.AsyncBaseTransport, serving: Serving) -> None:
        self._pool = pool
        self._serving = serving

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        handshake: Handshake = request.extensions[HANDSHAKE]
        server = await self._serving()
        return await handshake.shake(self._pool, addressed(request, server), server)


def _accept(key: str) -> str:
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest()).decode()  # noqa: S324 - RFC 6455 has it so
