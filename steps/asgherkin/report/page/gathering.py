"""The envelopes of a run, sorted by what they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.report.page.statuses import SKIPPED, UNSEEN, status_of
from asgherkin.report.results import NOT_OBSERVABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from asgherkin.report.page.records import Message


class Result(NamedTuple):
    """What came of a step or a hook."""

    status: str
    seconds: float | None
    message: str
    sentence: str
    frames: str


class CaseStep(NamedTuple):
    """A step of a test case: which step of the pickle it is, or which hook."""

    id: str
    pickle_step: str | None
    hook: str | None


class Case(NamedTuple):
    """A test case. What fits its steps is the larger part of its message, and not shown."""

    id: str
    steps: tuple[CaseStep, ...]


@dataclass(slots=True)
class Trial:
    """One attempt at a test case, as far as its messages came."""

    number: int
    started: float | None
    worker: str
    ended: float | None = None
    finished: bool = False
    retried: bool = False
    results: dict[str, Result] = field(default_factory=dict)
    evidence: dict[str, list[Message]] = field(default_factory=dict)


@dataclass(slots=True)
class Gathered:
    """All of a run. Evidence that belongs to no step stands under the empty id."""

    meta: Message = field(default_factory=dict)
    started: float | None = None
    ended: float | None = None
    end: Message | None = None
    features: dict[str, Message] = field(default_factory=dict)
    pickles: dict[str, Message] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    hooks: dict[str, str] = field(default_factory=dict)
    cases: dict[str, list[Case]] = field(default_factory=dict)
    trials: dict[str, list[Trial]] = field(default_factory=dict)
    run_hooks: list[Result] = field(default_factory=list)
    snippets: dict[str, list[str]] = field(default_factory=dict)
    evidence: list[Message] = field(default_factory=list)
    by_id: dict[str, Trial] = field(default_factory=dict)


def gather(envelopes: Iterable[Mapping[str, object]]) -> Gathered:
    """Reads a run. Kinds of messages that the page does not show are passed over."""
    gathered = Gathered()
    for envelope in envelopes:
        for kind, message in envelope.items():
            reader = _READERS.get(kind)
            if reader is not None and isinstance(message, dict):
                reader(gathered, message)
    return gathered


def seconds(time: Message | None) -> float | None:
    """A timestamp or a duration of the standard as seconds."""
    if not time:
        return None
    return float(time.get("seconds", 0)) + float(time.get("nanos", 0)) / 1e9


def result_of(message: Message) -> Result:
    """A result of the standard."""
    status, took = status_of(message.get("status")), seconds(message.get("duration"))
    if not (message.get("message") or message.get("exception")):
        return Result(status, took, "", "", "")  # as of most steps
    exception = message.get("exception") or {}
    kind, said = str(exception.get("type") or ""), str(exception.get("message") or "")
    told = str(message.get("message") or "")
    if status == SKIPPED and told.startswith(NOT_OBSERVABLE):
        status, told = UNSEEN, told.removeprefix(NOT_OBSERVABLE)
    return Result(
        status=status,
        seconds=took,
        message=told,
        sentence=said or kind,
        frames=str(exception.get("stackTrace") or ""),
    )


def _meta(gathered: Gathered, message: Message) -> None:
    gathered.meta = message


def _run_started(gathered: Gathered, message: Message) -> None:
    gathered.started = seconds(message.get("timestamp"))


def _run_finished(gathered: Gathered, message: Message) -> None:
    gathered.end = message
    gathered.ended = seconds(message.get("timestamp"))


def _document(gathered: Gathered, message: Message) -> None:
    gathered.features[str(message.get("uri", ""))] = message.get("feature") or {}


def _pickle(gathered: Gathered, message: Message) -> None:
    gathered.pickles[message["id"]] = message


def _parse_error(gathered: Gathered, message: Message) -> None:
    uri = str((message.get("source") or {}).get("uri", ""))
    gathered.errors.setdefault(uri, []).append(str(message.get("message", "")))


def _hook(gathered: Gathered, message: Message) -> None:
    kind = str(message.get("type") or "").removesuffix("_TEST_CASE").replace("_", " ").lower()
    gathered.hooks[message["id"]] = str(message.get("name") or kind or "hook")


def _case(gathered: Gathered, message: Message) -> None:
    steps = [
        CaseStep(step["id"], step.get("pickleStepId"), step.get("hookId")) for step in message.get("testSteps") or ()
    ]
    gathered.cases.setdefault(message["pickleId"], []).append(Case(message["id"], tuple(steps)))


_OF_ATTACHMENT = ("mediaType", "contentEncoding", "fileName", "body", "url")


def _case_started(gathered: Gathered, message: Message) -> None:
    trial = Trial(int(message.get("attempt", 0)), seconds(message.get("timestamp")), str(message.get("workerId") or ""))
    gathered.by_id[message["id"]] = trial
    gathered.trials.setdefault(message["testCaseId"], []).append(trial)


def _case_finished(gathered: Gathered, message: Message) -> None:
    trial = gathered.by_id.get(message["testCaseStartedId"])
    if trial is not None:
        trial.finished = True
        trial.retried = bool(message.get("willBeRetried"))
        trial.ended = seconds(message.get("timestamp"))


def _step_finished(gathered: Gathered, message: Message) -> None:
    trial = gathered.by_id.get(message["testCaseStartedId"])
    if trial is not None:
        trial.results[message["testStepId"]] = result_of(message.get("testStepResult") or {})


def _attachment(gathered: Gathered, message: Message) -> None:
    trial = gathered.by_id.get(str(message.get("testCaseStartedId")))
    shown = {key: message[key] for key in _OF_ATTACHMENT if key in message}
    if trial is None:
        gathered.evidence.append(shown)
    else:
        trial.evidence.setdefault(str(message.get("testStepId") or ""), []).append(shown)


def _run_hook_finished(gathered: Gathered, message: Message) -> None:
    gathered.run_hooks.append(result_of(message.get("result") or {}))


def _suggestion(gathered: Gathered, message: Message) -> None:
    codes = [str(snippet.get("code", "")) for snippet in message.get("snippets") or ()]
    gathered.snippets.setdefault(str(message.get("pickleStepId")), []).extend(codes)


_READERS: dict[str, Callable[[Gathered, Message], None]] = {
    "meta": _meta,
    "testRunStarted": _run_started,
    "testRunFinished": _run_finished,
    "gherkinDocument": _document,
    "pickle": _pickle,
    "parseError": _parse_error,
    "hook": _hook,
    "testCase": _case,
    "testCaseStarted": _case_started,
    "testCaseFinished": _case_finished,
    "testStepFinished": _step_finished,
    "attachment": _attachment,
    "externalAttachment": _attachment,
    "testRunHookFinished": _run_hook_finished,
    "suggestion": _suggestion,
}
