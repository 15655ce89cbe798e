"""The app's lifespan: its start-up and its shut-down, and the state in between."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import anyio

from asgherkin.clients.asgi import in_words
from asgherkin.clients.deadlines import AppCall, comes, waiting_at
from asgherkin.clients.recorder import Recorder, Wrapper
from asgherkin.errors import AppError
from asgherkin.frames import summary

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Message, Spawn

_DOING = {"start": "start-up", "shut down": "shut-down"}


class Lifespan:
    """Starts and shuts down an app. Its methods are called on the loop.

    An app that raises before it asks for anything, or returns without an answer, does not support lifespans and
    is left in peace, as the specification has it (https://asgi.readthedocs.io/en/latest/specs/lifespan.html).
    """

    def __init__(self, recorder: Recorder) -> None:
        self.state: dict[str, object] = {}
        """What the app keeps from its start-up; each request gets a copy."""
        self._recorder = recorder
        self._cycle: _Cycle | None = None
        self._error: AppError | None = None

    @property
    def running(self) -> bool:
        """Whether there is a call of the app that has not ended."""
        return self._cycle is not None and not self._cycle.call.ended.is_set()

    async def start(self, spawn: Spawn, *, again: bool = False) -> None:
        """Start the app, unless that was done; `again`: also when it is over. Raises `AppError`.

        `spawn` starts a task that spans acts.
        """
        if self._cycle is None or (again and not self.running):
            self.state.clear()
            self._error = None
            cycle = self._cycle = _Cycle(self._recorder)
            scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
            spawn(partial(cycle.call.run, partial(self._recorder.run, scope, cycle)))
            await self._reach("start", cycle, cycle.started)
        elif self._error is not None:
            raise self._error

    async def stop(self) -> None:
        """Shut the app down, if it runs. Raises `AppError` when that fails."""
        cycle = self._cycle
        if cycle is not None and not cycle.call.ended.is_set():
            cycle.stopping.set()
            await self._reach("shut down", cycle, cycle.stopped)
            await self.end()

    async def end(self) -> int:
        """Let the call of the app end, by cancelling it if need be. If it does not, the id of its task, else 0."""
        cycle = self._cycle
        if cycle is None or (cycle.stopped.is_set() and await cycle.call.ends()):
            return 0
        cycle.call.cancel()
        return 0 if await cycle.call.ends() else cycle.call.task

    async def _reach(self, verb: str, cycle: _Cycle, answered: anyio.Event) -> None:
        call = cycle.call
        await comes(answered, self._recorder.timeout)
        if cycle.message is not None:
            # The exception behind it, if there is one, comes with the end.
            await call.ends()
            raise self._failed(verb, cycle)
        if cycle.last is not answered:
            if not call.ended.is_set():
                raise await self._hang(verb, call)
            # An app that raises before it has asked for anything does not support lifespans.
            if call.failure is not None and cycle.asked:
                raise self._failed(verb, cycle)

    async def _hang(self, verb: str, call: AppCall) -> AppError:
        where = waiting_at(call.place())
        text = f"The app did not {verb} within {in_words(self._recorder.timeout)}."
        call.cancel()
        if not await call.ends():
            text += " It did not stop when it was cancelled either."
        return self._crash(AppError(text + where), verb)

    def _failed(self, verb: str, cycle: _Cycle) -> AppError:
        failure = cycle.call.failure
        if isinstance(failure, AppError):
            self._error = failure
            return failure
        reason = cycle.message if failure is None else summary(failure)
        error = AppError(f"The app failed to {verb}: {reason or 'it gives no reason'}")
        error.__cause__ = failure
        if failure is None:
            return self._crash(error, verb)
        self._error = error
        return error

    def _crash(self, error: AppError, verb: str) -> AppError:
        self._recorder.record(error, _DOING[verb])
        self._error = error
        return error


class _Cycle(Wrapper):
    """One call of the app with a lifespan scope, and the receive and send that it is given."""

    def __init__(self, recorder: Recorder) -> None:
        # No server is behind it whose receive and send it could wrap.
        self.call = AppCall(recorder, at_end=self._over)
        self.doing = ""
        self.asked = 0
        """How often the app has received."""
        self.started = anyio.Event()
        self.stopping = anyio.Event()
        self.stopped = anyio.Event()
        self.last: anyio.Event | None = None
        """What the app has answered last."""
        self.message: str | None = None
        """The text of a `failed` message."""

    def _over(self) -> None:
        self.started.set()
        self.stopped.set()

    async def receive(self) -> Message:
        """Ask the app to start up, and later on to shut down."""
        self.asked += 1
        if self.asked == 1:
            self.doing = "start-up"
            return {"type": "lifespan.startup"}
        await self.stopping.wait()
        if self.asked > 2:
            await anyio.sleep_forever()
        self.doing = "shut-down"
        return {"type": "lifespan.shutdown"}

    async def send(self, message: Message) -> None:
        """Take the app's answer."""
        kind: str = message["type"]
        if kind == "lifespan.startup.complete":
            self.doing = "lifespan"
        if kind.endswith(".failed"):
            self.message = message.get("message", "")
        self.last = self.started if kind.startswith("lifespan.startup") else self.stopped
        self.last.set()

    def caused(self, exception: BaseException) -> bool:
        """Whether it does not support lifespans."""
        del exception
        return not self.asked
