"""Two processes and one: the same comes of it, whatever it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project import Project

SHOP = """
import os
import sqlite3
from contextlib import closing
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

FILE = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.db"

def menu(request):
    return PlainTextResponse("latte")

def order(request):
    with closing(sqlite3.connect(FILE)) as connection, connection:
        connection.execute("create table if not exists orders (item text)")
        connection.execute("insert into orders values ('latte')")
    return JSONResponse({"file": FILE}, 201)

def crash(request):
    raise LookupError("no soup")

app = Starlette(routes=[
    Route("/menu", menu), Route("/orders", order, methods=["POST"]), Route("/soup", crash),
])
"""
FEATURE = """Feature: Shop {number}

  Scenario: Passes
    When I GET "/menu"
    Then the response text is "latte"

  Scenario: Differs
    When I GET "/menu"
    Then the response text is "tea"
    And the response status is 200

  Scenario: Crashes
    When I GET "/soup"

  Scenario: Is not known
    When I dance

  @skip
  Scenario: Is left out
    When I GET "/menu"

  @xfail
  Scenario: Is expected to fail
    When I GET "/nowhere"
    Then the response status is 200

  @serial
  Scenario: Runs alone
    When I GET "/menu"

  Scenario Outline: Orders
    When I POST "/orders"
    Then the table "orders" contains:
      | item   |
      | <item> |

    Examples:
      | item  |
      | latte |
      | tea   |
"""


def outcomes(messages: Path) -> dict[tuple[str, str], set[str]]:
    """The statuses of each scenario's steps, by its file and name."""
    envelopes = [json.loads(line) for line in messages.read_text(encoding="utf-8").splitlines()]
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for one in envelopes:
        for kind, message in one.items():
            by_kind.setdefault(kind, []).append(message)
    names = {one["id"]: (one["uri"], one["name"]) for one in by_kind["pickle"]}
    cases = {one["id"]: names[one["pickleId"]] for one in by_kind["testCase"]}
    attempts = {one["id"]: cases[one["testCaseId"]] for one in by_kind["testCaseStarted"]}
    found: dict[tuple[str, str], set[str]] = {name: set() for name in names.values()}
    for step in by_kind["testStepFinished"]:
        found[attempts[step["testCaseStartedId"]]].add(step["testStepResult"]["status"])
    return found


@pytest.mark.parametrize(
    "arguments",
    [("-n", "2"), ("-n2", "--dist=loadscope"), ("-n", "2", "--asgi-client=live")],
    ids=["two processes", "features together", "live"],
)
def test_the_same_comes_of_two_processes_as_of_one(
    project: Project, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """Each with a database and, on the client live, a server of its own."""
    project.write({"shop.py": SHOP} | {f"features/{one}.feature": FEATURE.format(number=one) for one in range(4)})
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # this test may be run by a worker itself
    database = "--asgi-database=sqlite+aiosqlite:///{worker}.db"

    alone = project.run(database, "--asgi-messages=one.ndjson", *arguments[2:])
    together = project.run(database, "--asgi-messages=two.ndjson", *arguments)

    assert alone.counts == together.counts == {"failed": 16, "passed": 12, "skipped": 4, "xfailed": 4}
    one, two = outcomes(project.root / "one.ndjson"), outcomes(project.root / "two.ndjson")
    assert len(one) == 4 * 8
    assert one == two
