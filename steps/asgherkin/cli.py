"""The command line `asgherkin`: its commands are in `commands/`, a module each."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from asgherkin.commands import init, lint, report, steps
from asgherkin.errors import AsgherkinError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (init, lint, report, steps)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; its exit code: 0, or 2 where something stands in the way, which is told."""
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.command(chosen)
    except (AsgherkinError, OSError) as error:
        print(f"asgherkin: {error}", file=sys.stderr)  # noqa: T201 - this is what a command line is for
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="asgherkin", description="Behaviour tests in plain English for ASGI apps.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="command")
    for command in COMMANDS:
        command.add(commands)
    return parser
