"""Attempts at a scenario: its steps with what came of each."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.report.page.differences import rows_in
from asgherkin.report.page.evidence import name_of
from asgherkin.report.page.gathering import Result
from asgherkin.report.page.records import Attempt, Failure, Step
from asgherkin.report.page.statuses import (
    AMBIGUOUS,
    FAILED,
    NOT_RUN,
    PASSED,
    PENDING,
    PROBLEMS,
    SKIPPED,
    UNDEFINED,
    UNKNOWN,
    UNSEEN,
    kind,
    worst,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from asgherkin.report.page.gathering import Case, Gathered, Trial
    from asgherkin.report.page.records import Message

_NOTHING = Result(UNKNOWN, None, "", "", "")
_UNDEFINED = "This sentence is not defined: no step definition matches it."
_AMBIGUOUS = "More than one step definition matches this sentence."
_UNFINISHED = "The scenario did not finish: no result of this was recorded."
# A failure's text tells the sentence and what differed first, then the place in the feature.
_PLACE = re.compile(r"\n\n\S[^\n]*:\d+, \w")
_QUOTED = re.compile(r'"([^"]+)"')


class Tried(NamedTuple):
    """The attempts at a scenario, the one that counts first; see Scenario for the rest."""

    attempts: tuple[Attempt, ...]
    retried: bool = False
    flaky: bool = False
    worse: Attempt | None = None


def attempts_at(pickle: Message, gathered: Gathered, written: Mapping[str, tuple[str, str]]) -> Tried:
    """What was tried. A pickle with several test cases is as good as its worst."""
    last: list[Attempt] = []
    earlier: list[Attempt] = []
    ends: list[tuple[Attempt, Attempt]] = []
    for case in gathered.cases.get(pickle["id"], ()):
        trials = sorted(gathered.trials.get(case.id, ()), key=lambda trial: trial.number)
        attempts = [_attempt(trial, case, pickle, gathered, written) for trial in trials]
        for latest in ([one for one in attempts if not one.retried] or attempts)[-1:]:
            attempts.remove(latest)
            last.append(latest)
            ends += [(one, latest) for one in attempts if not one.retried]
        earlier += attempts
    status = worst(attempt.status for attempt in last)
    last.sort(key=lambda attempt: attempt.status != status)
    return Tried(
        (*last, *earlier),
        any(one.retried for one in earlier),
        any(kind(one.status) != kind(latest.status) for one, latest in ends),
        next((one for one, latest in ends if kind(one.status) > kind(latest.status)), None),
    )


def as_written(pickle: Message, written: Mapping[str, tuple[str, str]]) -> tuple[Step, ...]:
    """The steps of a scenario that was not run."""
    return tuple(_step(one, _NOTHING, NOT_RUN, written) for one in pickle.get("steps", ()))


def _attempt(
    trial: Trial, case: Case, pickle: Message, gathered: Gathered, written: Mapping[str, tuple[str, str]]
) -> Attempt:
    of_pickle = {step["id"]: step for step in pickle.get("steps", ())}
    steps: list[Step] = []
    seen: list[Message] = []
    for one in case.steps:
        result = trial.results.get(one.id, _NOTHING)
        evidence = tuple(trial.evidence.get(one.id, ()))
        pickle_step = of_pickle.pop(one.pickle_step, None)
        if pickle_step is not None:
            steps.append(_ran(pickle_step, result, evidence, seen, gathered, written))
        elif result.status != PASSED or evidence:
            steps.append(_hook(gathered.hooks.get(str(one.hook), "hook"), result, evidence, seen))
        seen += evidence
    steps += [_step(one, _NOTHING, UNKNOWN, written, failure_of(_NOTHING, None)) for one in of_pickle.values()]
    if not trial.finished and not any(step.failure for step in steps):
        steps.append(Step("", "the end", UNKNOWN, part="hook", failure=failure_of(_NOTHING, None)))
    has_steps = pickle.get("steps") or any(one.pickle_step is not None for one in case.steps)
    status = worst([step.status for step in steps]) if has_steps else UNDEFINED
    status = status if trial.finished else FAILED
    took = trial.ended - trial.started if trial.ended is not None and trial.started is not None else _sum(steps)
    of_all = tuple(trial.evidence.get("", ()))
    return Attempt(trial.number, status, tuple(steps), took, trial.worker, of_all, trial.retried)


def _ran(
    pickle_step: Message,
    result: Result,
    evidence: tuple[Message, ...],
    seen: list[Message],
    gathered: Gathered,
    written: Mapping[str, tuple[str, str]],
) -> Step:
    if result.status == PASSED:
        return _step(pickle_step, result, PASSED, written, None, evidence)
    snippets = tuple(gathered.snippets.get(pickle_step["id"], ())) if result.status == UNDEFINED else ()
    failure = _told(str(pickle_step.get("text", "")), result, evidence, seen)
    if failure and snippets:
        failure = _without_code(failure, snippets)
    return _step(pickle_step, result, result.status, written, failure, evidence, snippets)


def _hook(name: str, result: Result, evidence: tuple[Message, ...], seen: list[Message]) -> Step:
    failure = _told("", result, evidence, seen)
    return Step("", name, result.status, result.seconds, None, "hook", note_of(result), failure, evidence)


def _told(text: str, result: Result, evidence: tuple[Message, ...], seen: list[Message]) -> Failure | None:
    """Why a step did not pass, with evidence of an earlier one where it has none of its own."""
    needs = result.status == FAILED and not evidence
    return failure_of(result, evidence_about(text, seen) if needs else None)


def _step(
    pickle_step: Message,
    result: Result,
    status: str,
    written: Mapping[str, tuple[str, str]],
    failure: Failure | None = None,
    evidence: tuple[Message, ...] = (),
    snippets: tuple[str, ...] = (),
) -> Step:
    ids = pickle_step.get("astNodeIds") or [""]
    keyword, part = written.get(ids[0], ("", ""))
    return Step(
        keyword,
        str(pickle_step.get("text", "")),
        status,
        result.seconds,
        pickle_step.get("argument") or None,
        part,
        note_of(result),
        failure,
        evidence,
        snippets,
    )


def evidence_about(text: str, seen: Sequence[Message]) -> Message | None:
    """Which of the evidence before it a step is about: what it names, else a response if it says so, else the last."""
    names = set(_QUOTED.findall(text))
    named = [one for one in seen if name_of(one) in names] if names else []
    answers = [one for one in seen if "exchange" in str(one.get("mediaType"))] if "response" in text.split() else []
    return next((some[-1] for some in (named, answers, seen) if some), None)


def note_of(result: Result) -> str:
    """The reason of what was skipped or is pending."""
    return result.message or result.sentence if result.status in (SKIPPED, UNSEEN, PENDING) else ""


def failure_of(result: Result, evidence: Message | None) -> Failure | None:
    """Why a step did not pass; None where there is nothing to tell."""
    if result.status not in PROBLEMS and result.status != UNKNOWN:
        return None
    told = result.sentence or _PLACE.split(result.message, maxsplit=1)[0]
    sentence, _, differences = told.strip("\n").partition("\n")
    if not sentence.strip():
        sentence = {UNDEFINED: _UNDEFINED, AMBIGUOUS: _AMBIGUOUS, UNKNOWN: _UNFINISHED}.get(result.status, "It failed.")
    whole = result.message if result.message.strip() != told.strip() else ""
    frames = "" if result.frames and result.frames in whole else result.frames
    differences = dedent(differences.strip("\n"))
    evidence = evidence if result.status == FAILED else None
    return Failure(sentence, differences, whole, frames, evidence, rows_in(differences))


def _without_code(failure: Failure, snippets: Iterable[str]) -> Failure:
    """A failure that does not repeat the definition to start from, which stands below it; nor its announcement."""
    lines = failure.differences.split("\n")
    first = {snippet.strip().partition("\n")[0] for snippet in snippets}
    at = next((number for number, line in enumerate(lines) if line.strip() in first), len(lines))
    kept = "\n".join(lines[:at]).rstrip()
    if at < len(lines) and kept.endswith(":"):
        kept = kept.rpartition("\n")[0].rstrip()
    return failure._replace(differences=kept, whole="")


def _sum(steps: Iterable[Step]) -> float | None:
    known = [step.seconds for step in steps if step.seconds is not None]
    return sum(known) if known else None
