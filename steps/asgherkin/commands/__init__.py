"""The commands of `asgherkin`, a module each, and what they share.

A command's module is imported at each start of the command line: what it needs is imported in its `run`.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no public name


def add_command(
    commands: Commands, run: Callable[[argparse.Namespace], int], name: str, summary: str, about: str, codes: str = ""
) -> argparse.ArgumentParser:
    """Add a command to the command line. Its arguments are added to the parser that is returned."""
    parser = commands.add_parser(
        name, help=summary, description=about, epilog=codes, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(command=run)
    return parser


def say(text: str, *, to_errors: bool = False) -> None:
    """Print a text, with an escape for a character that the terminal cannot encode."""
    stream = sys.stderr if to_errors else sys.stdout
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)
