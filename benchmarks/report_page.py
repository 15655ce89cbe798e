"""(d) The page: scenarios of two requests, 2.4 KB of evidence each; how large, how long to make, how soon usable."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZES = (1_000, 10_000)
_EACH = 25
_MAKE = """
import gc, resource, sys, time
from pathlib import Path
import asgherkin.plugin
start = time.process_time()
gc.disable()  # as `asgherkin report` does
from asgherkin.report.output_files import read_messages
from asgherkin.report.page.page_html import write_page
from asgherkin.report.reading import read_report
write_page(read_report(read_messages(Path(sys.argv[1]))), Path(sys.argv[2]))
print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def rows(folder: Path, runs: int) -> list[str]:
    """The table. Milliseconds of the browser are from the navigation on, the best of the runs."""
    table = [
        "| scenarios | messages | page | made in | memory | first scenario | search answers |",
        "|---|---|---|---|---|---|---|",
    ]
    for size in SIZES:
        messages, page = folder / f"{size}.ndjson", folder / f"{size}.html"
        with messages.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(one) + "\n" for one in _stream(size))
        made = [make(messages, page) for _ in range(min(runs, 3))]
        seen, answered = _usable(page, runs)
        sizes = [f"{path.stat().st_size / 1e6:.1f} MB" for path in (messages, page)]
        seconds, memory = min(made)
        row = [f"{size:,}", *sizes, f"{seconds:.2f} s", f"{memory:.0f} MB", seen, answered]
        table.append(f"| {' | '.join(row)} |")
    return table


def make(messages: Path, page: Path) -> tuple[float, float]:
    """Processor seconds of a page, with what pytest has not imported before; and the peak memory in MiB."""
    command = [sys.executable, "-c", _MAKE, str(messages), str(page)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    made = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    seconds, memory = made.stdout.split()
    return float(seconds), float(memory)


def _usable(page: Path, runs: int) -> tuple[str, str]:
    """Until the first scenario can be seen, and what a search takes from the key to the frame."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return "no chromium", "no chromium"
    from playwright.sync_api import sync_playwright

    seen, answered = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(runs):
            tab = browser.new_page()
            start = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="commit")
            tab.locator(".feature > summary").first.wait_for()
            tab.locator(".search").wait_for()
            seen.append(time.perf_counter() - start)
            answered.append(tab.evaluate(_SEARCH))
            tab.close()
        browser.close()
    return f"{min(seen) * 1000:.0f} ms", f"{min(answered):.0f} ms"


_SEARCH = """() => new Promise((done) => {
  const text = document.getElementById("text"), start = performance.now();
  text.value = "number 7";
  text.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""


def _stream(size: int) -> Iterator[dict[str, Any]]:
    yield {"testRunStarted": {"id": "run", "timestamp": _at(0)}}
    for number in range(size // _EACH):
        yield from _feature(number)
    yield {"testRunFinished": {"success": True, "timestamp": _at(9)}}


def _at(seconds: int) -> dict[str, int]:
    return {"seconds": 1_795_381_966 + seconds, "nanos": 0}


def _feature(number: int) -> Iterator[dict[str, Any]]:
    uri = f"features/part{number % 7}/f{number}.feature"
    scenarios = [f"{number}-{one}" for one in range(_EACH)]
    children = [{"scenario": _written(one)} for one in scenarios]
    feature = {"keyword": "Feature", "name": f"Feature {number}", "description": "", "children": children}
    yield {"gherkinDocument": {"uri": uri, "feature": {**feature, "tags": [], "language": "en"}}}
    for one in scenarios:
        written = _written(one)
        steps = [
            {"id": f"p{step['id']}", "text": step["text"], "astNodeIds": [step["id"]]} for step in written["steps"]
        ]
        name, tags = written["name"], [{"name": "@smoke"}]
        yield {"pickle": {"id": one, "uri": uri, "name": name, "astNodeIds": [one], "steps": steps, "tags": tags}}
        yield from _run(one, steps)


def _written(scenario: str) -> dict[str, Any]:
    keywords = ("Given ", "When ", "Then ", "And ", "When ", "Then ", "And ", "And ")
    steps = [
        {"id": f"{scenario}.{at}", "keyword": keyword, "text": f"step {at} of the scenario number {scenario}"}
        for at, keyword in enumerate(keywords)
    ]
    return {"id": scenario, "keyword": "Scenario", "name": f"A guest sees number {scenario}", "steps": steps}


def _run(scenario: str, steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    case, started = f"c{scenario}", f"s{scenario}"
    test_steps = [{"id": f"t{step['id']}", "pickleStepId": step["id"]} for step in steps]
    yield {"testCase": {"id": case, "pickleId": scenario, "testSteps": test_steps}}
    yield {"testCaseStarted": {"id": started, "testCaseId": case, "attempt": 0, "timestamp": _at(1)}}
    for at, step in enumerate(test_steps):
        both = {"testCaseStartedId": started, "testStepId": step["id"]}
        if at in (1, 4):
            yield {"attachment": {**both, **_exchange(scenario)}}
        result = {"status": "PASSED", "duration": {"seconds": 0, "nanos": 400_000}}
        yield {"testStepFinished": {**both, "testStepResult": result, "timestamp": _at(1)}}
    yield {"testCaseFinished": {"testCaseStartedId": started, "timestamp": _at(1), "willBeRetried": False}}


def _exchange(scenario: str) -> dict[str, Any]:
    orders = [{"id": at, "customer": f"Guest {scenario}", "item": "latte", "total": "7.60"} for at in range(12)]
    body = json.dumps({"orders": orders})
    headers = [["content-type", "application/json"], ["content-length", str(len(body))]]
    request: dict[str, Any] = {
        "method": "GET",
        "target": f"/orders?of={scenario}",
        "headers": [],
        "body": None,
        "size": 0,
    }
    response = {"status": 200, "phrase": "OK", "headers": headers, "body": body, "size": len(body), "complete": True}
    shown = {"request": request, "response": response, "milliseconds": 1.5}
    kind = "application/vnd.asgherkin.exchange+json"
    return {"mediaType": kind, "contentEncoding": "IDENTITY", "body": json.dumps(shown)}
