"""What the scenarios of one worker share on the client `live`: event loops in threads, servers, connections."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import httpx2

from asgherkin.clients.deadlines import AppBlocked, alarm, blocked_loop, grace
from asgherkin.clients.loop import ThreadLoop, check_loop
from asgherkin.errors import AppError, ConfigurationError
from asgherkin.frames import summary, user_frames

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from asgherkin.clients.asgi import ASGI3
    from asgherkin.clients.server import Server
    from asgherkin.evidence.crash_record import Crash

T = TypeVar("T")
_EXPIRY = 2.0
"""Seconds that an idle connection to a deployed server is kept: less than any server's own limit."""


def make_pool(*, verify: bool = True) -> httpx2.AsyncHTTPTransport:
    """Connections over real sockets, as many at once as there are requests."""
    expiry = _EXPIRY if verify else None
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=expiry)
    return httpx2.AsyncHTTPTransport(verify=verify, limits=limits)


class ServerThread:
    """A thread with an event loop, the servers on it, and the connections of their clients."""

    def __init__(self, *, use_uvloop: bool, timeout: float, root: Path) -> None:
        self.loop = ThreadLoop.made("asyncio", use_uvloop=use_uvloop)
        self._servers: dict[int, Server] = {}
        self._pools: dict[bool, httpx2.AsyncHTTPTransport] = {}
        self._timeout = timeout
        self._root = root

    def pool(self, *, verify: bool) -> httpx2.AsyncHTTPTransport:
        """The connections of all scenarios; `verify`: to servers that have certificates."""
        if verify not in self._pools:
            self._pools[verify] = make_pool(verify=verify)
        return self._pools[verify]

    def server(self, app: ASGI3) -> Server:
        """The server of an app, which may not listen yet."""
        from asgherkin.clients.server import Server

        found = self._servers.get(id(app))
        if found is None:
            found = self._servers[id(app)] = Server(app, timeout=self._timeout, root=self._root, spawn=self.loop.start)
        return found

    async def stop(self, server: Server) -> None:
        """Stop a server, and forget it. To be called on the loop. Raises `AppError` when its app fails to."""
        self._servers.pop(id(server.app), None)
        self._forget(await server.stop(grace(self._timeout)))

    def _forget(self, task: int) -> None:
        # A function of its own: coverage loses its trace of a coroutine in which a task is cancelled for long.
        if task:
            self.loop.forget(task)

    def shut_down(self, app: ASGI3) -> None:
        """Shut an app down, if it runs here; its server stays. A failure is reported in the app's next scenario."""
        server = self._servers.get(id(app))
        if server is not None and server.lifespan.running and not self.loop.blocked:
            with suppress(AppError):
                self._act(server, server.lifespan.stop)

    def close(self) -> list[AppError]:
        """Stop all servers, and end the thread. Returns what went wrong since the last scenario."""
        errors = [error for server in list(self._servers.values()) for error in self._ended(server)]
        if not self.loop.blocked:  # also by a shut-down just now
            for pool in self._pools.values():
                self.loop.run(pool.aclose)
        self.loop.close()
        return errors

    def _ended(self, server: Server) -> list[AppError]:
        errors: list[AppError] = []
        if not self.loop.blocked:
            try:
                self._act(server, self.stop, server)
            except AppError as error:
                errors.append(error)
            # A crash says more than the error that it led to.
            errors = [self._late_crash(crash) for crash in server.recorder.unreported] or errors
        return errors

    def _late_crash(self, crash: Crash) -> AppError:
        if isinstance(crash.exception, AppError):
            return crash.exception
        headline = f"The app raised {summary(crash.exception)} after the last scenario ({crash.doing})."
        return AppError(f"{headline}\n\n{user_frames(crash.exception, self._root)}")

    def _act(self, server: Server, function: Callable[..., Awaitable[object]], *args: object) -> None:
        """Shut down an app, or stop its server. Raises `AppError` when the app blocks its event loop."""
        explain = partial(blocked_loop, server.recorder, self.loop.thread, "shut-down")
        try:
            with alarm(self._timeout, explain=explain, ping=self.loop.ping):
                self.loop.run(function, *args)
        except AppBlocked as blocked:
            self.loop.interrupted()
            raise blocked.error from None


class ServerThreads:
    """The threads of a worker, by the kind of their loops, and the apps that all scenarios share."""

    def __init__(self, timeout: float, root: Path) -> None:
        self._timeout = timeout
        self._root = root
        self._server_threads: dict[str, ServerThread] = {}
        self._apps: dict[object, tuple[object, ASGI3]] = {}

    def thread(self, loop_name: str) -> ServerThread:
        """The thread with a loop of that name. One whose loop an app blocks for good is given up.

        Raises `ConfigurationError` for trio, which uvicorn does not know.
        """
        check_loop(loop_name)
        if loop_name == "trio":
            raise ConfigurationError(
                "The client live serves the app by uvicorn, which does not run on trio. "
                "Use the loop asyncio or uvloop with it; tag what needs trio with @in_process."
            )
        thread = self._server_threads.get(loop_name)
        if thread is None or thread.loop.blocked:
            if thread is not None:
                thread.close()
            thread = ServerThread(use_uvloop=loop_name == "uvloop", timeout=self._timeout, root=self._root)
            self._server_threads[loop_name] = thread
        return thread

    def shared(self, key: object, make: Callable[[], ASGI3]) -> ASGI3:
        """The app under a key, a location or an object, made once: all scenarios that name it share its server."""
        hashable = key if isinstance(key, str) else id(key)
        if hashable not in self._apps:
            # With its key, which must live as long as its id is in use.
            self._apps[hashable] = (key, make())
        return self._apps[hashable][1]

    def shut_down(self, app: ASGI3, *, but: ServerThread | None = None) -> None:
        """Shut an app down on all threads but one: it keeps its state in itself, and so may run only once."""
        for thread in self._server_threads.values():
            if thread is not but:
                thread.shut_down(app)

    def keeps(self, app: ASGI3) -> bool:
        """Whether an app is shared, so that its server stays when a scenario ends."""
        return any(app is shared for _, shared in self._apps.values())

    def close(self) -> None:
        """Stop all servers and threads. Raises `AppError` for what went wrong since the last scenario."""
        server_threads, self._server_threads = list(self._server_threads.values()), {}
        errors = [error for thread in server_threads for error in thread.close()]
        if errors:
            raise errors[0]
