"""`asgherkin report run.ndjson -o report.html`: a page out of the messages of one run or more."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from asgherkin.commands import add_command, say
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from asgherkin.commands import Commands


def add(commands: Commands) -> None:
    """Tell the command line of it."""
    about = "Makes one HTML page out of message files that `pytest --asgi-messages` wrote, of one run or more."
    report = add_command(commands, run, "report", "make a page out of the messages of one or more runs", about)
    report.add_argument("messages", nargs="+", type=Path, metavar="run.ndjson", help="a file of messages")
    report.add_argument("-o", "--output", type=Path, default=Path("report.html"), metavar="FILE", help="%(default)s")
    report.add_argument("--summary", type=Path, metavar="FILE", help="also write a summary in Markdown")
    report.add_argument("--history", type=Path, metavar="FILE", help="what earlier runs said, to tell what is new")


def run(chosen: argparse.Namespace) -> int:
    """Write the page, and the summary where it is asked for, and say where they are.

    Raises ConfigurationError where a file would be written over that is read, cannot be written, or is no file of
    messages.
    """
    from asgherkin.report.history import read_history
    from asgherkin.report.merge import merge
    from asgherkin.report.output_files import check_targets
    from asgherkin.report.page.page_html import write_page
    from asgherkin.report.reading import read_report
    from asgherkin.report.summary import write_summary

    targets = {"--output": chosen.output} | ({"--summary": chosen.summary} if chosen.summary else {})
    for path in targets.values():
        _spare(path, [*chosen.messages, chosen.history])
    check_targets(targets)
    # All that is made stays to the end: to look through it again and again takes a sixth of the time.
    gc.disable()
    try:
        report = read_report(merge(chosen.messages))
        write_page(report, chosen.output, read_history(chosen.history) if chosen.history else ())
    finally:
        gc.enable()
    if chosen.summary:
        write_summary(report, chosen.summary)
        say(f"summary: {chosen.summary}")
    say(f"report: {chosen.output}")
    return 0


def _spare(written: Path, read: Sequence[Path | None]) -> None:
    """Raises ConfigurationError where a file would be written over that is read."""
    if written.resolve() in {path.resolve() for path in read if path}:
        raise ConfigurationError(f"{written} is read and cannot be written over: choose another name.")
