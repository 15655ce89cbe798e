"""(b) 300 scenarios of two requests and four assertions, against the same by hand.

By hand: pytest-asyncio with httpx2.AsyncClient, and Starlette's TestClient in a `with` block. Each test and each
scenario has a client of its own. The app is a Starlette app with two routes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import Project, compare, write_project

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 300

APP = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route


async def greeting(request):
    return PlainTextResponse("Hello")


async def order(request):
    return JSONResponse({"id": 7, "item": (await request.json())["item"]}, 201)


app = Starlette(routes=[Route("/", greeting), Route("/orders", order, methods=["POST"])])
"""

BY_ASYNC_CLIENT = """
import httpx2
import pytest
from shop import app


@pytest.mark.parametrize("number", range(COUNT))
@pytest.mark.asyncio
async def test_order(number):
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url="http://testserver"
    ) as client:
        response = await client.get("/")
        assert response.status_code == 200
        assert response.text == "Hello"
        response = await client.post("/orders", json={"item": "latte"})
        assert response.status_code == 201
        assert response.json()["item"] == "latte"
"""

BY_TEST_CLIENT = """
import pytest
from shop import app
from starlette.testclient import TestClient


@pytest.mark.parametrize("number", range(COUNT))
def test_order(number):
    with TestClient(app) as client:
        response = client.get("/")
        assert response.status_code == 200
        assert response.text == "Hello"
        response = client.post("/orders", json={"item": "latte"})
        assert response.status_code == 201
        assert response.json()["item"] == "latte"
"""

SCENARIO = """
  Scenario: number {number}
    When I GET "/"
    Then the response status is 200
    And the response text is "Hello"
    When I send a POST request to "/orders" with the body:
      \"\"\"
      {{"item": "latte"}}
      \"\"\"
    Then the response status is 201
    And the response body at "$.item" is "latte"
"""


def rows(folder: Path, runs: int) -> list[str]:
    """The table."""
    without = ("-p", "no:asgherkin")
    by_async = _by_hand(folder / "async", BY_ASYNC_CLIENT)
    by_test = _by_hand(folder / "test", BY_TEST_CLIENT)
    scenarios = "".join(SCENARIO.format(number=number) for number in range(COUNT))
    features = write_project(folder / "features", {"shop.py": APP, "orders.feature": f"Feature: Orders\n{scenarios}"})
    return compare(
        Project("by hand, AsyncClient", by_async, without),
        [
            Project("scenarios, client async", features, ("--asgi-app", "shop:app")),
            Project("by hand, TestClient", by_test, without),
            Project("scenarios, client test", features, ("--asgi-app", "shop:app", "--asgi-client", "test")),
        ],
        runs,
    )


def _by_hand(folder: Path, test: str) -> Path:
    return write_project(folder, {"shop.py": APP, "test_orders.py": test.replace("COUNT", str(COUNT))})
