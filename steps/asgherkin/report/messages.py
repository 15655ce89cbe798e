"""Cucumber Messages of a run, made as its scenarios end: https://github.com/cucumber/messages.

Each text that comes out is one or more whole lines.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from typing import TYPE_CHECKING, Any

from asgherkin.report.lines import AFTER, BEFORE, Case, Matches, attempt, test_case
from asgherkin.report.results import GOOD, UNKNOWN
from asgherkin.report.writer import line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from asgherkin.report.pickles import FeatureMessages, Message, Pickled
    from asgherkin.report.results import DefinitionRecord, Result, ScenarioRecord, StepRecord

PROTOCOL = "34.2.0"
_NAMES = {BEFORE: "set-up", AFTER: "tear-down"}
_NOTHING: Result = {"status": UNKNOWN, "start": 0.0, "seconds": 0.0, "message": "No result of this was recorded."}


class Messages:
    """Makes the messages of one run. Of what is finished it keeps ids only."""

    def __init__(self, version: str, run: str, start: float) -> None:
        """`run` tells this run from all others; `start` is its time, in seconds of the epoch."""
        self._version = version
        self._run = run
        self._start = start
        self._pickles: dict[tuple[str, int, int | None, str], Pickled] = {}
        self._uris: set[str] = set()
        self._definitions: set[str] = set()
        self._suggested: set[str] = set()
        self._cases: dict[str, Case] = {}
        self._matches = Matches()
        self._attempts: dict[str, int] = {}
        self._latest: dict[str, float] = {}
        self.success = True

    def begin(self) -> Iterator[str]:
        """What stands first."""
        yield line({"meta": _meta(self._version)})
        yield line({"testRunStarted": {"id": self._run, "timestamp": timestamp(self._start)}})
        for name, kind in ((BEFORE, "BEFORE_TEST_CASE"), (AFTER, "AFTER_TEST_CASE")):
            hook = {"id": name, "name": _NAMES[name], "type": kind, "sourceReference": {"uri": "asgherkin"}}
            yield line({"hook": hook})

    def end(self, at: float, message: str = "") -> str:
        """What stands last. `message` says why the run ended early."""
        finished: Message = {
            "testRunStartedId": self._run,
            "success": self.success and not message,
            "timestamp": timestamp(at),
        }
        return line({"testRunFinished": {**finished, "message": message} if message else finished})

    def knows(self, uri: str) -> bool:
        """Whether a feature file was handed in already."""
        return uri in self._uris

    def feature(self, uri: str, feature: FeatureMessages) -> Iterator[str]:
        """Know a feature file, once, before its records."""
        self._uris.add(uri)
        self.success = self.success and not feature.broken
        for one in feature.pickles:
            self._pickles[uri, one.line, one.row, one.variant] = one
            if one.number is not None:
                self._pickles[uri, one.line, -1 - one.number, one.variant] = one  # by its number: no line is below 0
        return map(line, feature.envelopes)

    def definitions(self, definitions: Iterable[DefinitionRecord]) -> Iterator[str]:
        """Step definitions, each one once."""
        for one in definitions:
            if one["id"] not in self._definitions:
                self._definitions.add(one["id"])
                yield line({"stepDefinition": _definition(one)})

    def scenario(self, record: ScenarioRecord, *, retried: bool = False) -> list[str]:
        """An attempt. `retried`: another follows, and this one is not what the run is judged by."""
        told = list(self.definitions(record["definitions"]))
        pickle = self._pickle_of(record)
        if pickle is None:
            self.success = False
            return told
        by_line = {step["line"]: step for step in record["steps"]}
        case = self._cases.get(record["nodeid"])
        if case is None:
            case = self._cases[record["nodeid"]] = _case(pickle, record)
            told.append(test_case(case, self._run, pickle, by_line, self._matches))
        told += self._suggestions(pickle, by_line)
        # What a worker died in is told last, also where another worker has tried again since.
        retried = retried or record["start"] < self._latest.get(record["nodeid"], 0)
        self._latest[record["nodeid"]] = max(record["start"], self._latest.get(record["nodeid"], 0))
        results = [record["before"], *(by_line.get(one.line, _NOTHING) for one in pickle.steps), record["after"]]
        if not retried:
            self.success = self.success and bool(pickle.steps) and all(one["status"] in GOOD for one in results)
        told.append(self._attempt(case, record, results, retried=retried))
        return told

    def _pickle_of(self, record: ScenarioRecord) -> Pickled | None:
        index = record["index"]
        row = record["row"] if index is None else -1 - index
        return self._pickles.get((record["uri"], record["line"], row, record["variant"]))

    def _suggestions(self, pickle: Pickled, by_line: Mapping[int, StepRecord]) -> Iterator[str]:
        if not any("snippet" in step for step in by_line.values()):
            return
        for one in pickle.steps:
            snippet = by_line[one.line].get("snippet") if one.line in by_line else None
            if snippet and one.id not in self._suggested:
                self._suggested.add(one.id)
                code = {"language": "python", "code": snippet}
                yield line({"suggestion": {"id": f"{one.id}-snippet", "pickleStepId": one.id, "snippets": [code]}})

    def _attempt(self, case: Case, record: ScenarioRecord, results: list[Result], *, retried: bool) -> str:
        number = self._attempts.get(record["nodeid"], 0)
        self._attempts[record["nodeid"]] = number + 1
        return attempt(case, f"{case.id}-{self._run}-{number}", number, record, results, retried=retried)


def _case(pickle: Pickled, record: ScenarioRecord) -> Case:
    # One pickle may be several test cases: where a test module binds it twice, or a fixture has parameters.
    of_item = hashlib.sha256(record["nodeid"].encode(errors="replace")).hexdigest()[:8]
    return Case(f"{pickle.id}-{of_item}", len(pickle.steps))


def _definition(one: DefinitionRecord) -> Message:
    place: Message = {"uri": one["uri"]}
    if one["line"] is not None:
        place["location"] = {"line": one["line"]}
    kind = "REGULAR_EXPRESSION" if one["regular"] else "CUCUMBER_EXPRESSION"
    return {"id": one["id"], "pattern": {"source": one["pattern"], "type": kind}, "sourceReference": place}


def timestamp(seconds: float) -> dict[str, int]:
    """A point in time, or a span, as messages have it."""
    whole, nanos = divmod(round(seconds * 1e9), 1_000_000_000)
    return {"seconds": whole, "nanos": nanos}


def _meta(version: str) -> Message:
    meta: Message = {
        "protocolVersion": PROTOCOL,
        "implementation": {"name": "asgherkin", "version": version},
        "runtime": {"name": sys.implementation.name, "version": platform.python_version()},
        "os": {"name": platform.system(), "version": platform.release()},
        "cpu": {"name": platform.machine()},
    }
    build = _build(os.environ)
    return {**meta, "ci": build} if build else meta


def _build(environment: Mapping[str, str]) -> Message | None:
    """The build and the commit; None outside of continuous integration."""
    try:
        from ci_environment import detect_ci_environment  # type: ignore[import-untyped]

        found: Any = detect_ci_environment(dict(environment))
    except Exception:  # noqa: BLE001 - it raises on environments that it does not expect, and a report goes on without
        return None
    return {key: value for key, value in found.items() if value} if found else None
