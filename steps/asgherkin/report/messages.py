"""Cucumber Messages of a run, made as its scenarios end: https://github.com/cucumber/messages.

Each text that comes out is one or more whole lines.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from asgherkin.report.output_files import line
from asgherkin.report.verdicts import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from asgherkin.report.pickles import FeatureMessages, Message, Pickled

_PROTOCOL = "34.2.0"
_BEFORE, _AFTER = "before", "after"
_HOOKS = {_BEFORE: ("set-up", "BEFORE_TEST_CASE"), _AFTER: ("tear-down", "AFTER_TEST_CASE")}
_GOOD = (Status.PASSED, Status.SKIPPED)
_NOTHING: Result = {
    "status": Status.UNKNOWN,
    "start": 0.0,
    "seconds": 0.0,
    "message": "No result of this was recorded.",
}


# What a worker records of a scenario: plain types, so that it can be sent to another process as it is.


class Failure(TypedDict):
    """Why something did not pass: the kind of exception, and the sentence that says what differed."""

    type: str
    message: str


class Result(TypedDict):
    """The result of a step, or of the hooks before and after the steps. `start` and `seconds` are in seconds."""

    status: str
    """The value of a `Status`."""
    start: float
    seconds: float
    message: NotRequired[str]
    failure: NotRequired[Failure]
    attachments: NotRequired[list[dict[str, str]]]


class Match(TypedDict):
    """A definition that fits a step, and the groups of its pattern, as messages have them."""

    definition: str
    groups: list[dict[str, Any]]


class StepRecord(Result):
    """A step: its line in the feature file, its keyword and text, and what fits it.

    `snippet` is the code to paste for an undefined one.
    """

    line: int
    text: str
    matches: list[Match]
    snippet: NotRequired[str]


class DefinitionRecord(TypedDict):
    """A step definition; `regular` says that its pattern is a regular expression."""

    id: str
    pattern: str
    regular: bool
    uri: str
    line: int | None


class ScenarioRecord(TypedDict):
    """One attempt at a scenario. `definitions` are those that this process has not put into a record before."""

    nodeid: str
    uri: str
    path: str
    feature: str
    name: str
    line: int
    row: int | None
    index: int | None
    variant: str
    worker: str
    attempt: int
    start: float
    seconds: float
    before: Result
    steps: list[StepRecord]
    after: Result
    definitions: list[DefinitionRecord]


class Messages:
    """Makes the messages of a run. Of finished scenarios it keeps ids only."""

    def __init__(self, version: str, run: str, start: float) -> None:
        """`run` is the id of this run; `start` is its time, in seconds of the epoch."""
        self._version = version
        self._run = run
        self._start = start
        self._pickles: dict[tuple[str, int, int | None, str], Pickled] = {}
        self._uris: set[str] = set()
        self._definitions: set[str] = set()
        self._suggested: set[str] = set()
        self._cases: dict[str, str] = {}
        self._attempts: dict[str, int] = {}
        self._latest: dict[str, float] = {}
        self.success = True

    def begin(self) -> Iterator[str]:
        """The messages that come first."""
        yield line({"meta": _meta(self._version)})
        yield line({"testRunStarted": {"id": self._run, "timestamp": _timestamp(self._start)}})
        for hook, (name, kind) in _HOOKS.items():
            yield line({"hook": {"id": hook, "name": name, "type": kind, "sourceReference": {"uri": "asgherkin"}}})

    def end(self, at: float, message: str = "") -> str:
        """The last message. `message` says why the run ended early."""
        success = self.success and not message
        finished: Message = {"testRunStartedId": self._run, "success": success, "timestamp": _timestamp(at)}
        return line({"testRunFinished": {**finished, "message": message} if message else finished})

    def knows(self, uri: str) -> bool:
        """Whether a feature file has its messages."""
        return uri in self._uris

    def feature(self, uri: str, feature: FeatureMessages) -> Iterator[str]:
        """The messages of a feature file: once, before its records."""
        self._uris.add(uri)
        self.success = self.success and not feature.broken
        for pickle in feature.pickles:
            self._pickles[uri, pickle.line, pickle.row, pickle.variant] = pickle
            if pickle.number is not None:
                by_number = -1 - pickle.number  # no line is below 0
                self._pickles[uri, pickle.line, by_number, pickle.variant] = pickle
        return map(line, feature.envelopes)

    def definitions(self, definitions: Iterable[DefinitionRecord]) -> Iterator[str]:
        """The messages of step definitions that have none yet."""
        for definition in definitions:
            if definition["id"] not in self._definitions:
                self._definitions.add(definition["id"])
                yield line({"stepDefinition": _definition(definition)})

    def scenario(self, record: ScenarioRecord, *, retried: bool = False) -> list[str]:
        """The messages of an attempt. `retried`: another follows, and the run is not judged by this attempt."""
        lines = list(self.definitions(record["definitions"]))
        row = record["row"] if record["index"] is None else -1 - record["index"]
        pickle = self._pickles.get((record["uri"], record["line"], row, record["variant"]))
        if pickle is None:
            self.success = False
            return lines
        by_line = {step["line"]: step for step in record["steps"]}
        case = self._cases.get(record["nodeid"])
        if case is None:
            # One pickle may be several test cases: where a test module binds it twice, or a fixture has parameters.
            digest = hashlib.sha256(record["nodeid"].encode(errors="replace")).hexdigest()[:8]
            case = self._cases[record["nodeid"]] = f"{pickle.id}-{digest}"
            lines.append(line({"testCase": _test_case(case, self._run, pickle, by_line)}))
        lines += self._suggestions(pickle, by_line)
        # The record of an attempt in which a worker died comes last, even if another worker has tried again since.
        retried = retried or record["start"] < self._latest.get(record["nodeid"], 0)
        self._latest[record["nodeid"]] = max(record["start"], self._latest.get(record["nodeid"], 0))
        results = [record["before"], *(by_line.get(step.line, _NOTHING) for step in pickle.steps), record["after"]]
        if not retried:
            self.success = self.success and bool(pickle.steps) and all(result["status"] in _GOOD for result in results)
        number = self._attempts.get(record["nodeid"], 0)
        self._attempts[record["nodeid"]] = number + 1
        lines += map(line, _attempt(case, f"{case}-{self._run}-{number}", number, record, results, retried=retried))
        return lines

    def _suggestions(self, pickle: Pickled, by_line: Mapping[int, StepRecord]) -> Iterator[str]:
        snippets = {number: step["snippet"] for number, step in by_line.items() if "snippet" in step}
        for step in pickle.steps if snippets else ():
            if step.line in snippets and step.id not in self._suggested:
                self._suggested.add(step.id)
                code = {"language": "python", "code": snippets[step.line]}
                yield line({"suggestion": {"id": f"{step.id}-snippet", "pickleStepId": step.id, "snippets": [code]}})


def _test_case(case: str, run: str, pickle: Pickled, by_line: Mapping[int, StepRecord]) -> Message:
    # A test step has the id of its case with a number: 0 is what is before the steps, the last what is after them.
    steps: list[Message] = [{"id": f"{case}-0", "hookId": _BEFORE}]
    for number, step in enumerate(pickle.steps, start=1):
        matches = by_line[step.line]["matches"] if step.line in by_line else ()
        groups = [[{"group": group} for group in match["groups"]] for match in matches]
        steps.append(
            {
                "id": f"{case}-{number}",
                "pickleStepId": step.id,
                "stepDefinitionIds": [match["definition"] for match in matches],
                "stepMatchArgumentsLists": [{"stepMatchArguments": arguments} for arguments in groups],
            }
        )
    steps.append({"id": f"{case}-{len(pickle.steps) + 1}", "hookId": _AFTER})
    return {"id": case, "pickleId": pickle.id, "testRunStartedId": run, "testSteps": steps}


def _attempt(
    case: str, started: str, number: int, record: ScenarioRecord, results: Sequence[Result], *, retried: bool
) -> Iterator[Message]:
    """The envelopes of an attempt, from its start to its end. `started` is its id, `number` counts from 0 on."""
    at = record["start"]
    worker = {"workerId": record["worker"]} if record["worker"] else {}
    begin = {"id": started, "testCaseId": case, "attempt": number, "timestamp": _timestamp(at), **worker}
    yield {"testCaseStarted": begin}
    for step, result in enumerate(results):
        at = max(at, result["start"])
        ids = {"testCaseStartedId": started, "testStepId": f"{case}-{step}"}
        yield {"testStepStarted": {**ids, "timestamp": _timestamp(at)}}
        for attachment in result.get("attachments", ()):
            yield {"attachment": {**ids, **attachment, "contentEncoding": "IDENTITY"}}
        at += result["seconds"]
        yield {"testStepFinished": {**ids, "testStepResult": _result(result), "timestamp": _timestamp(at)}}
    end = max(at, record["start"] + record["seconds"])
    yield {"testCaseFinished": {"testCaseStartedId": started, "timestamp": _timestamp(end), "willBeRetried": retried}}


def _result(result: Result) -> Message:
    shown: Message = {"status": Status(result["status"]).name, "duration": _timestamp(result["seconds"])}
    if "message" in result:
        shown["message"] = result["message"]
    if "failure" in result:
        shown["exception"] = result["failure"]
    return shown


def _definition(definition: DefinitionRecord) -> Message:
    place: Message = {"uri": definition["uri"]}
    if definition["line"] is not None:
        place["location"] = {"line": definition["line"]}
    kind = "REGULAR_EXPRESSION" if definition["regular"] else "CUCUMBER_EXPRESSION"
    pattern = {"source": definition["pattern"], "type": kind}
    return {"id": definition["id"], "pattern": pattern, "sourceReference": place}


def _timestamp(seconds: float) -> dict[str, int]:
    """A point in time, or a span, as messages have it."""
    whole, nanos = divmod(round(seconds * 1e9), 1_000_000_000)
    return {"seconds": whole, "nanos": nanos}


def _meta(version: str) -> Message:
    meta: Message = {
        "protocolVersion": _PROTOCOL,
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
        from ci_environment import detect_ci_environment  # type: ignore[import-untyped] # it has no types

        found: Any = detect_ci_environment(dict(environment))
    except Exception:  # noqa: BLE001 - it raises on environments that it does not expect, and a report goes on without
        return None
    return {key: value for key, value in found.items() if value} if found else None
