"""(g) 400 scenarios with requests and a report: two processes of pytest-xdist against one.

Each request costs the app about ten milliseconds of computing, as one with a database and a password does. At best
the ratio is 0.5: what is above is the start of two more processes, and what the one that reports does alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import Project, compare, write_project

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 400
FEATURES = 20

APP = """
from hashlib import pbkdf2_hmac

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route


def sign(text):
    return pbkdf2_hmac("sha256", text, b"salt", 30_000).hex()


async def greeting(request):
    return PlainTextResponse(f"Hello {sign(b'guest')}")


async def order(request):
    item = (await request.json())["item"]
    return JSONResponse({"id": 7, "item": item, "receipt": sign(item.encode())}, 201)


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


def rows(folder: Path, runs: int) -> list[str]:
    """The table."""
    each = COUNT // FEATURES
    features = {
        f"orders_{one}.feature": f"Feature: Orders {one}\n"
        + "".join(SCENARIO.format(number=number) for number in range(one * each, (one + 1) * each))
        for one in range(FEATURES)
    }
    shop = write_project(folder / "shop", {"shop.py": APP, **features})
    arguments = ("--asgi-app", "shop:app", "--asgi-report", "report.html")
    return compare(
        Project("one process, --asgi-report", shop, arguments),
        [
            Project("-n 2, --asgi-report", shop, (*arguments, "-n", "2")),
            Project("one process, no report", shop, arguments[:2]),
            Project("-n 2, no report", shop, (*arguments[:2], "-n", "2")),
        ],
        runs,
    )
