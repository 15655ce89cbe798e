"""The two kinds of event loop."""

from __future__ import annotations

import asyncio
import contextvars
import signal
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest
from anyio.from_thread import start_blocking_portal

from asgherkin.clients.loop import LOOPS, MainThreadLoop, PortalLoop, make_loop
from asgherkin.errors import AppError, AsgherkinError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asgherkin.clients.loop import Loop


@pytest.fixture(params=LOOPS)
def loop(request: pytest.FixtureRequest) -> Iterator[Loop]:
    with closing(make_loop(request.param)) as made:
        yield made


async def add(one: int, two: int) -> int:
    await anyio.lowlevel.checkpoint()
    return one + two


async def fail() -> None:
    raise ValueError("x")


def test_a_function_is_run(loop: Loop) -> None:
    """It gets its arguments, and its result or its exception comes back."""
    result = loop.run(add, 1, 2)

    assert result == 3
    with pytest.raises(ValueError, match=r"^x$"):
        loop.run(fail)


def test_a_task_lives_across_runs(loop: Loop) -> None:
    """It goes on in the next run; it can be started from inside, too."""
    flags: list[anyio.Event] = []
    log: list[str] = []

    async def background() -> None:
        flag = anyio.Event()
        flags.append(flag)
        await flag.wait()
        await flag.wait()
        log.append("done")

    async def start() -> None:
        loop.start(background)
        await anyio.sleep(0.01)

    async def finish() -> None:
        for flag in flags:
            flag.set()
        await anyio.sleep(0.01)

    loop.start(background)
    loop.run(start)
    loop.run(finish)

    assert log == ["done", "done"]


def test_a_loop_is_not_run_from_inside(loop: Loop) -> None:
    """The message names the fixture to use."""

    async def inside() -> None:
        loop.run(add, 1, 2)

    with pytest.raises(AsgherkinError) as caught:
        loop.run(inside)

    assert str(caught.value) == (
        'The client cannot be used inside an "async def" step: the event loop is busy with that step. '
        'Use the "async_client" fixture there, for example: response = await async_client.get("/").'
    )


def test_a_run_can_be_left(loop: Loop) -> None:
    """It raises at once, and the function is left to itself."""
    error = AppError("it does not end")

    async def endless() -> None:
        loop.leave(error)
        await anyio.sleep_forever()

    with pytest.raises(AppError) as caught:
        loop.run(endless)

    assert caught.value is error


def test_a_ping_is_answered(loop: Loop) -> None:
    """On the loop, when it is asked from another thread."""

    async def wait() -> int:
        answers: list[int] = []
        answered = anyio.Event()

        def answer() -> None:
            answers.append(threading.get_ident())
            answered.set()

        thread = threading.Thread(target=loop.ping, args=[answer])
        thread.start()
        await answered.wait()
        thread.join()
        return answers[0] - threading.get_ident()

    assert loop.run(wait) == 0


@pytest.mark.parametrize("name", ["asyncio", "uvloop"])
def test_runs_share_a_context(name: str) -> None:
    """What a step sets, the next one sees, unless it runs apart."""
    tenant = contextvars.ContextVar("tenant", default="nobody")

    async def change(name: str) -> str:
        before = tenant.get()
        tenant.set(name)
        return before

    with closing(make_loop(name)) as loop:
        seen = [loop.run(change, "a"), loop.run_apart(change, "b"), loop.run(change, "c")]

    assert seen == ["nobody", "a", "a"]


def test_a_given_loop_is_used_and_not_closed() -> None:
    """It belongs to whoever gave it."""
    given = asyncio.new_event_loop()
    loop = make_loop("asyncio", given)

    async def running() -> object:
        return asyncio.get_running_loop()

    used = loop.run(running)
    loop.close()

    assert used is given
    assert not given.is_closed()
    given.close()


def test_a_given_portal_is_used_and_not_ended() -> None:
    """It belongs to whoever gave it."""
    with start_blocking_portal("asyncio") as portal:
        loop = PortalLoop(portal)

        result = loop.run(add, 1, 2)
        loop.close()

        assert (result, portal.call(add, 1, 2)) == (3, 3)


def test_an_own_loop_ends_its_tasks() -> None:
    """Those who do not want to end are left behind, for the loop to close."""
    log: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            log.append("ended")

    async def failing() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            raise ValueError("x")

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                log.append("no")

    inner = asyncio.new_event_loop()
    loop = MainThreadLoop(inner, own=True)
    for work in (endless, failing, stubborn):
        loop.start(work)
    loop.run(add, 1, 2)

    loop.close()
    loop.close()

    assert sorted(log) == ["ended", "no"]
    assert inner.is_closed()


def test_an_app_that_stops_the_loop() -> None:
    """The run raises, and its function is cancelled."""
    log: list[str] = []

    async def stop() -> None:
        asyncio.get_running_loop().stop()
        try:
            await asyncio.sleep(30)
        finally:
            log.append("cancelled")

    with closing(make_loop("asyncio")) as loop:
        with pytest.raises(AppError) as caught:
            loop.run(stop)
        after = loop.run(add, 1, 2)

    assert str(caught.value) == "The app stopped the event loop that it runs on."
    assert (log, after) == (["cancelled"], 3)


@pytest.mark.parametrize("name", ["asyncio", "uvloop"])
@pytest.mark.parametrize("where", ["in the task", "beside the task"])
def test_an_interrupt_leaves_no_task(name: str, where: str) -> None:
    """Ctrl-C ends the run, and the loop can be used on."""

    async def interrupted() -> None:
        if where == "in the task":
            raise KeyboardInterrupt
        asyncio.get_running_loop().call_soon(interrupt)
        await asyncio.sleep(30)

    def interrupt() -> None:
        raise KeyboardInterrupt

    async def tasks() -> int:
        return len(asyncio.all_tasks())

    with closing(make_loop(name)) as loop:
        with pytest.raises(KeyboardInterrupt):
            loop.run(interrupted)
        left = loop.run(tasks)

    assert left == 1


def test_an_interrupt_while_a_portal_works_cancels_it() -> None:
    """The function behind the portal is not left running."""
    cancelled = threading.Event()

    async def endless() -> None:
        try:
            threading.Timer(0.05, interrupt_main).start()
            await anyio.sleep_forever()
        finally:
            cancelled.set()

    with closing(PortalLoop.made("trio")) as loop:
        with pytest.raises(KeyboardInterrupt):
            loop.run(endless)
        assert cancelled.wait(10)


def interrupt_main() -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def test_a_cancelled_run_behind_a_portal() -> None:
    """A function that lets its cancellation out is a cancelled run."""

    async def cancelled() -> None:
        raise asyncio.CancelledError

    with closing(PortalLoop.made("asyncio")) as loop, pytest.raises(BaseException, match=r"^$"):
        loop.run(cancelled)


def test_an_unknown_loop() -> None:
    """The right names are listed."""
    with pytest.raises(ConfigurationError) as caught:
        make_loop("twisted")

    assert str(caught.value) == '"twisted" is not an event loop. Write one of: asyncio, uvloop, trio.'


@pytest.mark.parametrize("name", ["uvloop", "trio"])
def test_a_missing_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that installs it is shown."""
    monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(ConfigurationError) as caught:
        make_loop(name)

    assert str(caught.value) == f'{name} is not installed. Install it with: pip install "asgherkin[{name}]"'
