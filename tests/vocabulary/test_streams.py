"""Sentences about streams: how text is put together, what is told of a crash, names and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

APP = """
import asyncio

from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute

left = []


async def cut():
    for part in (b"a latt", b"\\xc3", b"\\xa9, ", b"a ca", b"k\\xe9"):
        yield part


async def latin():
    yield "crème".encode("latin-1")


async def pictures():
    yield b"\\x89PNG\\xff"
    await asyncio.Event().wait()


async def endless():
    try:
        yield "event: order\\ndata: plain\\n\\n"
        await asyncio.Event().wait()
    finally:
        left.append(1)


async def chatters():
    while True:
        yield "data: {}\\n\\n"


async def crashes():
    yield "data: {}\\n\\n"
    await asyncio.sleep(0.05)
    raise KeyError("no more paper")


async def page(request):
    name = request.path_params["name"]
    if name == "left":
        return Response(str(len(left)))
    if name == "unanswered":
        await asyncio.Event().wait()
    kind = "text/plain; charset=latin-1" if name == "latin" else "text/event-stream"
    return StreamingResponse(PARTS[name](), media_type=kind)


async def room(websocket):
    await websocket.accept()
    await websocket.receive()


PARTS = {one.__name__: one for one in (cut, latin, pictures, endless, chatters, crashes)}
app = Starlette(routes=[WebSocketRoute("/room", room), Route("/{name}", page)])
"""


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose app sends streams."""
    project.write({"shop.py": APP})
    return project


@pytest.mark.parametrize(
    "steps",
    [
        'When I open the stream "/cut"\n'
        'Then the stream receives the text "a "\n'
        'And the stream receives the text "latté, a"\n'
        'And the stream receives the text ""\n'
        'And the stream receives the text " cak\N{REPLACEMENT CHARACTER}"\n'
        "And the stream ends\nAnd the stream receives nothing for 5 seconds",
        'When I open the stream "/latin"\nThen the stream receives the text "crème"',
        'When I open the event stream "/endless"\n'
        'Then the stream receives the event "order" with the data:\n  """\n  plain\n  """\n'
        'When I close the stream\nAnd I close the stream\nAnd I GET "/left"\nThen the response text is "1"',
        'When I open the event stream "/crashes"\nThen the app raised "KeyError"\n'
        'And the stream receives the event "message"\nAnd the stream ends',
        'When I open the event stream "/crashes" as "a"\nAnd I open a websocket to "/room" as "b"\n'
        'Then the app raised "KeyError"\nAnd "a" receives the event "message"',
    ],
    ids=["parts are put together", "another charset", "closing", "a crash", "a crash of one of several"],
)
def test_what_holds(project: Project, client_name: str, steps: str) -> None:
    """These scenarios pass."""
    outcome = project.run_steps(steps, client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


def test_an_app_that_never_answers(project: Project, client_name: str) -> None:
    """Opening fails after the timeout, and says where the app was waiting."""
    outcome = project.run_steps('When I open the event stream "/unanswered"', client_name, "--asgi-timeout", "0.1")

    assert outcome.headline == (
        "The app did not answer GET /unanswered within 0.1 seconds. "
        "It was waiting at shop.py:49 in page: await asyncio.Event().wait()"
    )


def test_bytes_that_are_no_text(project: Project, client_name: str) -> None:
    """They are shown in hex."""
    outcome = project.run_steps(
        'When I open the stream "/pictures"\nThen the stream receives the text "PNG"', client_name
    )

    assert "ms ← bytes 89 50 4e 47 ff\n" in f"{outcome.failure}\n"


def test_waiting_for_a_crash_ends_where_the_app_never_stops_sending(project: Project, client_name: str) -> None:
    """There is always one more event, and no crash."""
    steps = """
        When I open the event stream "/chatters"
        Then the app raised "KeyError"
    """

    outcome = project.run_steps(steps, client_name, "--asgi-timeout", "0.2")

    assert outcome.headline == "The app raised nothing, expected KeyError."
