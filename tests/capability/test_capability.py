"""A capability is a folder: it is picked up whole where it is named, and costs nothing where it is left out."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asgherkin.capabilities import BUILT_IN, built_in
from tests.report.runs import left_by

if TYPE_CHECKING:
    from tests.project import Project

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "steps" / "asgherkin"
TIP_JAR = (Path(__file__).parent / "tip_jar" / "__init__.py").read_text(encoding="utf-8")
CONFTEST = """
import pytest
from asgherkin import then

pytest_plugins = ["tip_jar"]
jars = []

@pytest.fixture(autouse=True)
def seen(asgi_tip_jar):
    jars.append(asgi_tip_jar)

def pytest_unconfigure():
    print("JARS", [one.ends for one in jars])

@then("the fixture agrees")
def agrees(asgi_tip_jar):
    assert asgi_tip_jar.total == 20
"""
PASSING = "When I tip 2\nThen the jar holds 20\nAnd the fixture agrees"
CORE = (
    "matching", "redaction", "evidence", "clients", "session", "vocabulary", "gherkin", "report", "recording",
    "commands", "cli", "event_loop", "fixtures", "frames", "options", "plugin", "surroundings", "turns",
)  # fmt: skip
NAMES = {name.removeprefix("asgherkin.") for name in BUILT_IN}


@pytest.fixture
def jar(project: Project) -> Project:
    """A project with the tip jar."""
    project.write({"tip_jar/__init__.py": TIP_JAR, "conftest.py": CONFTEST})
    return project


def test_it_is_picked_up_whole(jar: Project) -> None:
    """Sentences, what a scenario holds, its end, an option and a fixture."""
    outcome = jar.run_steps(PASSING, "async", "-s", "--asgi-tip-worth=10")

    assert outcome.counts == {"passed": 1}, outcome.output
    assert "JARS [['left', 'closed']]" in outcome.output


def test_its_option_is_checked_and_in_the_help(jar: Project) -> None:
    """As one of the toolkit's own."""
    assert "asgi_tip_worth: 'x' is no number of cents." in jar.run("--asgi-tip-worth=x").output
    assert "--asgi-tip-worth=CENTS" in jar.run("--help").output


def test_a_failure_shows_its_evidence(jar: Project) -> None:
    """Without the secrets in it."""
    outcome = jar.run_steps("When I tip 2\nThen the jar holds 3", "async")

    assert "The last tip\n  2 of {'name': 'Ann', 'password': '[redacted]'}" in outcome.failure


def test_messages_and_the_page_have_its_evidence(jar: Project) -> None:
    """At the step in which it came about."""
    outcome = jar.run_steps(PASSING, "async", "--asgi-messages=a.ndjson", "--asgi-summary=a.md", "--asgi-report=a.html")

    left = left_by(jar.root, "a", outcome.output)
    (tip,) = left.of("attachment")
    assert tip["mediaType"] == "application/vnd.asgherkin.tip+json"
    assert tip["body"] == '{"coins":2,"giver":{"name":"Ann","password":"[redacted]"}}'
    assert "A tip of 2" in left.html
    assert "Giver" in left.html
    assert "sesame" not in left.html


def test_it_can_be_left_out(jar: Project) -> None:
    """Then its sentences are not known."""
    jar.write({"conftest.py": 'pytest_plugins = ["tip_jar"]'})

    outcome = jar.run_steps("When I tip 2", "async", "-p", "no:tip_jar")

    assert outcome.counts == {"failed": 1}
    assert outcome.failure.startswith("No sentence fits this When step.")


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_one_can_be_left_out(project: Project, name: str) -> None:
    """The others work without it."""
    project.write({"shop.py": "async def app(scope, receive, send): ..."})

    outcome = project.run_steps("Given the app is shop:app", "async", "-p", f"no:{name}", "--fixtures-per-test", "-q")

    assert "error" not in outcome.output.lower(), outcome.output


def test_each_built_in_one_has_a_page() -> None:
    """In the documentation."""
    assert [one.name for one in built_in() if not (ROOT / "docs" / one.page).is_file()] == []


@pytest.mark.parametrize("room", CORE)
def test_the_core_names_none(room: str) -> None:
    """No module of the core imports a capability's package: the list in capabilities.py is the one place."""
    paths = [*(SOURCE / room).rglob("*.py")] or [SOURCE / f"{room}.py"]

    imported = {
        (path.name, module)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }

    assert [one for one in imported if one[1].split(".")[1:2] and one[1].split(".")[1] in NAMES] == []
