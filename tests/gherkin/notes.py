"""Projects whose steps write down what they are called with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.project import Project


SHOP = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
"""
NOTES = """
import asyncio, functools
import pytest, pytest_asyncio
import asgherkin, pytest_bdd
from asgherkin import given, then, when, step
from pytest_bdd import parsers

notes = []

@pytest.fixture(autouse=True, scope="session")
def _written():
    yield
    print("\\\\nNOTES:", *notes)
"""


def notes_of(project: Project, steps: str, scenarios: str, *arguments: str) -> list[str]:
    """What the steps put into `notes`, in a run that passes."""
    project.write({"shop.py": SHOP, "conftest.py": NOTES + steps, "a.feature": f"Feature: f\n{scenarios}"})

    outcome = project.run("-s", *arguments)

    assert set(outcome.counts) == {"passed"}, outcome.output
    return outcome.output.partition("NOTES:")[2].split("\n")[0].split()


def failure_of(project: Project, steps: str, *given: str, arguments: tuple[str, ...] = ()) -> str:
    """The failure of a scenario with these lines."""
    lines = "\n".join(f"    {line}" for line in given)
    project.write({"shop.py": SHOP, "conftest.py": NOTES + steps, "a.feature": f"Feature: f\n  Scenario: s\n{lines}"})

    return project.run(*arguments).failure
