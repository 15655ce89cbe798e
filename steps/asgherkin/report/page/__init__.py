"""The page: one HTML file made from the messages of a run."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from asgherkin.errors import ConfigurationError
from asgherkin.report.garbage import no_collector

try:
    from asgherkin.report.page.building import build
    from asgherkin.report.page.gathering import gather
    from asgherkin.report.page.history import labels
    from asgherkin.report.page.rendering import render

    if find_spec("markdown_it") is None:  # which is imported where there is something to render
        raise ModuleNotFoundError(name="markdown_it")
except ModuleNotFoundError as missing:
    raise ConfigurationError(
        f'The page needs the package {missing.name}, which is not installed: pip install "asgherkin[report]"'
    ) from None

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from asgherkin.report.page.records import Report

__all__ = ["UNSHOWN", "read_report", "write_page"]

UNSHOWN = ("testStepStarted", "stepDefinition", "source")
"""Kinds of messages that a run has many of, and the page has no use for."""


def read_report(envelopes: Iterable[Mapping[str, object]]) -> Report:
    """What a run's envelopes (Cucumber Messages) say, as the page has it."""
    return build(gather(envelopes))


def write_page(
    envelopes: Iterable[Mapping[str, object]], path: Path, *, history: Iterable[Mapping[str, object]] | None = None
) -> None:
    """Writes a run as one HTML file that needs nothing else.

    `history` are the runs before, as `asgherkin.report.page.history.read_history` reads them. The same input makes
    the same bytes. An older page is replaced when the new one is whole.
    """
    with no_collector():
        _write(envelopes, path, history or ())


def _write(envelopes: Iterable[Mapping[str, object]], path: Path, history: Iterable[Mapping[str, object]]) -> None:
    report = read_report(envelopes)
    path.parent.mkdir(parents=True, exist_ok=True)
    special = path.exists() and not path.is_file()  # such as /dev/stdout: it must stay what it is
    unfinished = path if special else path.with_name(f"{path.name}.part")
    # Half a character, which no file can hold, is written as its number.
    with unfinished.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.writelines(render(report, labels(report, history)))
    if not special:
        unfinished.replace(path)
