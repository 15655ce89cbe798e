"""The command line `asgherkin`: its commands are in `commands/`, a module each."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from asgherkin.commands import init_command, lint_command, report_command, steps_command
from asgherkin.errors import AsgherkinError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (init_command, lint_command, report_command, steps_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code, or 2 with a message where it cannot do its work."""
    parser = argparse.ArgumentParser(prog="asgherkin", description="Behaviour tests in plain English for ASGI apps.")
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="command")
    for command in COMMANDS:
        command.add(commands)
    chosen = parser.parse_args(arguments)
    if chosen.version:
        from importlib.metadata import version  # slow, and few ask

        print(f"asgherkin {version('asgherkin')}")  # noqa: T201 - this is what a command line is for
        return 0
    if not hasattr(chosen, "command"):
        parser.print_help(sys.stderr)
        return 2
    try:
        code: int = chosen.command(chosen)
    except (AsgherkinError, OSError) as error:
        reason = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else error
        print(f"asgherkin: {reason}", file=sys.stderr)  # noqa: T201 - this is what a command line is for
        return 2
    return code
