"""Have pytest collect a project in this process, without running a test, and look at what it found."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import pytest

from asgherkin.errors import AsgherkinError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Found = TypeVar("Found")

_ARGUMENTS = (
    "--collect-only",
    "-q",
    # pytest cannot rewrite what this command has imported before it, and says so.
    "-W",
    "ignore:Module already imported so cannot be rewritten:pytest.PytestAssertRewriteWarning",
)
# What a run would write: nothing is run, and what an earlier run has written must stay.
_OUTPUTS = ("asgi_report", "asgi_messages", "asgi_summary", "asgi_history")


class CollectionError(AsgherkinError):
    """pytest could not start, or a conftest.py could not be imported."""


class Collected(NamedTuple, Generic[Found]):
    """What was found, and the files that could not be read, each with why."""

    found: Found
    broken: list[tuple[str, str]]


class _Look(Generic[Found]):
    """A plugin that looks at a session when all is collected."""

    def __init__(self, look: Callable[[pytest.Session], Found]) -> None:
        self._look = look
        self._root = Path()
        self.found: list[Found] = []
        self.broken: list[tuple[str, str]] = []
        self.failed = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> None:
        """Have nothing written."""
        self._root = config.rootpath
        for name in _OUTPUTS:
            setattr(config.option, name, "")
        config.option.xmlpath = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what could not be collected: a folder whose conftest.py cannot be imported, or a file."""
        if report.failed:
            reason = _in_short(report.longreprtext)
            if (self._root / report.nodeid).is_dir():
                self.failed = f"{report.nodeid}/conftest.py cannot be imported:\n\n{reason}"
            else:
                self.broken.append((report.nodeid, reason))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Look, also where some files could not be collected."""
        self.found.append(self._look(session))


def collect(look: Callable[[pytest.Session], Found], arguments: Sequence[str] = ()) -> Collected[Found]:
    """What `look` finds in the session of pytest, in the current folder and with its configuration.

    `arguments` are further ones for pytest. Raises CollectionError, with what pytest said, where a conftest.py cannot
    be imported or an argument is wrong. What cannot be imported below that is in the result.
    """
    plugin = _Look(look)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = pytest.main([*_ARGUMENTS, *arguments], plugins=[plugin])
    if plugin.failed or not plugin.found:
        reason = plugin.failed or _in_short(said.getvalue()) or f"exit code {int(code)}"
        raise CollectionError(f"pytest cannot collect this project. {reason}")
    return Collected(plugin.found[0], plugin.broken)


def _in_short(output: str) -> str:
    """What pytest tells of an error, from the last place in the project's own code on."""
    text = output.strip()
    places = [found.start() for found in re.finditer(r"^(?!/|<|\.\.)\S+:\d+: in ", text, re.MULTILINE)]
    return text[places[-1] :] if places else text
