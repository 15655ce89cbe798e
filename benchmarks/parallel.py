"""(g) 400 scenarios with requests and a report: two processes of pytest-xdist against one.

At best the ratio is 0.5: what is above is the start of two more processes, and what the one that reports does alone.
How much that weighs depends on how long the scenarios take. So there are three apps: one whose requests take about 15
ms, less than half of it computing, the rest waiting, as for a database elsewhere; one whose requests compute for 12
ms; and the reference app, whose scenarios take about 15 ms in all. The last rows of the first two say what
pytest-xdist makes of the same requests by hand with Starlette's TestClient, without a word of Gherkin and without a
report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import Project, compare, write_project
from benchmarks.reference import APP as REFERENCE
from benchmarks.reference import VISIT, write_features

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 400
FEATURES = 20
LOADS = {"waiting": (25_000, 0.01), "computing": (60_000, 0.0)}
"""Of each app, how many rounds of hashing a request takes, and how many seconds it waits."""

APP = """
import asyncio
from hashlib import pbkdf2_hmac

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route


async def sign(text):
    if {wait}:
        await asyncio.sleep({wait})
    return pbkdf2_hmac("sha256", text, b"salt", {rounds}).hex()


async def greeting(request):
    return PlainTextResponse(f"Hello {{await sign(b'guest')}}")


async def order(request):
    item = (await request.json())["item"]
    return JSONResponse({{"id": 7, "item": item, "receipt": await sign(item.encode())}}, 201)


app = Starlette(routes=[Route("/", greeting), Route("/orders", order, methods=["POST"])])
"""

SCENARIO = """
  Scenario: number {number}
    When I GET "/"
    Then the response status is 200
    And the response text contains "Hello"
    When I send a POST request to "/orders" with the body:
      \"\"\"
      {{"item": "latte"}}
      \"\"\"
    Then the response status is 201
    And the response body at "$.item" is "latte"
    When I send a POST request to "/orders" with the body:
      \"\"\"
      {{"item": "tea"}}
      \"\"\"
    Then the response body at "$.item" is "tea"
"""

BY_HAND = f"""
import pytest
from shop import app
from starlette.testclient import TestClient


@pytest.mark.parametrize("number", range({COUNT}))
def test_orders(number):
    with TestClient(app) as client:
        response = client.get("/")
        assert response.status_code == 200
        assert "Hello" in response.text
        response = client.post("/orders", json={{"item": "latte"}})
        assert response.status_code == 201
        assert response.json()["item"] == "latte"
        assert client.post("/orders", json={{"item": "tea"}}).json()["item"] == "tea"
"""


def rows(folder: Path, runs: int) -> list[str]:
    """The tables."""
    told: list[str] = []
    for name, (rounds, wait) in LOADS.items():
        app = APP.format(rounds=rounds, wait=wait)
        shop = write_project(folder / name, {"shop.py": app, **_features()})
        hand = write_project(folder / f"{name}_by_hand", {"shop.py": app, "test_orders.py": BY_HAND})
        told += [*_compared(name, shop, ("--asgi-app", "shop:app"), runs), "", *_by_hand(name, hand, runs), ""]
    visits = write_features(folder / "reference", VISIT, COUNT)
    return [*told, *_compared("the reference app", visits, REFERENCE, runs)]


def _features() -> dict[str, str]:
    each = COUNT // FEATURES
    return {
        f"orders_{one}.feature": f"Feature: Orders {one}\n"
        + "".join(SCENARIO.format(number=number) for number in range(one * each, (one + 1) * each))
        for one in range(FEATURES)
    }


def _compared(name: str, folder: Path, app: tuple[str, ...], runs: int) -> list[str]:
    arguments = (*app, "--asgi-report", "report.html")
    return compare(
        Project(f"{name}, one process", folder, arguments),
        [Project(f"{name}, -n 2", folder, (*arguments, "-n", "2"))],
        runs,
    )


def _by_hand(name: str, folder: Path, runs: int) -> list[str]:
    plain = ("-p", "no:asgherkin")
    return compare(
        Project(f"{name}, by hand, one process", folder, plain),
        [Project(f"{name}, by hand, -n 2", folder, (*plain, "-n", "2"))],
        runs,
    )
