"""The command line: `asgherkin report run.ndjson -o report.html`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from asgherkin.errors import AsgherkinError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    report = commands.add_parser(
        "report",
        help="make a page out of the messages of one or more runs",
        description="Makes one HTML page out of message files that `pytest --asgi-messages` wrote, of one run or more.",
    )
    report.add_argument("messages", nargs="+", type=Path, metavar="run.ndjson", help="a file of messages")
    report.add_argument("-o", "--output", type=Path, default=Path("report.html"), metavar="FILE", help="%(default)s")
    report.add_argument("--summary", type=Path, metavar="FILE", help="also write a summary in Markdown")
    report.add_argument("--history", type=Path, metavar="FILE", help="what earlier runs said, to tell what is new")
    report.set_defaults(command=_report)
    return parser


def _report(chosen: argparse.Namespace) -> int:
    from asgherkin.report.merge import merge
    from asgherkin.report.page import write_page
    from asgherkin.report.page.history import read_history
    from asgherkin.report.summary import write_summary

    for path in (chosen.output, chosen.summary):
        _spare(path, [*chosen.messages, chosen.history])
    write_page(merge(chosen.messages), chosen.output, history=read_history(chosen.history) if chosen.history else None)
    if chosen.summary:
        write_summary(merge(chosen.messages), chosen.summary)
    return 0


def _spare(written: Path | None, read: Sequence[Path | None]) -> None:
    """Raises ConfigurationError where a file would be written over that is read."""
    if written is not None and written.resolve() in {path.resolve() for path in read if path}:
        raise ConfigurationError(f"{written} is read and cannot be written over: choose another name.")
