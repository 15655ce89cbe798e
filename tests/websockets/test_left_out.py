"""Websockets and streams, each without the other: the sentences that both share are there with either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.clients.asgi import WRAPPERS
from asgherkin.session import channels
from asgherkin.streams.stream_sentences import STREAM as STREAMS
from asgherkin.websockets.websocket_fixtures import WEBSOCKET as WEBSOCKETS

if TYPE_CHECKING:
    from asgherkin.session.channels import ChannelKind
    from tests.project import Project

APP = """
import asyncio

from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route, WebSocketRoute


async def greet(websocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"Hello, {text}!")


async def tasting(request):
    async def parts():
        yield "Welcome"
        await asyncio.Event().wait()

    return StreamingResponse(parts(), media_type="text/plain")


app = Starlette(routes=[WebSocketRoute("/greet", greet), Route("/tasting", tasting)])
"""
WEBSOCKET = """
Given I open a websocket to "/greet" as "alice"
When "alice" sends the text "Ann"
Then "alice" receives the text "Hello, Ann!"
And "alice" receives nothing for 1 millisecond
"""
STREAM = """
Given I open the stream "/tasting" as "alice"
Then "alice" receives the text "Welcome"
And "alice" receives nothing for 1 millisecond
"""
CONFTEST = """
from asgherkin import then


@then("Ann is greeted")
def greeted(client):
    with client.websocket_connect("/greet") as websocket:
        websocket.send_text("Ann")
        assert websocket.receive_text() == "Hello, Ann!"
"""
MISSING = 'Then "bob" receives the text "hi"'


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose app has both."""
    project.write({"shop.py": APP})
    return project


@pytest.mark.parametrize(
    ("left_out", "works", "missing", "kind"),
    [("streams", WEBSOCKET, STREAM, WEBSOCKETS), ("websockets", STREAM, WEBSOCKET, STREAMS)],
    ids=["streams", "websockets"],
)
def test_one_is_left_out(
    project: Project, monkeypatch: pytest.MonkeyPatch, left_out: str, works: str, missing: str, kind: ChannelKind
) -> None:
    """The other goes on working; its own sentences are unknown."""
    option = ("-p", f"no:asgherkin.{left_out}")
    monkeypatch.setattr(channels, "KINDS", [kind])  # this process has loaded both

    assert project.run_steps(works, "async", *option).counts == {"passed": 1}
    assert "No sentence fits this Given step." in project.run_steps(missing, "async", *option).failure
    assert project.run_steps(MISSING, "async", *option).failure.startswith(
        f'There is no {kind.name} with the name "bob" yet. Open one first, for example: When {kind.opening} as "bob"'
    )


def test_without_either_there_are_no_shared_sentences(project: Project) -> None:
    """They come with the capabilities."""
    options = ("-p", "no:asgherkin.websockets", "-p", "no:asgherkin.streams")

    assert "No sentence fits this Then step." in project.run_steps(MISSING, "async", *options).failure


def test_a_users_own_test_client(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its websockets reach the app without the capability, too, and pass as they are."""
    project.write({"conftest.py": CONFTEST})

    monkeypatch.delitem(WRAPPERS, "websocket")

    outcome = project.run_steps("Then Ann is greeted", "test", "-p", "no:asgherkin.websockets")

    assert outcome.counts == {"passed": 1}
