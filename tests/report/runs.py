"""Runs of a project, and what its messages, its summary and its page say."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.report.page.markup import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.project import Project

Message = dict[str, Any]

SHOP = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": '{"secret": "sesame-1010", "heard": %s}' % message["text"]})
        return
    if scope["path"] == "/crash":
        raise RuntimeError("no door with token=sesame-1212")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"session=sesame-4711")]})
    await send({"type": "http.response.body", "body": b'{"token": "sesame-0815", "n": 1}'})
"""
STEPS = """
import os
import signal
import pytest
from pytest_bdd import parsers
from asgherkin import given, when, then, step

@given("nothing")
def nothing(): pass

@then("it fails")
def fails(): assert False, "it failed"

@then("it is skipped")
def is_skipped(): pytest.skip("not today")

@then("it is expected to fail")
def is_expected(): pytest.xfail("some day")

@then(parsers.re("one (of two|of many)( things)?"))
def one(): pass

"""


@dataclass(frozen=True)
class Run:
    """What a run has left: its messages, its summary, its page."""

    messages: list[Message]
    summary: str
    output: str
    html: str = ""

    @property
    def page(self) -> Shown:
        """What the page says."""
        return Shown(self.html)

    def of(self, kind: str) -> list[Message]:
        """The messages of a kind."""
        return [one[kind] for one in self.messages if kind in one]

    @property
    def success(self) -> bool:
        """What the run says of itself."""
        (end,) = self.of("testRunFinished")
        return bool(end["success"])

    @property
    def statuses(self) -> dict[str, list[str]]:
        """Each attempt's statuses by its scenario's name and number: hooks that passed are left out."""
        names = {one["id"]: one["name"] for one in self.of("pickle")}
        cases = {one["id"]: one for one in self.of("testCase")}
        hooks = {step["id"]: step["hookId"] for one in cases.values() for step in one["testSteps"] if "hookId" in step}
        told: dict[str, list[str]] = {}
        titles = {}
        for one in self.of("testCaseStarted"):
            name = names[cases[one["testCaseId"]]["pickleId"]]
            title = f"{name}, attempt {one['attempt']}" if one["attempt"] else name
            titles[one["id"]] = f"{title}, again" if title in told else title
            told[titles[one["id"]]] = []
        for one in self.of("testStepFinished"):
            status = one["testStepResult"]["status"].lower()
            hook = hooks.get(one["testStepId"])
            if not hook or status != "passed":
                told[titles[one["testCaseStartedId"]]].append(f"{hook} {status}" if hook else status)
        return told

    @property
    def not_run(self) -> list[str]:
        """The names of scenarios that are specified and were not run."""
        run = {one["pickleId"] for one in self.of("testCase")}
        return [one["name"] for one in self.of("pickle") if one["id"] not in run]

    @property
    def totals(self) -> dict[str, int]:
        """The totals of the summary."""
        return {word: int(number) for word, number in re.findall(r"(?m)^\| ([a-z ]+) \| (\d+) \|$", self.summary)}

    def message(self, status: str) -> str:
        """What is told of the first step that has this status."""
        results = [one["testStepResult"] for one in self.of("testStepFinished")]
        return next(str(one.get("message", "")) for one in results if one["status"] == status.upper())


def record(**changes: Any) -> Any:
    """An attempt at a scenario in line 2 of `a.feature`, as a worker records it."""
    passed: Message = {"status": "passed", "start": 0.0, "seconds": 0.0}
    where = {"uri": "a.feature", "line": 2, "row": None, "index": None, "variant": "", "nodeid": "a", "worker": "gw0"}
    times = {"start": 0.0, "seconds": 0.0, "before": passed, "steps": [], "after": passed, "definitions": []}
    return where | times | changes


def envelopes(texts: Iterable[str]) -> list[Message]:
    """The messages in lines."""
    return [json.loads(one) for one in "".join(texts).split("\n")[:-1]]


def run(project: Project, feature: str, *arguments: str, steps: str = "", name: str = "a", page: bool = False) -> Run:
    """Run a feature. `page`: make one too."""
    project.write({"shop.py": SHOP, "conftest.py": STEPS + steps, f"{name}.feature": feature})
    outputs = [f"--asgi-messages={name}.ndjson", f"--asgi-summary={name}.md"]
    outputs += [f"--asgi-report={name}.html"] if page else []
    return left_by(project.root, name, project.run("-q", *outputs, *arguments).output)


def left_by(root: Path, name: str, output: str) -> Run:
    """What a run has left in a folder."""
    path = root / f"{name}.ndjson"
    assert path.exists(), output
    messages = [json.loads(one) for one in path.read_text(encoding="utf-8").splitlines()]
    page = root / f"{name}.html"
    html = page.read_text(encoding="utf-8") if page.exists() else ""
    return Run(messages, (root / f"{name}.md").read_text(encoding="utf-8"), output, html)
