"""Records the scenarios that run in this process, and hangs each one's record on its last report.

While a scenario runs, only times are noted; all else is made when it has ended and its secrets are known.
"""

from __future__ import annotations

import functools
import json
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from asgherkin.errors import Mismatch
from asgherkin.evidence.record import media_type
from asgherkin.evidence.row_differences import DifferingRowsRecord
from asgherkin.gherkin.calling import match_steps
from asgherkin.gherkin.collect import ScenarioItem
from asgherkin.gherkin.failure import headline_key
from asgherkin.gherkin.items import example_of, is_scenario, scenario_of
from asgherkin.gherkin.mistakes import shown_path
from asgherkin.gherkin.variants import variant_of
from asgherkin.options import settings_key
from asgherkin.recording.definition_records import DefinitionRecords
from asgherkin.recording.outcomes import Ending, Outcomes, cut_short, outcomes_of
from asgherkin.redaction.data import learn_argument
from asgherkin.redaction.redactor import Redactor
from asgherkin.surroundings import session_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_bdd.parser import Scenario

    from asgherkin.gherkin.calling import StepMatch
    from asgherkin.gherkin.run import Progress
    from asgherkin.recording.journal import Journal
    from asgherkin.report.messages import Failure, Result, ScenarioRecord, StepRecord
    from asgherkin.session.session import Session

ATTRIBUTE = "asgherkin_records"
_as_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_attempts_key = pytest.StashKey[int]()


class _Running:
    """What is noted of the attempt that runs."""

    def __init__(self, item: pytest.Item) -> None:
        self.item = item
        self.epoch = time.time()
        self.began = time.perf_counter()
        self.progress: Progress | None = None
        self.at: int | None = None
        self.times: list[float] = []
        self.ends: dict[str, Ending] = {}

    @property
    def session(self) -> Session | None:
        return self.item.stash.get(session_key, None)

    @functools.cached_property
    def scenario(self) -> Scenario:
        scenario = self.progress.scenario if self.progress is not None else scenario_of(self.item)
        assert scenario is not None, "nothing else is recorded"
        return scenario

    def note(self) -> None:
        self.times.append(time.perf_counter())

    def finish(self) -> None:
        """Note the end; steps that were not reached get no time."""
        missing = len(self.scenario.steps) + 1 - len(self.times)
        last = self.times[-1] if self.times else time.perf_counter()
        self.times += [last] * missing
        self.note()


class Recorder:
    """A plugin of a run for which an output was asked. See `asgherkin.gherkin.run.Watch`.

    `journal` is where a worker notes what it does, should it die; a process that reports to itself needs none.
    """

    def __init__(self, config: pytest.Config, journal: Journal | None = None) -> None:
        self._config = config
        self._journal = journal
        self._worker: str = getattr(config, "workerinput", {}).get("workerid", "")
        self._definitions = DefinitionRecords(config.rootpath)
        self._running: _Running | None = None
        self._item: pytest.Item | None = None
        self._records: list[ScenarioRecord] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin an attempt at a scenario."""
        if item is not self._item:  # else another attempt: its report may be the only one that is shown
            self._item, self._records = item, []
        self._running = _Running(item) if is_scenario(item) else None
        if self._running is not None and self._journal is not None:
            # Of a worker that dies in this attempt, the record is this one, with its journal's notes.
            outcomes = cut_short("", self._found(self._running), None)
            self._journal.note(started=self._record(self._running, outcomes, bare=True))

    def begin(self, progress: Progress) -> None:
        """The scenario's steps are known."""
        running = self._running
        if running is None:
            return
        running.progress = progress
        session = running.session
        assert session is not None, "a scenario's session is made before its steps are looked up"
        for step in progress.scenario.steps:
            learn_argument(step.docstring, step.datatable.raw() if step.datatable else None, session.redactor)

    def reach(self, position: int) -> None:
        """A step begins."""
        running = self._running
        if running is not None:
            running.at = position
            running.note()
            if self._journal is not None:
                self._journal.note(step=position, at=time.time())

    def leave(self) -> None:
        """No further step runs."""
        if self._running is not None:
            self._running.note()

    def take(self, item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """Keep what a report says; with the last one, make the record."""
        running = self._running
        if running is None or running.item is not item:
            return
        finished = running.progress is not None and running.progress.finished
        error = call.excinfo and call.excinfo.value
        headline = item.stash.get(headline_key, "") if report.failed else ""
        running.ends[report.when or ""] = Ending(report, error, finished, headline)
        item.stash[headline_key] = ""
        if (
            isinstance(error, Mismatch)
            and error.rows is not None
            and running.session is not None
            and running.at is not None
        ):
            running.session.evidence.add(DifferingRowsRecord(error.rows, error.differences), step=running.at)
        if report.when != "teardown":
            return
        self._running = None
        records = self._records
        records.append(self._record(running, outcomes_of(running.ends, self._found(running), running.at)))
        item.stash[_attempts_key] = records[-1]["attempt"] + 1
        if self._journal is not None:
            self._journal.note(ended=True)
        # As one text: what pytest-xdist sends knows no half characters.
        setattr(report, ATTRIBUTE, json.dumps(records) if self._worker else list(records))

    def interrupted(self, why: str) -> list[ScenarioRecord]:
        """The records of a scenario in whose middle the run was ended, this attempt's last; none where none runs."""
        running, self._running = self._running, None
        if running is None:
            return []
        outcomes = cut_short(why, self._found(running), running.at)
        return [*self._records, self._record(running, outcomes)]

    def _found(self, running: _Running) -> Sequence[StepMatch]:
        if running.progress is not None and running.progress.steps:
            return running.progress.steps
        return match_steps(running.scenario, running.item)

    def _record(self, running: _Running, outcomes: Outcomes, *, bare: bool = False) -> ScenarioRecord:
        """The record of an attempt; a bare one has neither times nor evidence."""
        item, session, scenario = running.item, running.session, running.scenario
        redactor = Redactor(self._config.stash[settings_key].redact) if session is None else session.redactor
        redact = redactor.redact
        if not bare:
            running.finish()
        before, after = _result(outcomes.before, redact), _result(outcomes.after, redact)
        steps = [
            self._step(match, _result(outcome, redact), redact, item)
            for match, outcome in zip(self._found(running), outcomes.steps, strict=True)
        ]
        if not bare:
            before["seconds"] = running.times[0] - running.began
            self._add_times(running, [*steps, after])
            self._add_attachments(session, [before, *steps, after])
        example = item.source.example if isinstance(item, ScenarioItem) else None
        # The parameters of a bound scenario have the number of its row, and not the row's line.
        indices = item.callspec.indices if example_of(item) and hasattr(item, "callspec") else {}
        return {
            "uri": _uri(scenario.feature.filename, self._config.rootpath),
            "path": str(scenario.feature.filename),
            "feature": str(scenario.feature.name or ""),
            "line": scenario.line_number,
            "row": example.line if example else None,
            "nodeid": item.nodeid,
            "name": redact(scenario.name),
            "index": indices.get("_pytest_bdd_example"),
            "variant": variant_of(item),
            "worker": self._worker,
            "attempt": item.stash.get(_attempts_key, 0),
            "start": running.epoch,
            "seconds": time.perf_counter() - running.began,
            "before": {**before, "start": running.epoch},
            "steps": steps,
            "after": after,
            "definitions": self._definitions.definitions(item),
        }

    def _step(self, match: StepMatch, result: Result, redact: Callable[[str], str], item: pytest.Item) -> StepRecord:
        text = redact(match.step.name)
        record = cast("StepRecord", result)
        record["line"] = match.step.line_number
        record["text"] = f"{match.step.keyword} {text}"
        record["matches"] = self._definitions.matches(match, item, text)
        if snippet := self._definitions.snippet(match, text):
            record["snippet"] = snippet
        return record

    def _add_times(self, running: _Running, results: Sequence[Result]) -> None:
        for result, (start, end) in zip(results, pairwise(running.times), strict=True):
            if end > start:
                result["start"] = running.epoch + start - running.began
                result["seconds"] = end - start

    def _add_attachments(self, session: Session | None, results: Sequence[Result]) -> None:
        if session is None:
            return
        for record, document in zip(session.evidence.records, session.evidence.masked(session.redactor), strict=True):
            result = results[min(record.step + 1, len(results) - 1)]
            shown = {**document, "read_in": record.read_in} if record.read_in else document
            attachment = {"mediaType": media_type(record.kind), "body": _as_text(shown)}
            result.setdefault("attachments", []).append(attachment)


def _result(outcome: tuple[str, str, Failure | None], redact: Callable[[str], str]) -> Result:
    status, message, failure = outcome
    result: Result = {"status": status, "start": 0.0, "seconds": 0.0}
    if message:
        result["message"] = redact(message)
    if failure is not None:
        result["failure"] = {"type": failure["type"], "message": redact(failure["message"])}
    return result


@functools.lru_cache
def _uri(path: str, root: Path) -> str:
    return shown_path(Path(path), root)
