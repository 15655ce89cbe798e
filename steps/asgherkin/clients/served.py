"""The app's calls for what a server in this process serves beside requests: a capability has its own kind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from asgherkin.clients.asgi import target
from asgherkin.clients.deadlines import AppCall

if TYPE_CHECKING:
    from collections.abc import Callable

    from asgherkin.clients.asgi import Receive, Scope, Send
    from asgherkin.clients.recorder import Recorder


class Crashed(Exception):  # noqa: N818 - no error of its own
    """Tells the server that the app has crashed: it answers with a 500 or drops the connection."""


class ServedScope(AppCall):
    """The app's call for a scope that is no request."""

    __slots__ = ("_receive", "_recorder", "_send", "_served")

    def __init__(
        self,
        recorder: Recorder,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        at_end: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(recorder, f"{scope['type']} {target(scope)}", at_end=at_end)
        self._recorder = recorder
        self._served = scope
        self._receive = receive
        self._send = send

    async def serve(self) -> None:
        """Call the app. Raises `Crashed` where the server has to answer in its place."""
        await self.run(partial(self._recorder, self._served, self._receive, self._send))
        if self.failure is not None:
            raise Crashed


SERVED: dict[str, type[ServedScope]] = {}
"""The call for a type of scopes. A capability puts its own into it."""
