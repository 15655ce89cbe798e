"""What 1,000, 5,000 and 10,000 scenarios take, with messages and with the page: time and memory.

Each scenario has two requests and 2.4 KB of evidence. The memory is the highest of the whole process. Under the time
of a run stands what each thousand of its scenarios took: where it stays, the time is linear. The page's share is what
the run with a page takes more than the run with messages, in processor time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import Project, timed, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.pairing import Run

SIZES = (1_000, 5_000, 10_000)
_EACH = 25

APP = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


async def orders(request):
    guest = request.query_params["of"]
    order = {"customer": f"Guest {guest}", "item": "latte", "total": "7.60"}
    return JSONResponse({"orders": [{"id": number, **order} for number in range(12)]})


app = Starlette(routes=[Route("/orders", orders)])
"""

_SCENARIO = """
  Scenario: A guest sees number {number}
    When I GET "/orders?of={number}"
    Then the response status is 200
    And the response body at "$.orders[0].item" is "latte"
    When I GET "/orders?of={number}&again=1"
    Then the response status is 200
    And the response body at "$.orders[1].item" is "latte"
"""


def rows(folder: Path, runs: int) -> list[str]:
    """The table: of each size, runs of each kind in turn, the quickest of at most three."""
    table = ["| scenarios | | cpu, s | for each 1,000 | memory, MiB | the page's share |", "|---|---|---|---|---|---|"]
    for size in SIZES:
        features = write_project(folder / str(size), {"shop.py": APP, **features_of(size)})
        kinds = {"": (), "--asgi-messages": ("run.ndjson",), "--asgi-report": ("report.html",)}
        best = {kind: _best(features, (kind, *file) if kind else (), min(runs, 3)) for kind, file in kinds.items()}
        for kind, run in best.items():
            page = run.cpu - best["--asgi-messages"].cpu
            share = f"{page / run.cpu * 100:.0f} %" if kind == "--asgi-report" else ""
            row = [f"{size:,}", kind, f"{run.cpu:.2f}", f"{run.cpu / size * 1000:.2f}", f"{run.memory:.0f}", share]
            table.append(f"| {' | '.join(row)} |")
    return table


def features_of(size: int) -> dict[str, str]:
    """Feature files with that many scenarios."""
    return {
        f"orders{first // _EACH}.feature": f"Feature: Orders from {first} on\n"
        + "".join(_SCENARIO.format(number=number) for number in range(first, first + _EACH))
        for first in range(0, size, _EACH)
    }


def _best(features: Path, arguments: tuple[str, ...], runs: int) -> Run:
    project = Project("scale", features, ("--asgi-app", "shop:app", *arguments))
    return min((timed(project) for _ in range(runs)), key=lambda run: run.cpu)
