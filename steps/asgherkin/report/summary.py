"""A summary of a run in Markdown, for the page of a build: totals, then what failed."""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import TYPE_CHECKING

from asgherkin.report.verdicts import LOST, WORST_FIRST, Status, is_unexplained

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from asgherkin.report.model import Attempt, Report

LARGEST = 900 * 1024
"""Bytes of a summary; GitHub refuses one of more than a megabyte."""
_LONGEST = 4000
# The worst first; PASSED stands between what needs work and what was left out.
_ROWS = (*WORST_FIRST[:4], Status.PASSED, *WORST_FIRST[4:-1])
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~>@:.-])")


def write_summary(report: Report, path: Path) -> None:
    """Write the summary of a run to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(summary_of(report), encoding="utf-8", errors="replace", newline="\n")


def summary_of(report: Report) -> str:
    """The summary of a run."""
    parts = [_heading(report)]
    size = len(parts[0].encode(errors="replace"))
    entries = list(_entries(report))
    for position, entry in enumerate(entries):
        size += len(entry.encode(errors="replace"))
        if size > LARGEST - 200:
            parts.append(f"\n… and {len(entries) - position} more, which find no room here.\n")
            break
        parts.append(entry)
    return "".join(parts)


def _heading(report: Report) -> str:
    """The numbers, and remarks on the run as a whole."""
    # A file that cannot be read counts as one scenario that failed: it has one at least.
    counts = Counter(report.counts) + Counter({Status.FAILED: sum(len(feature.errors) for feature in report.features)})
    words = {status: status.word for status in _ROWS if counts[status]}
    if Status.NOT_RUN in words and not report.finished:
        words[Status.NOT_RUN] = LOST
    rows = [f"| {word} | {counts[status]} |" for status, word in words.items()]
    table = "\n".join(["| scenarios | |", "|---|---:|", *rows]) if rows else "No scenario was found."
    remarks = [f"{report.recovered} of them did not pass in an earlier run."] if report.recovered else []
    remarks += [report.end] if report.end else []
    if not remarks and is_unexplained(report):
        remarks = ["The run as a whole was not successful."]
    return "".join([f"{table}\n", *(f"\n{escape(remark)}\n" for remark in remarks)])


def _entries(report: Report) -> Iterator[str]:
    for feature in report.features:
        yield from (_entry("failed", "cannot be read", feature.uri, error) for error in feature.errors)
    for scenario in report.scenarios():
        place = scenario.place or "its feature is missing from the messages"
        if scenario.status.is_problem:
            yield _entry(scenario.status.word, scenario.name, place, *_messages(scenario.attempts[: scenario.judged]))
        elif scenario.worse:
            yield _entry("flaky", scenario.name, place, "In an earlier run:", *_messages(scenario.worse))
    reasons = Counter(scenario.note for scenario in report.scenarios() if scenario.status is Status.UNSEEN)
    if reasons:
        yield f"\n### {Status.UNSEEN.word}\n\n"
        yield from (f"- {escape(reason[:_LONGEST])}: {amount}\n" for reason, amount in reasons.items())


def _messages(attempts: tuple[Attempt, ...]) -> Iterator[str]:
    return (text for attempt in attempts for text in attempt.messages)


def _entry(word: str, name: str, place: str, *texts: str) -> str:
    text = "\n\n".join(texts)
    cut = f"{text[:_LONGEST]}\n…" if len(text) > _LONGEST else text
    # An empty line would end the block, and what follows would be Markdown.
    lines = "\n".join(line.strip("\r") or "&#8203;" for line in html.escape(cut).split("\n"))
    body = f"\n<pre>{lines}</pre>\n" if cut else ""
    return f"\n### {word}: {escape(name)}\n\n{escape(place)}\n{body}"


def escape(text: str) -> str:
    """A text that Markdown shows as it is, in one line."""
    return _SPECIAL.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False).replace("&#", "&amp;#"))
