"""The way of an act: how many of the toolkit's modules and functions run for one step, warm, on each client.

A profiler looks at all threads while the step runs: from its look-up's end to the crash check after it. The same act
has run before in the scenario, so that imports and caches are left out. Nothing is timed here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.pairing import write_project

if TYPE_CHECKING:
    from pathlib import Path

APP = """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute


async def notes(request):
    return PlainTextResponse("Hello")


async def greet(websocket):
    await websocket.accept()
    while True:
        await websocket.send_text("Hello, " + await websocket.receive_text())


app = Starlette(routes=[Route("/notes", notes), WebSocketRoute("/greet", greet)])
"""

FEATURE = """
Feature: Acts
  Scenario: Acts
    When I send a GET request to "/notes"
    And I send a GET request to "/notes"
    Then the response status is 200
    And the response status is 200
    Given I open a websocket to "/greet" as "first"
    And I open a websocket to "/greet" as "second"
    When "first" sends the text "Ann"
    And "second" sends the text "Ann"
    Then "first" receives the text "Hello, Ann"
    And "second" receives the text "Hello, Ann"
"""

CONFTEST = """
import os
import sys
import threading
from pathlib import Path

import asgherkin
import pytest

ROOT = str(Path(asgherkin.__file__).parent)
seen = None
count = 0


def look(frame, event, argument):
    if seen is not None and event == "call" and frame.f_code.co_filename.startswith(ROOT):
        code = frame.f_code
        seen.add((code.co_filename[len(ROOT) + 1 :], code.co_qualname))


threading.setprofile(look)


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_before_step(step):
    global seen, count
    count += 1
    if not count % 2:
        seen = set()
        sys.setprofile(look)


@pytest.hookimpl(trylast=True)
def pytest_bdd_after_step(step):
    global seen
    sys.setprofile(None)
    if seen is not None:
        modules = sorted({module for module, _ in seen})
        with open(os.environ["WAY"], "a") as file:
            print(step.name, len(modules), len(seen), " ".join(modules), sep="\\t", file=file)
        if os.environ.get("WAY_FUNCTIONS"):
            with open(os.environ["WAY"] + ".functions", "a") as file:
                print(step.name, *sorted(seen), sep="\\n  ", file=file)
    seen = None
"""


def rows(folder: Path, runs: int) -> list[str]:
    """A row for each act; `runs` does not matter, since the numbers are the same each time."""
    del runs
    found: dict[str, dict[str, str]] = {}
    for client in ("async", "test", "live"):
        files = {"shop.py": APP, "conftest.py": CONFTEST, "acts.feature": FEATURE}
        project = write_project(folder / client, files)
        output = folder / f"{client}.txt"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--asgi-app", "shop:app"]
        process = subprocess.run(
            [*command, "--asgi-client", client, "-o", "pythonpath=."],
            cwd=project,
            env={**os.environ, "WAY": str(output)},
            capture_output=True,
            text=True,
            check=False,
        )
        if process.returncode:
            raise SystemExit(process.stdout)
        for line in output.read_text(encoding="utf-8").splitlines():
            step, modules, functions, names = line.split("\t")
            found.setdefault(step, {})[client] = f"{modules} / {functions}"
            if os.environ.get("WAY_MODULES"):
                print(f"{client}, {step}: {names}")
    table = ["| modules / functions | async | test | live |", "|---|---|---|---|"]
    return [*table, *(f"| {step} | {' | '.join(by_client.values())} |" for step, by_client in found.items())]
