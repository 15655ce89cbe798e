"""Several clients in the outputs: each scenario is told once for each, and none of them is taken for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.cli import main
from asgherkin.report.output_files import read_messages
from asgherkin.report.reading import read_report

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project import Project

SHOP = """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

async def menu(request):
    return PlainTextResponse("latte", 200 if request.url.hostname == "testserver" else 500)

app = Starlette(routes=[Route("/menu", menu)])
"""
FEATURE = """Feature: Menu

  Scenario: Read
    When I GET "/menu"
    Then the response status is 200

  @test_client
  Scenario: Only on one
    When I GET "/menu"

  Scenario Outline: Rows
    When I GET "<path>"
    Then the response status is <status>

    Examples:
      | path  | status |
      | /menu | 200    |
      | /x    | 404    |

  Scenario: Chosen
    Given the client is "test"
    When I GET "/menu"
"""
SHOWN = 'Read <span class="client">[{}]</span>'
FAILING_ON_TEST = """
import pytest

@pytest.fixture(autouse=True)
def only_there(session):
    assert session.client_name != "test"
"""


@pytest.fixture
def shop(project: Project) -> Project:
    """A shop with a feature."""
    project.write({"shop.py": SHOP, "features/menu.feature": FEATURE})
    return project


def told(path: Path) -> list[tuple[str, str]]:
    """Each scenario's name, and its status."""
    return [(one.name, one.status) for one in read_report(read_messages(path)).scenarios()]


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["one process", "two"])
def test_each_variant_is_a_pickle(shop: Project, arguments: tuple[str, ...]) -> None:
    """Named after its client; a scenario for one client has one."""
    shop.run("--asgi-client=async,test", "--asgi-messages=run.ndjson", *arguments)

    assert sorted(told(shop.root / "run.ndjson")) == [
        ("Chosen [test]", "passed"),
        ("Only on one [test]", "passed"),
        ("Read [async]", "passed"),
        ("Read [test]", "passed"),
        ("Rows [async]", "passed"),
        ("Rows [async]", "passed"),
        ("Rows [test]", "passed"),
        ("Rows [test]", "passed"),
    ]


def test_one_client_is_not_named(shop: Project) -> None:
    """What may not run on it is skipped, and told."""
    shop.run("--asgi-client=async", "--asgi-messages=run.ndjson")

    assert sorted(told(shop.root / "run.ndjson")) == [
        ("Chosen", "passed"), ("Only on one", "skipped"), ("Read", "passed"), ("Rows", "passed"), ("Rows", "passed"),
    ]  # fmt: skip


def test_a_failure_on_one_client_stays_with_it(shop: Project) -> None:
    """The other has passed; the page and the summary name both."""
    shop.write({"conftest.py": FAILING_ON_TEST})

    shop.run(
        "--asgi-client=async,test", "-k", "Read", "--asgi-messages=run.ndjson",
        "--asgi-report=report.html", "--asgi-summary=summary.md",
    )  # fmt: skip

    found = dict(told(shop.root / "run.ndjson"))
    assert (found["Read [async]"], found["Read [test]"]) == ("passed", "failed")
    assert found["Rows [test]"] == "not-run"
    page = (shop.root / "report.html").read_text(encoding="utf-8")
    assert SHOWN.format("async") in page
    assert SHOWN.format("test") in page
    summary = (shop.root / "summary.md").read_text(encoding="utf-8")
    assert "Read \\[test\\]" in summary
    assert "Read \\[async\\]" not in summary


@pytest.mark.parametrize(
    ("clients", "named"), [(["async", "test"], ["async", "test"]), (["async", "async"], [])], ids=["two", "one"]
)
def test_runs_are_merged_by_client(shop: Project, clients: list[str], named: list[str]) -> None:
    """What passed on one and failed on the other stays two, and is not flaky; of runs on one client none is named."""
    shop.write({"conftest.py": FAILING_ON_TEST})
    for number, client in enumerate(clients):
        shop.run(f"--asgi-client={client}", "-k", "Read", f"--asgi-messages={number}.ndjson")
    page, summary = shop.root / "report.html", shop.root / "summary.md"
    messages = [str(shop.root / f"{number}.ndjson") for number in (1, 0)]

    code = main(["report", *messages, "-o", str(page), "--summary", str(summary)])

    html, told = page.read_text(encoding="utf-8"), summary.read_text(encoding="utf-8")
    assert code == 0
    assert [client for client in ("async", "test") if SHOWN.format(client) in html] == named
    assert ("Read \\[test\\]" in told) == ("test" in clients)
    assert "flaky" not in told.lower()
