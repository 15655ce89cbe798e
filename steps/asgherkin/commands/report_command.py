"""`asgherkin report run.ndjson -o report.html`: a page out of the messages of one run or more."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from asgherkin.commands import add_command, say
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse

    from asgherkin.commands import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    about = "Makes one HTML page out of message files that `pytest --asgi-messages` wrote, of one run or more."
    report = add_command(commands, run, "report", "make a page out of the messages of one or more runs", about)
    report.add_argument("messages", nargs="+", type=Path, metavar="run.ndjson", help="a file of messages")
    report.add_argument("-o", "--output", type=Path, default=Path("report.html"), metavar="FILE", help="%(default)s")
    report.add_argument("--summary", type=Path, metavar="FILE", help="also write a summary in Markdown")
    report.add_argument("--history", type=Path, metavar="FILE", help="what earlier runs said, to tell what is new")


def run(chosen: argparse.Namespace) -> int:
    """Write the page, and the summary if wanted, and say where they are.

    Raises ConfigurationError where an output would replace an input or cannot be written, and for a file that has no
    messages.
    """
    from asgherkin.report.history import read_history
    from asgherkin.report.merge import merge
    from asgherkin.report.output_files import check_targets
    from asgherkin.report.page.page_html import write_page
    from asgherkin.report.reading import read_report
    from asgherkin.report.summary import write_summary

    targets = {"--output": chosen.output} | ({"--summary": chosen.summary} if chosen.summary else {})
    read = {path.resolve() for path in (*chosen.messages, chosen.history) if path}
    for path in targets.values():
        if path.resolve() in read:
            raise ConfigurationError(f"{path} is read and cannot be written over: choose another name.")
    check_targets(targets)
    # All objects live to the end: the garbage collector would take a sixth of the time to look through them.
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
