"""The app's lifespan: its start-up and its shut-down, and the state in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from asgherkin.clients.asgi import in_words
from asgherkin.clients.hang import hanging_place
from asgherkin.clients.recorder import Recorder, is_failure
from asgherkin.clients.timing import Flag, call_later, current_task_id
from asgherkin.clients.watch import grace, waiting_at
from asgherkin.errors import AppError
from asgherkin.frames import summary

if TYPE_CHECKING:
    from asgherkin.clients.asgi import Message
    from asgherkin.clients.owner import Spawn

_DOING = {"start": "start-up", "shut down": "shut-down"}


class Lifespan:
    """Starts and shuts down an app. Its methods are called on the loop.

    An app that raises before it asks for anything, or returns without an answer, does not support lifespans and
    is left in peace, as the specification has it (https://asgi.readthedocs.io/en/latest/specs/lifespan.html).
    """

    def __init__(self, recorder: Recorder, spawn: Spawn) -> None:
        """`spawn` starts a task that lives across acts."""
        self.state: dict[str, object] = {}
        """What the app keeps from its start-up; each request gets a copy."""
        self._recorder = recorder
        self._spawn = spawn
        self._life: _Life | None = None
        self._error: AppError | None = None

    @property
    def running(self) -> bool:
        """Whether there is a call of the app that has not ended."""
        return self._life is not None and not self._life.ended.is_set

    async def start(self, *, again: bool = False) -> None:
        """Start the app, unless that was done; `again`: also when it is over. Raises `AppError`."""
        if self._life is None or (again and not self.running):
            self.state.clear()
            self._error = None
            life = self._life = _Life(self._recorder, self.state)
            self._spawn(life.run)
            await self._reach("start", life, life.started)
        elif self._error is not None:
            raise self._error

    async def stop(self) -> None:
        """Shut the app down, if it runs. Raises `AppError` when that fails."""
        life = self._life
        if life is not None and not life.ended.is_set:
            life.leave.set()
            await self._reach("shut down", life, life.stopped)
            await self.end()

    async def end(self) -> int:
        """Let the call of the app end, by cancelling it if need be. If it does not, the id of its task, else 0."""
        life = self._life
        if life is None or (life.stopped.is_set and await self._ends(life)):
            return 0
        life.work.cancel()
        return 0 if await self._ends(life) else life.task

    async def _reach(self, verb: str, life: _Life, answered: Flag) -> None:
        timer = call_later(self._recorder.timeout, answered.set)
        await answered.wait()
        timer.cancel()
        if life.message is not None:
            # The exception behind it, if there is one, comes with the end.
            await self._ends(life)
            raise self._failed(verb, life)
        if life.last is not answered:
            if not life.ended.is_set:
                raise await self._hang(verb, life)
            if life.failure is not None:
                raise self._failed(verb, life)

    async def _hang(self, verb: str, life: _Life) -> AppError:
        where = waiting_at(hanging_place(life.task, self._recorder.root))
        text = f"The app did not {verb} within {in_words(self._recorder.timeout)}."
        life.work.cancel()
        if not await self._ends(life):
            text += " It did not stop when it was cancelled either."
        return self._crash(AppError(text + where), verb)

    def _failed(self, verb: str, life: _Life) -> AppError:
        failure = life.failure
        if isinstance(failure, AppError):
            self._error = failure
            return failure
        reason = life.message if failure is None else summary(failure)
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

    async def _ends(self, life: _Life) -> bool:
        if not life.ended.is_set:
            with anyio.move_on_after(grace(self._recorder.timeout)):
                await life.ended.wait()
        return life.ended.is_set


class _Life:
    """One call of the app with a lifespan scope."""

    def __init__(self, recorder: Recorder, state: dict[str, object]) -> None:
        self._recorder = recorder
        self._state = state
        self._asked = 0
        self.task = 0
        self.work = anyio.CancelScope()
        self.started = Flag()
        self.leave = Flag()
        self.stopped = Flag()
        self.ended = Flag()
        self.last: Flag | None = None
        """What the app has answered last."""
        self.message: str | None = None
        """The text of a `failed` message."""
        self.failure: BaseException | None = None

    async def run(self) -> None:
        """Call the app. To be spawned; raises none of the app's exceptions."""
        self.task = current_task_id()
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self._state}
        try:
            with self.work:
                await self._recorder(scope, self._receive, self._send)
        except BaseException as exception:
            if not is_failure(exception):
                raise
            if self._asked:
                self.failure = exception
        finally:
            for flag in (self.ended, self.started, self.stopped):
                flag.set()

    async def _receive(self) -> Message:
        self._asked += 1
        if self._asked == 1:
            return {"type": "lifespan.startup"}
        await self.leave.wait()
        if self._asked > 2:
            await anyio.sleep_forever()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        kind: str = message["type"]
        if kind.endswith(".failed"):
            self.message = message.get("message", "")
        self.last = self.started if kind.startswith("lifespan.startup") else self.stopped
        self.last.set()
