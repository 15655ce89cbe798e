"""With `-v`, the steps of a scenario in the terminal: a line for each, as it ends, between pytest's own lines.

Each line begins with its line break: so the scenario's name, which pytest leaves open, is followed by its steps, and
those by pytest's own word for the scenario. With pytest-xdist the workers send their lines along, and the process that
reports prints them below pytest-xdist's own line.
"""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

import pytest

from asgherkin.gherkin.run import watches_key
from asgherkin.recording.outcomes import Ending, outcomes_of
from asgherkin.redaction.data import learn_argument
from asgherkin.report.verdicts import Status
from asgherkin.session.session import Conductor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asgherkin.gherkin.run import Progress

ATTRIBUTE = "asgherkin_lines"
_INTERRUPTED = "interrupted"
"""Where Ctrl-C has ended the run; no status of messages."""
_WIDTH = len(Status.UNDEFINED)  # the longest of a step; what is interrupted stands aside of the others


class Line(NamedTuple):
    """The status of a step, and its text without secrets."""

    status: str
    text: str


def show_steps(config: pytest.Config) -> None:
    """Show the steps of this run, in a worker or in the process that reports."""
    terminal = None if hasattr(config, "workerinput") else _Terminal(config)
    if terminal is not None:
        config.pluginmanager.register(terminal)
    steps = _StepWatch(terminal)
    config.pluginmanager.register(steps)
    config.stash.setdefault(watches_key, []).append(steps)


class _StepWatch:
    """A watch that shows a step's line when the step has ended: a secret in its text is known by then.

    A worker of pytest-xdist's has no terminal: its lines are an attribute of the scenario's report.
    """

    def __init__(self, terminal: _Terminal | None) -> None:
        self._terminal = terminal
        self._lines: list[Line] = []
        self._progress: Progress | None = None
        self._ends: dict[str, Ending] = {}
        self._shown = 0

    def begin(self, progress: Progress) -> None:
        """The scenario's steps are known."""
        self._progress, self._shown = progress, 0
        assert isinstance(progress.conduct, Conductor)
        for step in progress.scenario.steps:
            learn_argument(
                step.docstring, step.datatable.raw() if step.datatable else None, progress.conduct.session.redactor
            )

    def reach(self, position: int) -> None:
        """A step begins, so the one before it has passed."""
        if position:
            self._show(self._line(position - 1, Status.PASSED))
        self._shown = position

    def leave(self) -> None:
        """The last step is shown with the report."""

    def take(
        self,
        item: pytest.Item,  # noqa: ARG002 - as the protocol has it
        report: pytest.TestReport,
        call: pytest.CallInfo[None],
    ) -> None:
        """Show the lines that are left when the steps have ended."""
        progress = self._progress
        finished = progress is not None and progress.finished
        self._ends[report.when or ""] = Ending(report, call.excinfo and call.excinfo.value, finished=finished)
        if report.when == "call" and progress is not None:
            for line in self._rest(progress):
                self._show(line)
            self._progress = None
            if self._terminal is not None:
                self._terminal.write([], "\n  ")  # pytest's own word about the scenario follows
            else:
                # As one text: execnet, which carries what pytest-xdist sends, has no lone surrogates.
                setattr(report, ATTRIBUTE, json.dumps(self._lines))
                self._lines = []

    def pytest_keyboard_interrupt(self) -> None:
        """Show where Ctrl-C has ended the run: pytest makes no report of it."""
        progress = self._progress
        if progress is None or progress.at is None:
            return
        if progress.finished:
            self._show(self._line(progress.at, Status.PASSED))
            self._show(Line(_INTERRUPTED, "after the last step"))
        else:
            self._show(self._line(progress.at, _INTERRUPTED))
        self._progress = None

    def _rest(self, progress: Progress) -> Iterator[Line]:
        # The fixtures are still to be torn down: as if that went as well as the set-up.
        ends = {**self._ends, "teardown": self._ends["setup"]}
        before, steps, after = outcomes_of(ends, progress.steps, progress.at)
        if before.status != Status.PASSED:
            yield Line(before.status, "before the first step")
        for position in range(self._shown, len(steps)):
            yield self._line(position, steps[position].status)
        if after.status != Status.PASSED:
            yield Line(after.status, "after the last step")

    def _show(self, line: Line) -> None:
        if self._terminal is None:
            self._lines.append(line)
        else:
            self._terminal.write([line])

    def _line(self, position: int, status: str) -> Line:
        assert self._progress is not None
        step = self._progress.steps[position].step
        return Line(status, self._progress.conduct.redact(f"{step.keyword} {step.name}"))


class _Terminal:
    """The terminal of the process that reports, by pytest's own writer, which knows about colours."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._has_marks = _can_write("".join(status.mark for status in Status), sys.stdout.encoding)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print what a worker has sent, below its line."""
        sent = vars(report).pop(ATTRIBUTE, "[]")
        self.write([Line(*line) for line in json.loads(sent)])

    def write(self, lines: Sequence[Line], end: str = "") -> None:
        """Print lines, each after its line break."""
        writer = self._config.get_terminal_writer()
        capture = self._config.pluginmanager.getplugin("capturemanager")
        with nullcontext() if capture is None else capture.global_and_fixture_disabled():
            for status, text in lines:
                mark, colour = self._look(status)
                writer.write("\n  ")
                writer.write(f"{mark} {status:<{_WIDTH}}", **{colour: True})
                writer.write(f"  {printable(text)}", flush=True)
            writer.write(end)

    def _look(self, written: str) -> tuple[str, str]:
        """A status's mark and colour."""
        if written == _INTERRUPTED:
            return "!", "red"
        status = Status(written)
        mark = status.mark if self._has_marks else status.plain_mark
        return mark, "red" if status.is_problem else "green" if status is Status.PASSED else "yellow"


def _can_write(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def printable(text: str) -> str:
    """A text with its control characters escaped, which could move the cursor or set colours."""
    return "".join(
        character if character.isprintable() or character == "\n" else repr(character)[1:-1] for character in text
    )


class PlainFailures:
    """A plugin that writes the characters which a terminal of this encoding does not have as their escapes.

    pytest would print a text with one of them as a single line of escapes.
    """

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Change a failure's text, after all others have had it as it is."""
        if isinstance(report.longrepr, str):
            report.longrepr = report.longrepr.encode(self._encoding, "backslashreplace").decode(self._encoding)
