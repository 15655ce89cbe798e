"""A call of the app in a task of its own: it can be waited for, stopped, and left when it does not stop."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import anyio

from asgherkin.clients.asgi import Receive, Scope, Send, in_words, target
from asgherkin.clients.hang import hanging_place
from asgherkin.clients.recorder import Recorder, is_failure
from asgherkin.clients.timing import Flag, current_task_id
from asgherkin.clients.watch import Watch, grace, waiting_at
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Call:
    """A call of the app, for one request or one websocket."""

    __slots__ = ("_at_end", "_recorder", "_task", "_work", "doing", "ended", "failure")

    def __init__(self, recorder: Recorder, at_end: Callable[[], None] | None = None, doing: str = "") -> None:
        """`at_end` is called when `ended` is set; `doing` is what the app is asked for, where that is looked up."""
        self.doing = doing
        self._recorder = recorder
        self._at_end = at_end
        self._work = anyio.CancelScope()
        self._task = 0
        self.ended = Flag()
        self.failure: BaseException | None = None

    async def keep(self, function: Callable[[], Awaitable[None]]) -> None:
        """Await what calls the app, and keep the exception that it fails with. To be spawned; it raises none."""
        self._task = current_task_id()
        try:
            with self._work:
                await function()
        except BaseException as exception:
            if not is_failure(exception):
                raise
            self.failure = exception
        finally:
            self._end()

    def place(self) -> str:
        """Where it waits; empty where that is not known. To be called on its loop."""
        return hanging_place(self._task, self._recorder.root)

    async def ends(self) -> bool:
        """Wait a while for its end; False where it does not come."""
        with anyio.move_on_after(grace(self._recorder.timeout), shield=True):
            await self.ended.wait()
        return self.ended.is_set

    def cancel(self) -> None:
        """Cancel it."""
        self._work.cancel()

    def leave(self, error: AppError) -> None:
        """Wait for it no more: it does not end."""
        self.failure = error
        self._end()

    def _end(self) -> None:
        self.ended.set()
        if self._at_end is not None:
            self._at_end()


class AppCall(Call):
    """The call of the app for one request. `run` is to be spawned; it raises none of the app's exceptions."""

    __slots__ = ("_watch",)

    def __init__(self, recorder: Recorder, at_end: Callable[[], None] | None = None, doing: str = "") -> None:
        """`at_end` is called when `ended` is set."""
        super().__init__(recorder, at_end, doing)
        self._watch = Watch(recorder.timeout, recorder.root)

    async def run(self, scope: Scope, receive: Receive, send: Send, *, whole: bool) -> None:
        """Call the app, and keep the exception that it fails with."""
        answer = self._recorder.answer
        await self.keep(partial(answer, scope, receive, send, whole=whole, abandon=self.leave, watch=self._watch))

    def rest(self) -> None:
        """Let no watch stop it: the client has deadlines of its own."""
        self._watch.rests += 1

    def resume(self) -> None:
        """Let the watch stop it again, the timeout from now."""
        self._watch.rests -= 1
        self._watch.moved = monotonic()

    def leaves(self) -> None:
        """The client leaves."""
        # The client's turn for good: the app does not hang, it is given its time.
        self._watch.rests += 1
        self._watch.left = True

    async def dismiss(self, scope: Scope) -> None:
        """Let the call end after its client has left. It is cancelled after a while.

        One that does not end then either is left to itself, which is a crash.
        """
        self.leaves()
        if await self.ends():
            return
        self.cancel()
        if not await self.ends():
            self.leave(self._stubborn(f"{scope['method']} {target(scope)}"))

    def _stubborn(self, doing: str) -> AppError:
        seconds = in_words(grace(self._recorder.timeout))
        where = waiting_at(self.place())
        error = AppError(
            f"The client left {doing}, and the app did not end within {seconds} of its cancellation.{where}"
        )
        self._recorder.record(error, doing)
        return error
