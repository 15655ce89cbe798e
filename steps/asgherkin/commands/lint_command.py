"""`asgherkin lint`: what would stop the features of this project, and what their readers suffer from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

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
    """Tell the command line of it."""
    import argparse

    lint = commands.add_parser(
        "lint",
        help="report what is wrong with features, without running them",
        description=_DESCRIPTION,
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    lint.add_argument("paths", nargs="*", help="files and folders; without, all that pytest finds here")
    lint.add_argument(
        "--format",
        choices=("text", "github", "json"),
        default="text",
        help="how findings are written; %(default)s without it",
    )
    lint.add_argument("--select", default="", metavar="CODES", help="report these alone: AG002,AG1")
    lint.add_argument("--ignore", default="", metavar="CODES", help="leave these out")
    lint.set_defaults(command=run)


def run(chosen: argparse.Namespace) -> int:
    """Print what was found; the exit code.

    Raises ConfigurationError where a code is wrong or there is no feature file, and CollectionError where pytest
    cannot collect the project.
    """
    from asgherkin.commands.collect_only import collect
    from asgherkin.commands.lint_findings import chosen_codes, lint
    from asgherkin.commands.lint_formats import FORMATS

    codes = chosen_codes(chosen.select, chosen.ignore)

    def look(session: pytest.Session) -> Linted:
        return lint(session, whole_project=not chosen.paths)

    collected = collect(look, ["--asgi-dry-run", *chosen.paths])
    for name, reason in collected.broken:
        print(f"asgherkin: {name} could not be read:\n{reason}\n", file=sys.stderr)  # noqa: T201 - a command's output
    linted = collected.found
    if not linted.files:
        missing = [one for one in chosen.paths if not Path(one).exists()]
        if missing:
            raise ConfigurationError(f"there is no file or folder {', '.join(missing)} here.")
        where = ", ".join(chosen.paths) or "this project"
        raise ConfigurationError(f"pytest finds no feature file in {where}.")
    linted = linted._replace(findings=[one for one in linted.findings if one.code in codes])
    _tell(FORMATS[chosen.format](linted))
    if collected.broken:
        return 2
    return 1 if linted.findings else 0


def _tell(text: str) -> None:
    """Write a text; a character that the terminal does not have as its escape."""
    encoding = sys.stdout.encoding or "utf-8"
    if text:
        print(text.encode(encoding, "backslashreplace").decode(encoding))  # noqa: T201 - a command's output
