"""A project in a dictionary, run by pytest in this process, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

# A nested run forgets the modules that it imported; these cannot be imported twice, or not cheaply.
import httpx2  # noqa: F401
import jsonpath  # noqa: F401
import jsonschema  # noqa: F401
import pytest
import starlette.testclient  # noqa: F401
import trio  # noqa: F401
import uvloop  # noqa: F401

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

    def run(self, *arguments: str) -> Outcome:
        """Run pytest in this process."""
        result = self._pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)
        reports = [one for one in result.reprec.getreports("pytest_runtest_logreport")] if result.reprec else []  # type: ignore[attr-defined] # set by pytest, and not declared
        failures = {one.nodeid.split("::")[-1]: without_times(one.longreprtext) for one in reports if one.failed}
        return Outcome(
            counts=result.parseoutcomes() if result.reprec else {},  # type: ignore[attr-defined]
            failures=failures,
            output=result.stdout.str() + result.stderr.str(),
            names=[one.nodeid for one in reports if one.when == "call"],
            exit_code=int(result.ret),
        )


def without_times(text: str) -> str:
    """A text with its measured milliseconds replaced by N."""
    return re.sub(r"\d+ ms\b", "N ms", text)
