"""The app's call behind a response that came over a socket, where the server is in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import anyio

from asgherkin.clients.deadlines import AppCall, grace

if TYPE_CHECKING:
    import httpx2

    from asgherkin.clients.server import Server
    from asgherkin.evidence.exchange_record import Exchange


def address_of(response: httpx2.Response) -> tuple[str, int] | None:
    """The client's end of the connection that a response came by."""
    stream = response.extensions.get("network_stream")
    return None if stream is None else cast("tuple[str, int] | None", stream.get_extra_info("client_addr"))


class CallBehind:
    """The app's call for one request. Nothing is known of one behind a deployed server, nor before it has begun."""

    def __init__(self, server: Server | None, exchange: Exchange, timeout: float) -> None:
        self._server = server
        self._exchange = exchange
        self._timeout = timeout
        self._call: AppCall | None = None
        self._rests = False

    @property
    def here(self) -> bool:
        """Whether it is in this process."""
        return self._server is not None

    @property
    def patience(self) -> float:
        """Seconds that the client waits: longer than the app is given here, since the watch on the app says more."""
        return self._timeout + 2 * grace(self._timeout) + 1 if self.here else self._timeout

    def found(self, response: httpx2.Response) -> None:
        """A response has come: the call is the one on the same connection."""
        if self._server is not None:
            self._call = self._server.call(address_of(response))

    def rest(self) -> None:
        """Let no watch stop it: the client has deadlines of its own."""
        self._rests = True
        if self._call is not None:
            self._call.rest()
        elif self._server is not None:
            self._server.let_rest(self._exchange.doing)

    def resume(self) -> None:
        """Let the watch stop it again."""
        if self._rests:
            self._rests = False
            if self._call is not None:
                self._call.resume()

    def place(self) -> str:
        """Where it waits; empty where that is not known. To be called on its loop."""
        return next((place for call in self._calls() if (place := call.place())), "")

    def leaves(self) -> None:
        """The client leaves."""
        for call in self._calls():
            call.leaves()

    async def dismiss(self) -> None:
        """Let it end after its client has left; it is cancelled after a while."""
        for call in self._calls():
            await call.dismiss()

    async def failure(self) -> BaseException | None:
        """What left the app, once the call has ended."""
        calls = self._calls()
        if not all(call.ended.is_set() for call in calls):
            with anyio.move_on_after(self.patience):
                for call in calls:
                    await call.ended.wait()
        return next((call.failure for call in calls if call.failure is not None), None)

    def _calls(self) -> list[AppCall]:
        if self._call is not None:
            return [self._call]
        return [] if self._server is None else self._server.calls(self._exchange.doing)
