"""The outcomes of a scenario and its steps, as statuses of the standard, from pytest's reports of its phases."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from asgherkin.errors import AmbiguousStep, UndefinedStep
from asgherkin.report.verdicts import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

    from asgherkin.gherkin.calling import StepMatch
    from asgherkin.report.messages import Failure


class Outcome(NamedTuple):
    """A status, the whole text about it, and the failure in short."""

    status: Status
    message: str = ""
    failure: Failure | None = None


class Outcomes(NamedTuple):
    """The outcomes of a scenario: before its steps, of each step, after them."""

    before: Outcome
    steps: list[Outcome]
    after: Outcome


class Ending(NamedTuple):
    """How a phase ended: its report, what it raised, whether no step was running any more, and the failure in short."""

    report: pytest.TestReport
    error: BaseException | None
    finished: bool
    headline: str = ""


_PASSED = Outcome(Status.PASSED)


def outcomes_of(ends: Mapping[str, Ending], found: Sequence[StepMatch], at: int | None) -> Outcomes:
    """The outcomes of a scenario whose phases ended so. `at` is the last step that was reached."""
    outcomes = _of_steps(ends, found, at)
    if ends["teardown"].report.passed:
        return outcomes
    after, last = outcomes.after, _outcome(ends["teardown"])
    if after.status != Status.PASSED:
        last = after._replace(message=f"{after.message}\n\nAfter that:\n{last.message}")
    return outcomes._replace(after=last)


def _of_steps(ends: Mapping[str, Ending], found: Sequence[StepMatch], at: int | None) -> Outcomes:
    call = ends.get("call")
    if call is None:
        return _stopped(_outcome(ends["setup"]), found, None)
    if call.report.passed or call.finished:
        return Outcomes(_PASSED, [_PASSED for _ in found], _PASSED if call.report.passed else _outcome(call))
    return _stopped(_outcome(call), found, at)


def cut_short(why: str, found: Sequence[StepMatch], at: int | None) -> Outcomes:
    """The outcomes of a scenario in which the run itself was ended."""
    return _stopped(Outcome(Status.FAILED, why, {"type": "Interrupted", "message": why}), found, at)


def _stopped(outcome: Outcome, found: Sequence[StepMatch], at: int | None) -> Outcomes:
    """The outcomes of a scenario that ended in the step `at`, or before its first step."""
    if at is None:
        return Outcomes(outcome, _not_reached(outcome.status, found), _PASSED)
    definition = found[at].definition
    if outcome.status != Status.SKIPPED and isinstance(definition, Exception):
        known = _without_definition(definition)
        outcome = known._replace(message=outcome.message, failure=known.failure or outcome.failure)
    passed = [_PASSED for _ in found[:at]]
    return Outcomes(_PASSED, [*passed, outcome, *_not_reached(outcome.status, found[at + 1 :])], _PASSED)


def _not_reached(status: Status, found: Sequence[StepMatch]) -> list[Outcome]:
    """Steps that did not run: what has no definition says so, unless the scenario was skipped."""
    return [
        _without_definition(match.definition)
        if status != Status.SKIPPED and isinstance(match.definition, (UndefinedStep, AmbiguousStep))
        else Outcome(Status.SKIPPED)
        for match in found
    ]


def _without_definition(error: Exception) -> Outcome:
    """What is known of a step whose definition could not be found."""
    if isinstance(error, UndefinedStep):
        return Outcome(Status.UNDEFINED, str(error), {"type": "UndefinedStep", "message": error.headline})
    return Outcome(Status.AMBIGUOUS if isinstance(error, AmbiguousStep) else Status.FAILED, str(error))


def _outcome(end: Ending) -> Outcome:
    report = end.report
    if hasattr(report, "wasxfail") and report.skipped:
        reason = str(report.wasxfail).removeprefix("reason: ")
        return Outcome(Status.PENDING, reason or "This is expected to fail.")
    if report.skipped:
        return Outcome(Status.SKIPPED, _reason(report))
    text = report.longreprtext
    kind = type(end.error).__name__ if end.error is not None else "Failed"
    return Outcome(Status.FAILED, text, {"type": kind, "message": end.headline or text})


def _reason(report: pytest.TestReport) -> str:
    place = report.longrepr
    reason = str(place[2]) if isinstance(place, tuple) else report.longreprtext
    reason = reason.removeprefix("Skipped: ")
    return "This is left out on purpose." if reason == "unconditional skip" else reason  # pytest's words for no reason
