"""Sentences about the app and the client: their choice, the event loop, start, shut-down, and crashes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.frames import summary
from asgherkin.options import CLIENTS, LOOPS
from asgherkin.session.expected_crashes import expects_crash
from asgherkin.vocabulary.decorators import given, then, when

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asgherkin.evidence.crash_record import Crash
    from asgherkin.session.session import Session

_CHOICE = re.compile(r'the (client is|app runs on) "(\w+)"')


def plan(texts: Iterable[str], client: str, loop: str) -> tuple[str, str]:
    """The client and the loop that a scenario's steps choose, else those given.

    The loop is made before the first step, so the choice cannot wait for its step to run.
    """
    for text in texts:
        chosen = _CHOICE.fullmatch(text)
        if chosen is None:
            continue
        if chosen[1] == "client is" and chosen[2] in CLIENTS:
            client = chosen[2]
        if chosen[1] == "app runs on" and chosen[2] in LOOPS:
            loop = chosen[2]
    return client, loop


def named_client(texts: Iterable[str]) -> str:
    """The client that a scenario's steps choose, else an empty text."""
    return plan(texts, "", "")[0]


@given("the app is {location:text}", example='the app is "shop.main:app"')
def the_app_is(session: Session, location: str) -> None:
    """Another app for this scenario: `module:attribute`, or `module:factory()`."""
    session.app.choose(location)


@given("the app runs on {loop:text}", example='the app runs on "uvloop"')
def the_app_runs_on(session: Session, loop: str) -> None:
    """The event loop of this scenario: `asyncio`, `uvloop` or `trio`."""
    session.app.check_unused()
    if loop in LOOPS:
        session.check_observable("the event loop of a deployed app")
    _check_choice("event loop", loop, LOOPS, session.loop_name)


@given("the client is {client:text}", example='the client is "test"')
def the_client_is(session: Session, client: str) -> None:
    """The client: `async` (httpx2's AsyncClient), `test` (Starlette's TestClient) or `live` (over a real socket)."""
    session.app.check_unused()
    if client in CLIENTS and client != "live":
        session.check_observable(f"what the client {client} sees, which reaches apps in this process only")
    _check_choice("client", client, CLIENTS, session.client_name)


def _check_choice(what: str, chosen: str, known: tuple[str, ...], in_use: str) -> None:
    if chosen not in known:
        raise SentenceError(f'"{chosen}" is no {what}. Write one of: {", ".join(known)}')
    if chosen != in_use:
        raise SentenceError(
            f'This scenario names more than one {what}: "{chosen}" here, and "{in_use}" later. Keep one of them.'
        )


@given("server errors are returned as responses", example="server errors are returned as responses")
def server_errors_are_returned(session: Session) -> None:
    """A crash is a response with the status 500, and nothing more: what a client sees of it can be looked at."""
    session.app.check_unused()
    session.app.server_errors_returned = True


@when("the app starts", example="the app starts")
def the_app_starts(session: Session) -> None:
    """The lifespan's start-up, now, also after a shut-down; without this sentence it comes before the first request."""
    session.app.start(again=True)


@when("the app shuts down", example="the app shuts down")
def the_app_shuts_down(session: Session) -> None:
    """The lifespan's shut-down, now; without this sentence it comes after the last step."""
    session.start()
    session.app.shut_down()


def _always(*_: object) -> bool:
    return True


@then("the app failed to start with {exception:text}", example='the app failed to start with "RuntimeError"')
@expects_crash(_always)
def the_app_failed_to_start(session: Session, exception: str) -> None:
    """The start-up raised this exception."""
    _verify_start(session, exception)


@then(
    "the app failed to start with {exception:text} and the message {message:text}",
    example='the app failed to start with "RuntimeError" and the message "no database"',
)
@expects_crash(_always)
def the_app_failed_to_start_saying(session: Session, exception: str, message: str) -> None:
    """The start-up raised this exception, and its message contains this."""
    _verify_start(session, exception, message)


@then("the app raised {exception:text}", example='the app raised "ZeroDivisionError"')
@expects_crash(_always)
def the_app_raised(session: Session, exception: str) -> None:
    """This exception left the app during the last act."""
    _verify_raised(session, exception)


@then(
    "the app raised {exception:text} with the message {message:text}",
    example='the app raised "ZeroDivisionError" with the message "division by zero"',
)
@expects_crash(_always)
def the_app_raised_saying(session: Session, exception: str, message: str) -> None:
    """This exception left the app during the last act, and its message contains this."""
    _verify_raised(session, exception, message)


def _verify_start(session: Session, exception: str, message: str | None = None) -> None:
    session.check_observable("the start of a deployed app")
    crashes = [crash for crash in session.crashes if crash.doing == "start-up"]
    _verify(crashes, "failed to start with", exception, message, otherwise="started")


def _verify_raised(session: Session, exception: str, message: str | None = None) -> None:
    session.check_observable("an exception inside of a deployed app")
    session.await_crash()
    _verify(session.crashes_of_act, "raised", exception, message, otherwise="raised nothing")


def _verify(crashes: Sequence[Crash], did: str, exception: str, message: str | None, *, otherwise: str) -> None:
    raised = [leaf for crash in crashes for leaf in _leaves(crash.exception)]
    # A feature may name the group, or an exception in it.
    candidates = [*raised, *(crash.exception for crash in crashes)]
    if any(_fits(candidate, exception, message) for candidate in candidates):
        return
    came = f"{did} {', then '.join(map(summary, raised))}" if raised else otherwise
    wanted = exception if message is None else f'{exception} with a message that contains "{message}"'
    raise Mismatch(f"The app {came}, expected {wanted}.")


def _leaves(exception: BaseException) -> Iterator[BaseException]:
    """An exception, or those inside a group: a task group wraps even a single exception."""
    if isinstance(exception, BaseExceptionGroup):
        for inner in exception.exceptions:
            yield from _leaves(inner)
    else:
        yield exception


def _fits(exception: BaseException, name: str, message: str | None) -> bool:
    kinds = type(exception).__mro__
    names = {kind.__name__ for kind in kinds} | {f"{kind.__module__}.{kind.__qualname__}" for kind in kinds}
    text = summary(exception).removeprefix(f"{type(exception).__name__}: ")
    return name in names and (message is None or message in text)
