"""The attempts at a scenario: the messages of a run folded by their ids, and the steps with what became of each."""

from __future__ import annotations

from collections import defaultdict
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.report.attachments import is_read_in, without_rows
from asgherkin.report.model import Attempt, Failure, Step
from asgherkin.report.verdicts import Status, of_steps, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asgherkin.errors import DifferingRows
    from asgherkin.report.model import Message

# Large or frequent, and shown by no output.
_SKIPPED = ("source", "stepDefinition", "testStepStarted")
_HEADLINES = {
    Status.UNDEFINED: "This sentence is not defined: no step definition matches it.",
    Status.AMBIGUOUS: "More than one step definition matches this sentence.",
    Status.UNKNOWN: "The scenario did not finish: no result of this was recorded.",
}

Written = dict[str, tuple[str, str]]
"""The keyword of each step of a feature file, by the step's id there, and the part that it stands in."""


class Result(NamedTuple):
    """The result of a step or a hook. `headline` is the exception's message, `message` the whole text."""

    status: Status
    seconds: float | None = None
    message: str = ""
    headline: str = ""
    frames: str = ""


_NOTHING = Result(Status.UNKNOWN)


class _CaseStep(NamedTuple):
    """A step of a test case: which step of the pickle it is, or which hook."""

    id: str
    pickle_step: str | None
    hook: str | None


class _Case(NamedTuple):
    """A test case, without the definitions that fit its steps, which are most of its message."""

    id: str
    steps: tuple[_CaseStep, ...]


class Gathered:
    """All of a run. Results and evidence are found by the id of the attempt and that of the step, "" for no step."""

    def __init__(self, kinds: Mapping[str, list[Message]]) -> None:
        self.meta, self.start = ([{}, *kinds[kind]][-1] for kind in ("meta", "testRunStarted"))
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
        self.cases: dict[str, list[_Case]] = defaultdict(list)
        for message in kinds["testCase"]:
            self.cases[message["pickleId"]].append(_Case(message["id"], message["testSteps"]))
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
    """Read a run."""
    kinds: dict[str, list[Message]] = defaultdict(list)
    for envelope in envelopes:
        for kind, message in envelope.items():
            if kind not in _SKIPPED and isinstance(message, dict):
                kinds[kind].append(_read(kind, message))
    return Gathered(kinds)


def _read(kind: str, message: Message) -> Message:
    """A message. The most frequent ones are stripped of what no output shows: it would take most of the memory."""
    if kind == "testCase":
        steps = message.get("testSteps") or ()
        kept = tuple(_CaseStep(step["id"], step.get("pickleStepId"), step.get("hookId")) for step in steps)
        return {"id": message["id"], "pickleId": message["pickleId"], "testSteps": kept}
    if kind == "testStepFinished":
        ids = {name: message[name] for name in ("testCaseStartedId", "testStepId")}
        return {**ids, "testStepResult": _result_of(message.get("testStepResult") or {})}
    return message


def _name_of_hook(message: Message) -> str:
    kind = str(message.get("type") or "").removesuffix("_TEST_CASE").replace("_", " ").lower()
    return str(message.get("name") or kind or "hook")


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


class Tried(NamedTuple):
    """The attempts at a scenario, as the fields of `Scenario`."""

    attempts: tuple[Attempt, ...] = ()
    judged: int = 0
    flaky: bool = False
    worse: tuple[Attempt, ...] = ()


def attempts_at(pickle: Message, gathered: Gathered, written: Written) -> Tried:
    """The attempts at a pickle. One with several test cases has the status of the worst."""
    last: list[Attempt] = []
    earlier: list[Attempt] = []
    ends: list[tuple[Attempt, Attempt]] = []
    for case in gathered.cases.get(pickle["id"], ()):
        started = sorted(gathered.attempts[case.id], key=lambda message: int(message.get("attempt", 0)))
        attempts = [_Reader(message["id"], pickle, gathered, written).attempt(message, case) for message in started]
        for latest in ([attempt for attempt in attempts if not attempt.retried] or attempts)[-1:]:
            attempts.remove(latest)
            last.append(latest)
            ends += [(attempt, latest) for attempt in attempts if not attempt.retried]
        earlier += attempts
    status = of_steps(attempt.status for attempt in last)
    last.sort(key=lambda attempt: attempt.status != status)
    return Tried(
        (*last, *earlier),
        len(last),
        any(attempt.status.severity != latest.status.severity for attempt, latest in ends),
        tuple(attempt for attempt, latest in ends if attempt.status.severity > latest.status.severity),
    )


def as_written(pickle: Message, written: Written) -> tuple[Step, ...]:
    """The steps of a scenario that was not run."""
    return tuple(_step(step, Result(Status.NOT_RUN), written) for step in pickle.get("steps", ()))


class _Reader:
    """Reads one attempt. A failure without evidence of its own is shown with that of an earlier step."""

    def __init__(self, id_: str, pickle: Message, gathered: Gathered, written: Written) -> None:
        self._pickle_steps = {step["id"]: step for step in pickle.get("steps", ())}
        self._gathered = gathered
        self._written = written
        self._finished = gathered.finished.get(id_)
        self._results = gathered.results[id_]
        self._evidence = gathered.evidence[id_]
        self._seen: list[Message] = []
        self._position = -1

    def attempt(self, started: Message, case: _Case) -> Attempt:
        """The attempt that a message began."""
        has_steps = bool(self._pickle_steps) or any(step.pickle_step is not None for step in case.steps)
        steps = [step for case_step in case.steps if (step := self._ran(case_step)) is not None]
        steps += [_step(left, _NOTHING, self._written, failure_of(_NOTHING)) for left in self._pickle_steps.values()]
        if self._finished is None and not any(step.failure for step in steps):
            steps.append(Step("", "the end", Status.UNKNOWN, part="hook", failure=failure_of(_NOTHING)))
        status = of_steps(step.status or Status.UNKNOWN for step in steps) if has_steps else Status.UNDEFINED
        end = self._finished or {}
        return Attempt(
            int(started.get("attempt", 0)),
            status if self._finished is not None else Status.FAILED,
            tuple(steps),
            _between(seconds(started.get("timestamp")), seconds(end.get("timestamp")), steps),
            tuple(self._evidence.get("", ())),
            bool(end.get("willBeRetried")),
        )

    def _ran(self, case_step: _CaseStep) -> Step | None:
        """A step of the test case; None for a hook that passed without evidence."""
        result = self._results.get(case_step.id, _NOTHING)
        rows, evidence = without_rows(self._evidence.get(case_step.id, ()))
        pickle_step = self._pickle_steps.pop(case_step.pickle_step or "", None)
        self._position += pickle_step is not None
        failure = self._failure(result, evidence, rows)
        self._seen += evidence
        if pickle_step is None:
            name = self._gathered.hooks.get(str(case_step.hook), "hook")
            is_told = result.status is not Status.PASSED or evidence
            hook = Step("", name, result.status, result.seconds, None, "hook", _message(result), failure, evidence)
            return hook if is_told else None
        snippets = self._gathered.snippets.get(pickle_step["id"], ()) if result.status is Status.UNDEFINED else ()
        if failure is not None and snippets:
            failure = failure._replace(whole="")  # the definition to start from, which stands below it
        return _step(pickle_step, result, self._written, failure, evidence, tuple(snippets))

    def _failure(self, result: Result, evidence: tuple[Message, ...], rows: DifferingRows | None) -> Failure | None:
        if result.status is not Status.FAILED or evidence:
            return failure_of(result, None, rows)
        read = [attachment for attachment in self._seen if is_read_in(attachment, self._position)]
        return failure_of(result, next(iter((read or self._seen)[-1:]), None), rows)


def _between(started: float | None, ended: float | None, steps: Iterable[Step]) -> float | None:
    """How long an attempt took: as long as its steps together, where its end is not known."""
    if started is not None and ended is not None:
        return ended - started
    known = [step.seconds for step in steps if step.seconds is not None]
    return sum(known) if known else None


def _step(
    pickle_step: Message,
    result: Result,
    written: Written,
    failure: Failure | None = None,
    evidence: tuple[Message, ...] = (),
    snippets: tuple[str, ...] = (),
) -> Step:
    ids = pickle_step.get("astNodeIds") or [""]
    keyword, part = written.get(ids[0], ("", ""))
    text, argument = str(pickle_step.get("text", "")), pickle_step.get("argument") or None
    return Step(
        keyword, text, result.status, result.seconds, argument, part, _message(result), failure, evidence, snippets
    )


def _message(result: Result) -> str:
    return "" if result.status is Status.PASSED else result.message or result.headline


def failure_of(result: Result, evidence: Message | None = None, rows: DifferingRows | None = None) -> Failure | None:
    """Why a step did not pass; None where nothing is wrong. `evidence` is that of an earlier step."""
    if not result.status.is_problem:
        return None
    text = (result.headline or result.message).strip("\n")
    headline, _, differences = text.partition("\n")
    if not headline.strip():
        headline = _HEADLINES.get(result.status, "It failed.")
    whole = result.message if result.message.strip() != text.strip() else ""
    frames = "" if result.frames and result.frames in whole else result.frames
    return Failure(headline, dedent(differences.strip("\n")), whole, frames, evidence, rows)
