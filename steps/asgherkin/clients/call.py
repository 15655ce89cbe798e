"""A call of the app in a task of its own: it can be waited for, stopped, and left when it does not stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from asgherkin.clients.asgi import Receive, Scope, Send, in_words, target
from asgherkin.clients.hang import hanging_place
from asgherkin.clients.recorder import Recorder, is_failure
from asgherkin.clients.watch import grace, waiting_at
from asgherkin.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Callable


class AppCall:
    """The call of the app for one request. `run` is to be spawned; it raises none of the app's exceptions."""

    __slots__ = ("_at_end", "_recorder", "_task", "_work", "ended", "failure")

    def __init__(self, recorder: Recorder, at_end: Callable[[], None] | None = None) -> None:
        """`at_end` is called when `ended` is set."""
        self._recorder = recorder
        self._at_end = at_end
        self._work = anyio.CancelScope()
        self._task = 0
        self.ended = anyio.Event()
        self.failure: BaseException | None = None

    async def run(self, scope: Scope, receive: Receive, send: Send, *, whole: bool) -> None:
        """Call the app, and keep the exception that it fails with."""
        self._task = anyio.get_current_task().id
        try:
            with self._work:
                await self._recorder.answer(scope, receive, send, whole=whole, abandon=self._leave)
        except BaseException as exception:
            if not is_failure(exception):
                raise
            self.failure = exception
        finally:
            self._end()

    async def stop(self, scope: Scope) -> None:
        """Cancel the call. One that does not end in time is left to itself, which is a crash."""
        seconds = grace(self._recorder.timeout)
        self._work.cancel()
        with anyio.move_on_after(seconds, shield=True):
            await self.ended.wait()
            return
        doing = f"{scope['method']} {target(scope)}"
        error = AppError(
            f"The client left {doing}, and the app did not end within {in_words(seconds)} of its cancellation."
            f"{waiting_at(hanging_place(self._task, self._recorder.root))}"
        )
        self._recorder.record(error, doing)
        self._leave(error)

    def _leave(self, error: AppError) -> None:
        self.failure = error
        self._end()

    def _end(self) -> None:
        self.ended.set()
        if self._at_end is not None:
            self._at_end()
