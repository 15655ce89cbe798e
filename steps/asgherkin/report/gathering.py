"""The one fold of a run's messages: what an attempt, a scenario, a feature file has, by its ids."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.report.verdicts import Status, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asgherkin.report.model import Message

_KINDS = (
    "meta",
    "testRunStarted",
    "testRunFinished",
    "gherkinDocument",
    "pickle",
    "parseError",
    "hook",
    "testCase",
    "testCaseStarted",
    "testCaseFinished",
    "testStepFinished",
    "attachment",
    "externalAttachment",
    "testRunHookFinished",
    "suggestion",
)


class Result(NamedTuple):
    """What came of a step or a hook. `headline` is what the exception says, `message` is the whole text."""

    status: Status
    seconds: float | None = None
    message: str = ""
    headline: str = ""
    frames: str = ""


class CaseStep(NamedTuple):
    """A step of a test case: which step of the pickle it is, or which hook."""

    id: str
    pickle_step: str | None
    hook: str | None


class Case(NamedTuple):
    """A test case, without the definitions that fit its steps, which are most of its message."""

    id: str
    steps: tuple[CaseStep, ...]


class Gathered:
    """All of a run. Results and evidence are found by the id of the attempt and that of the step, "" for no step."""

    def __init__(self, kinds: Mapping[str, list[Message]]) -> None:
        self.meta, self.start = _last(kinds["meta"]), _last(kinds["testRunStarted"])
        self.ends = kinds["testRunFinished"]
        self.features = {
            str(message.get("uri", "")): message.get("feature") or {} for message in kinds["gherkinDocument"]
        }
        self.pickles = {str(message["id"]): message for message in kinds["pickle"]}
        self.hooks = {message["id"]: _name_of_hook(message) for message in kinds["hook"]}
        self.run_hooks = [_result_of(message.get("result") or {}) for message in kinds["testRunHookFinished"]]
        self.errors: dict[str, list[str]] = defaultdict(list)
        for message in kinds["parseError"]:
            self.errors[str((message.get("source") or {}).get("uri", ""))].append(str(message.get("message", "")))
        self.snippets: dict[str, list[str]] = defaultdict(list)
        for message in kinds["suggestion"]:
            codes = [str(snippet.get("code", "")) for snippet in message.get("snippets") or ()]
            self.snippets[str(message.get("pickleStepId"))] += codes
        self.cases: dict[str, list[Case]] = defaultdict(list)
        for message in kinds["testCase"]:
            self.cases[message["pickleId"]].append(Case(message["id"], message["testSteps"]))
        self._gather_attempts(kinds)

    def _gather_attempts(self, kinds: Mapping[str, list[Message]]) -> None:
        self.attempts: dict[str, list[Message]] = defaultdict(list)
        for message in kinds["testCaseStarted"]:
            self.attempts[message["testCaseId"]].append(message)
        self.finished = {message["testCaseStartedId"]: message for message in kinds["testCaseFinished"]}
        self.results: dict[str, dict[str, Result]] = defaultdict(dict)
        for message in kinds["testStepFinished"]:
            self.results[message["testCaseStartedId"]][message["testStepId"]] = message["testStepResult"]
        known = {message["id"] for message in kinds["testCaseStarted"]}
        self.evidence: dict[str, dict[str, list[Message]]] = defaultdict(lambda: defaultdict(list))
        self.of_run: list[Message] = []
        """Evidence that belongs to no attempt."""
        for message in (*kinds["attachment"], *kinds["externalAttachment"]):
            started, step = str(message.get("testCaseStartedId")), str(message.get("testStepId") or "")
            (self.evidence[started][step] if started in known else self.of_run).append(message)


def gather(envelopes: Iterable[Mapping[str, object]]) -> Gathered:
    """Read a run. Kinds of messages that no output shows are skipped."""
    kinds: dict[str, list[Message]] = {kind: [] for kind in _KINDS}
    for envelope in envelopes:
        for kind, message in envelope.items():
            if kind in kinds and isinstance(message, dict):
                kinds[kind].append(_read(kind, message))
    return Gathered(kinds)


def _read(kind: str, message: Message) -> Message:
    """A message. The most frequent ones are stripped of what no output shows: it would take most of the memory."""
    if kind == "testCase":
        return {"id": message["id"], "pickleId": message["pickleId"], "testSteps": _case_steps(message)}
    if kind == "testStepFinished":
        ids = {name: message[name] for name in ("testCaseStartedId", "testStepId")}
        return {**ids, "testStepResult": _result_of(message.get("testStepResult") or {})}
    return message


def _last(messages: list[Message]) -> Message:
    return messages[-1] if messages else {}


def _name_of_hook(message: Message) -> str:
    kind = str(message.get("type") or "").removesuffix("_TEST_CASE").replace("_", " ").lower()
    return str(message.get("name") or kind or "hook")


def _case_steps(message: Message) -> tuple[CaseStep, ...]:
    steps = message.get("testSteps") or ()
    return tuple(CaseStep(step["id"], step.get("pickleStepId"), step.get("hookId")) for step in steps)


def _result_of(message: Message) -> Result:
    """A result of the standard."""
    status, took = status_of(message), seconds(message.get("duration"))
    if not (message.get("message") or message.get("exception")):
        return Result(status, took)  # as of most steps
    exception = message.get("exception") or {}
    said = str(exception.get("message") or exception.get("type") or "")
    return Result(status, took, str(message.get("message") or ""), said, str(exception.get("stackTrace") or ""))


def seconds(time: Message | None) -> float | None:
    """A timestamp or a duration of the standard as seconds."""
    if not time:
        return None
    return float(time.get("seconds", 0)) + float(time.get("nanos", 0)) / 1e9
