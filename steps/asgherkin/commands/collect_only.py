"""Have pytest collect a project in this process, without running a test, and look at its session."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
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
# The outputs of a run: nothing is run, and those of an earlier run must stay.
_OUTPUTS = ("asgi_report", "asgi_messages", "asgi_summary", "asgi_history")


class CollectionError(AsgherkinError):
    """pytest could not start, or a conftest.py could not be imported."""


class Collected(NamedTuple, Generic[Found]):
    """The result of looking, and the files that could not be read, each with the reason."""

    found: Found
    broken: list[tuple[str, str]]


@dataclass(eq=False)
class _Look(Generic[Found]):
    """A plugin that looks at a session after the collection."""

    look: Callable[[pytest.Session], Found]
    root: Path = Path()
    found: list[Found] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    failed: str = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> None:
        """Switch outputs off."""
        self.root = config.rootpath
        for name in _OUTPUTS:
            setattr(config.option, name, "")
        config.option.xmlpath = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file, or a folder whose conftest.py cannot be imported."""
        if report.failed:
            reason = _in_short(report.longreprtext)
            if (self.root / report.nodeid).is_dir():
                self.failed = f"{report.nodeid}/conftest.py cannot be imported:\n\n{reason}"
            else:
                self.broken.append((report.nodeid, reason))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Look, even where some files could not be collected."""
        self.found.append(self.look(session))


def collect(look: Callable[[pytest.Session], Found], arguments: Sequence[str] = ()) -> Collected[Found]:
    """Call `look` with pytest's session, in the current folder and with its configuration.

    `arguments` are further ones for pytest. Raises CollectionError, with pytest's reason, where a conftest.py cannot be
    imported or an argument is wrong. Other files that cannot be imported are in the result.
    """
    plugin = _Look(look)
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        code = pytest.main([*_ARGUMENTS, *arguments], plugins=[plugin])
    if plugin.failed or not plugin.found:
        reason = plugin.failed or _in_short(output.getvalue()) or f"exit code {int(code)}"
        raise CollectionError(f"pytest cannot collect this project. {reason}")
    return Collected(plugin.found[0], plugin.broken)


def _in_short(output: str) -> str:
    """Pytest's output for an error, from the last place in the project's own code on."""
    text = output.strip()
    places = [found.start() for found in re.finditer(r"^(?!/|<|\.\.)\S+:\d+: in ", text, re.MULTILINE)]
    return text[places[-1] :] if places else text
