"""A project in a dictionary, run by pytest in this process, and what came of it."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

# A nested run forgets the modules that it imported; these cannot be imported twice, or not cheaply.
import asyncpg  # noqa: F401
import httpcore2  # noqa: F401
import httpx2
import httpx2.websockets  # noqa: F401
import jsonpath  # noqa: F401
import jsonschema  # noqa: F401
import pytest  # noqa: TC002 - see above
import starlette.testclient  # noqa: F401
import trio  # noqa: F401
import uvicorn.lifespan.off
import uvicorn.protocols.http.h11_impl
import uvicorn.protocols.websockets.wsproto_impl  # noqa: F401
import uvloop  # noqa: F401

import asgherkin.databases.alchemy
import asgherkin.databases.comparing
import asgherkin.databases.opening
import asgherkin.session.databases  # noqa: F401

if TYPE_CHECKING:
    from pathlib import Path

CLIENTS = ("async", "test")

SETTINGS = """
[tool.pytest.ini_options]
asgi_app = "shop:app"
asgi_timeout = "2"
filterwarnings = ["error"]
asyncio_default_fixture_loop_scope = "function"
"""


@dataclass(frozen=True)
class Outcome:
    """What came of a run: how many passed and so on, each failure's text by the item's name, the terminal's text."""

    counts: dict[str, int]
    failures: dict[str, str]
    output: str
    names: list[str]
    exit_code: int

    @property
    def failure(self) -> str:
        """The text of the only failure."""
        assert len(self.failures) == 1, self.output
        return next(iter(self.failures.values()))

    @property
    def headline(self) -> str:
        """What the only failure says first: what differed."""
        return self.failure.partition("\n\n")[0]


class Project:
    """A folder with files, and pytest in it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.root: Path = pytester.path
        self.write({"pyproject.toml": SETTINGS})

    def write(self, files: dict[str, str]) -> None:
        """Write files, by their paths from the project's root."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run_steps(self, steps: str, client: str, *arguments: str) -> Outcome:
        """Run one scenario, called It, of these steps."""
        scenario = textwrap.indent(textwrap.dedent(steps).strip("\n"), "    ")
        self.write({"features/it.feature": f"Feature: It\n\n  Scenario: It\n{scenario}\n"})
        return self.run("--asgi-client", client, *arguments)

    def run(self, *arguments: str) -> Outcome:
        """Run pytest in this process."""
        result = self._pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments, no_reraise_ctrlc=True)
        calls = result.reprec  # type: ignore[attr-defined] # set by pytest, and not declared
        started = hasattr(calls, "getreports")  # not where pytest refused its arguments
        reports = calls.getreports("pytest_runtest_logreport") if started else []
        failures = {one.nodeid.split("::")[-1]: without_times(one.longreprtext) for one in reports if one.failed}
        return Outcome(
            counts=_counts(result) if started else {},
            failures=failures,
            output=result.stdout.str() + result.stderr.str(),
            names=[one.nodeid for one in reports if one.when == "call"],
            exit_code=int(result.ret),
        )


def _counts(result: pytest.RunResult) -> dict[str, int]:
    try:
        return result.parseoutcomes()
    except ValueError:  # a run that ran nothing, such as --markers
        return {}


def without_times(text: str) -> str:
    """A text with its measured milliseconds replaced by N."""
    return re.sub(r"\d+ ms\b", "N ms", text)
