"""What became of a step or a scenario, and which of two statuses is the worse."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PASSED, SKIPPED, PENDING, UNDEFINED = "passed", "skipped", "pending", "undefined"
AMBIGUOUS, UNKNOWN, FAILED, NOT_RUN = "ambiguous", "unknown", "failed", "not-run"
UNSEEN = "unseen"
"""Skipped, since the run's client cannot see what a step asks for."""

STATUSES = (FAILED, AMBIGUOUS, UNDEFINED, PENDING, SKIPPED, UNSEEN, NOT_RUN, PASSED)
"""The statuses that a scenario has, the worst first."""
PROBLEMS = frozenset((FAILED, AMBIGUOUS, UNDEFINED))
"""The statuses that somebody has to do something about."""
WORDS = {UNKNOWN: "no result", NOT_RUN: "not run", UNSEEN: "not observable here"}
"""How a status is called where it is not called by its own name."""

TITLES = {
    PENDING: "Pending",
    SKIPPED: "Skipped",
    UNSEEN: "Not observable here",
    NOT_RUN: "Specified, but not run",
}
"""Headings of lists of scenarios that did neither pass nor fail."""
MEANINGS = {
    PASSED: "Each step did what it says.",
    FAILED: "A step, or what is made ready before and cleared away after the steps, did not do what it should.",
    UNDEFINED: "A step is written in words that nobody has defined yet, or there is no step at all.",
    AMBIGUOUS: "A step fits more than one definition, so it is not clear what it means.",
    PENDING: "Known not to work yet.",
    SKIPPED: "Left out on purpose.",
    UNSEEN: "The way in which the app was reached in this run does not show what a step asks for.",
    NOT_RUN: "Specified in a feature file, and not part of this run.",
}
"""The statuses for somebody who meets them for the first time."""
LOST = "no result"
"""How a scenario that was not run is called where the run broke off: it may have been running then."""
LOST_MEANING = "The run broke off before there was a result: the scenario was not run, or was running then."

# The standard's order, but for an unknown status: it takes what is not known for the worst.
_RANKS = {PASSED: 0, SKIPPED: 1, UNSEEN: 2, PENDING: 3, UNDEFINED: 4, AMBIGUOUS: 5, UNKNOWN: 6, FAILED: 7}


def status_of(written: object) -> str:
    """A status out of a message; what nobody knows is unknown."""
    status = str(written).lower()
    return status if status in _RANKS and status != UNSEEN else UNKNOWN


def worst(statuses: Iterable[str]) -> str:
    """A scenario's status from its steps': the worst. One without a step is undefined, unknown counts as failed."""
    status = max(statuses, key=_RANKS.__getitem__, default=UNDEFINED)
    return FAILED if status == UNKNOWN else status


def kind(status: str) -> int:
    """Good (0), still to be done (1), bad (2): runs of a scenario that differ in it make it a flaky one."""
    return 0 if status in (PASSED, SKIPPED, UNSEEN) else 1 if status == PENDING else 2


def worst_of_all(statuses: Iterable[str]) -> str:
    """The status of a feature or an outline from its scenarios': the worst, and not run where there is none."""
    return min(statuses, key=STATUSES.index, default=NOT_RUN)


def count(statuses: Iterable[str]) -> Mapping[str, int]:
    """How often each status is there, the worst first; zeros are left out."""
    counted = Counter(statuses)
    return {status: counted[status] for status in STATUSES if counted[status]}
