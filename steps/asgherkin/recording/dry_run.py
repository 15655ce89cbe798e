"""`--asgi-dry-run`: every step is looked up and none is called; what would stop a run is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import ConfigurationError
from asgherkin.gherkin.checking import check, everything_key, scenarios_in
from asgherkin.gherkin.suggestions import corrections, hints, indented, of_another_kind, stubs
from asgherkin.gherkin.undefined import unloaded
from asgherkin.options import OPTIONS, settings_key
from asgherkin.recording.terminal import printable
from asgherkin.redaction.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest import TerminalReporter  # noqa: PT013 - a name for a type only

    from asgherkin.gherkin.checking import Checked, Unmatched

_OUTPUTS = ("asgi_report", "asgi_messages", "asgi_summary", "asgi_history")
# Looking for the nearest sentences takes some milliseconds a step, and more steps than these have another cause.
_MOST_HINTS = 50
_MOST_PLACES = 5


def dry_run(config: pytest.Config) -> None:
    """Have this run look up steps only, in this process.

    Raises ConfigurationError where the command line asks for a report of it too.
    """
    asked = [option.flag for option in OPTIONS if option.name in _OUTPUTS and config.getoption(option.name)]
    if asked:
        raise ConfigurationError(
            f"--asgi-dry-run runs nothing that {' or '.join(asked)} could tell of. Leave one of them out."
        )
    config.option.dist = "no"  # pytest-xdist's: there is nothing to share out among workers
    config.pluginmanager.register(_DryRun(config))


class _DryRun:
    """A plugin in the place of pytest's run loop."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._left_out = 0
        self._checked: Checked | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out tests that are no scenarios, before others choose among what is left."""
        scenarios = scenarios_in(items)
        kept = set(scenarios)
        others = [item for item in items if item not in kept]
        config.stash[everything_key] = scenarios
        if others:
            self._left_out = len(others)
            config.hook.pytest_deselected(items=others)
            items[:] = scenarios

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Look up all steps; what would fail a run fails this one."""
        stops = session.testsfailed and not session.config.option.continue_on_collection_errors
        if stops or session.config.option.collectonly:
            return None  # pytest's own loop says why it stops
        self._checked = check(session, session.items)
        session.testsfailed += self._checked.failing
        return True

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """List what was found."""
        if self._checked is None:
            return
        redact = Redactor(self._config.stash[settings_key].redact).redact
        terminalreporter.section("dry run")
        not_loaded = unloaded(self._config) if self._checked.undefined else ()
        is_narrowed = self._config.args_source is pytest.Config.ArgsSource.ARGS
        paths = self._config.args if is_narrowed else ()
        for line in _report_lines(self._checked, self._left_out, paths, not_loaded):
            terminalreporter.line(printable(redact(line)))


def _report_lines(
    checked: Checked, left_out: int, narrowed_to: Sequence[str], not_loaded: Sequence[str]
) -> Iterator[str]:
    """The lines of the report. `narrowed_to` are the paths that the command line chose, if it did.

    `not_loaded` are lines about files of sentences that were not loaded.
    """
    looked_at = f"{_count(len(checked.scenarios), 'scenario')}, {_count(checked.steps, 'step')}"
    yield f"{looked_at}: all looked up, none called."
    if left_out:
        yield f"{_count(left_out, 'test')} in Python left out: only scenarios have steps."
    undefined = list(checked.undefined.values())
    hinted, others = undefined[:_MOST_HINTS], undefined[_MOST_HINTS:]
    lines = [[*_where(step), *(f"    {line}" for line in hints(step.kind, step.text, step.known))] for step in hinted]
    yield from _part("No sentence fits", "step", [*lines, *map(_where, others)])
    yield from _part("Several sentences fit", "step", map(_ambiguous, checked.ambiguous.values()))
    reasons = [f"{found.place}: {found.reason}".splitlines() for found in checked.cannot_run]
    cannot_run = [[f"  {first}", *(f"    {line}" for line in below)] for first, *below in reasons]
    yield from _part("Cannot run as written", "place", cannot_run)
    unused = [[f"  {sentence.definition.location}: {sentence.kind} {sentence.pattern}"] for sentence in checked.unused]
    yield from _part("In no scenario", "sentence of this project", unused)
    if checked.unused and narrowed_to:
        yield f"Only {', '.join(narrowed_to)} was looked at: features elsewhere may use them."
    # A step that is right but for its keyword or its quotes has its sentence.
    missing = [step for step in hinted if not corrections(step.kind, step.text, step.known)]
    missing += [step for step in others if not of_another_kind(step.text, step.known)]
    if missing:
        yield from not_loaded
        yield "\nTo write the sentences that are missing, put this into conftest.py:\n"
        yield from indented(stubs((step.kind, step.text) for step in missing)).splitlines()
    elif not checked.failing:
        yield "\nEvery step has its sentence."


def _part(title: str, noun: str, found: Iterable[Iterable[str]]) -> Iterator[str]:
    parts = list(found)
    if parts:
        yield f"\n{title}: {_count(len(parts), noun)}\n"
    for lines in parts:
        yield from lines


def _where(step: Unmatched) -> list[str]:
    more = len(step.places) - _MOST_PLACES
    places = ", ".join(str(place) for place in step.places[:_MOST_PLACES])
    return [f"  {step}", f"    {places} and {more} more" if more > 0 else f"    {places}"]


def _ambiguous(step: Unmatched) -> list[str]:
    return [*_where(step), "    It fits:", *(f"      {line}" for line in step.listed)]


def _count(number: int, noun: str) -> str:
    first, _, rest = noun.partition(" ")
    return f"{number:,} {first}{'' if number == 1 else 's'}{' ' if rest else ''}{rest}"
