"""`asgherkin lint`: check the features of this project without running them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from asgherkin.commands import add_command, say
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse

    import pytest

    from asgherkin.commands import Commands
    from asgherkin.commands.lint_findings import Linted

_DESCRIPTION = """\
Reports what pytest would fail on (steps that no sentence fits, or several do; files that cannot be read), sentences
that nothing uses, and what a feature's readers suffer from. Nothing is run. Each
finding has a code, by which --select and --ignore name it, and says what to do.
"""
_CODES = """\
exit codes:
  0  nothing was found
  1  something was found
  2  the project cannot be collected, or has no feature file; the reason is told
"""


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    about = "report what is wrong with features, without running them"
    lint = add_command(commands, run, "lint", about, _DESCRIPTION, _CODES)
    lint.add_argument("paths", nargs="*", help="files and folders; without, all that pytest finds here")
    formats = ("text", "github", "json")
    lint.add_argument(
        "--format", choices=formats, default="text", help="how findings are written; %(default)s without it"
    )
    lint.add_argument("--select", default="", metavar="CODES", help="report these alone: AG002,AG1")
    lint.add_argument("--ignore", default="", metavar="CODES", help="leave these out")


def run(chosen: argparse.Namespace) -> int:
    """Print the findings; returns the exit code.

    Raises ConfigurationError where a code is wrong or there is no feature file, CollectionError where pytest
    cannot collect the project.
    """
    from asgherkin.commands.collect_only import collect
    from asgherkin.commands.lint_findings import FORMATS, chosen_codes, lint

    codes = chosen_codes(chosen.select, chosen.ignore)

    def look(session: pytest.Session) -> Linted:
        return lint(session, whole_project=not chosen.paths)

    collected = collect(look, ["--asgi-dry-run", *chosen.paths])
    for name, reason in collected.broken:
        say(f"asgherkin: {name} could not be read:\n{reason}\n", to_errors=True)
    if not collected.found.files:
        missing = [path for path in chosen.paths if not Path(path).exists()]
        if missing:  # a wrong path must not look like a clean project
            raise ConfigurationError(f"there is no file or folder {', '.join(missing)} here.")
        raise ConfigurationError(f"pytest finds no feature file in {', '.join(chosen.paths) or 'this project'}.")
    linted = collected.found._replace(
        findings=[finding for finding in collected.found.findings if finding.code in codes]
    )
    text = FORMATS[chosen.format](linted)
    if text:
        say(text)
    return 2 if collected.broken else 1 if linted.findings else 0
