"""1,000 echo messages through a named websocket, sentence by sentence, against the same by hand.

By hand: the websocket session of Starlette's TestClient in a `with` block. Each message is sent, received and
compared before the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import Project, compare, write_project

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 1000

APP = """
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute


async def echo(websocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


app = Starlette(routes=[WebSocketRoute("/echo", echo)])
"""

BY_HAND = """
from shop import app
from starlette.testclient import TestClient


def test_echo():
    with TestClient(app) as client, client.websocket_connect("/echo") as websocket:
        for number in range(COUNT):
            websocket.send_text(f"latte {number}")
            assert websocket.receive_text() == f"latte {number}"
"""

FEATURE = """Feature: Echo

  Scenario: many messages
    Given I open a websocket to "/echo" as "alice"
"""

MESSAGE = """
    When "alice" sends the text "latte {number}"
    Then "alice" receives the text "latte {number}"
"""


def rows(folder: Path, runs: int) -> list[str]:
    """The table."""
    test = BY_HAND.replace("COUNT", str(COUNT))
    by_hand = write_project(folder / "by_hand", {"shop.py": APP, "test_echo.py": test})
    messages = "".join(MESSAGE.format(number=number) for number in range(COUNT))
    features = write_project(folder / "features", {"shop.py": APP, "echo.feature": FEATURE + messages})
    return compare(
        Project("by hand, TestClient", by_hand, ("-p", "no:asgherkin")),
        [
            Project("scenarios, client async", features, ("--asgi-app", "shop:app")),
            Project("scenarios, client test", features, ("--asgi-app", "shop:app", "--asgi-client", "test")),
        ],
        runs,
    )
