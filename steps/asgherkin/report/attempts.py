"""The attempts at a scenario: its steps with what became of each."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.report.attachments import is_read_in, without_rows
from asgherkin.report.gathering import Result, seconds
from asgherkin.report.model import Attempt, Failure, Step
from asgherkin.report.verdicts import Status, of_steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asgherkin.errors import DifferingRows
    from asgherkin.report.gathering import Case, CaseStep, Gathered
    from asgherkin.report.model import Message

_NOTHING = Result(Status.UNKNOWN)
_HEADLINES = {
    Status.UNDEFINED: "This sentence is not defined: no step definition matches it.",
    Status.AMBIGUOUS: "More than one step definition matches this sentence.",
    Status.UNKNOWN: "The scenario did not finish: no result of this was recorded.",
}

Written = dict[str, tuple[str, str]]
"""The keyword of each step of a feature file, by the step's id there, and the part that it stands in."""


class _Tried(NamedTuple):
    """The attempts at a scenario. See `Scenario` for what is what."""

    attempts: tuple[Attempt, ...]
    judged: int
    flaky: bool
    worse: tuple[Attempt, ...]


def attempts_at(pickle: Message, gathered: Gathered, written: Written) -> _Tried:
    """What was tried. A pickle with several test cases is as good as its worst."""
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
    return _Tried(
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

    def attempt(self, started: Message, case: Case) -> Attempt:
        """The attempt that a message began."""
        has_steps = bool(self._pickle_steps) or any(step.pickle_step is not None for step in case.steps)
        steps = [step for case_step in case.steps if (step := self._ran(case_step)) is not None]
        steps += [self._without_result(pickle_step) for pickle_step in self._pickle_steps.values()]
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

    def _ran(self, case_step: CaseStep) -> Step | None:
        """A step of the test case; None for a hook that has nothing to tell."""
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
        snippets = tuple(
            self._gathered.snippets.get(pickle_step["id"], ()) if result.status is Status.UNDEFINED else ()
        )
        if failure is not None and snippets:
            failure = failure._replace(whole="")  # the definition to start from, which stands below it
        return _step(pickle_step, result, self._written, failure, evidence, snippets)

    def _without_result(self, pickle_step: Message) -> Step:
        return _step(pickle_step, _NOTHING, self._written, failure_of(_NOTHING))

    def _failure(self, result: Result, evidence: tuple[Message, ...], rows: DifferingRows | None) -> Failure | None:
        other = None
        if result.status is Status.FAILED and not evidence:
            read = [attachment for attachment in self._seen if is_read_in(attachment, self._position)]
            other = next(iter((read or self._seen)[-1:]), None)
        return failure_of(result, other, rows)


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
    """Why a step did not pass; None where there is nothing to tell. `evidence` is that of an earlier step."""
    if not result.status.is_problem:
        return None
    text = (result.headline or result.message).strip("\n")
    headline, _, differences = text.partition("\n")
    if not headline.strip():
        headline = _HEADLINES.get(result.status, "It failed.")
    whole = result.message if result.message.strip() != text.strip() else ""
    frames = "" if result.frames and result.frames in whole else result.frames
    return Failure(headline, dedent(differences.strip("\n")), whole, frames, evidence, rows)
