"""What became of a step or a scenario, and which of two statuses is the worse."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PASSED, SKIPPED, PENDING, UNDEFINED = "passed", "skipped", "pending", "undefined"
AMBIGUOUS, UNKNOWN, FAILED, NOT_RUN = "ambiguous", "unknown", "failed", "not-run"

STATUSES = (FAILED, AMBIGUOUS, UNDEFINED, PENDING, SKIPPED, NOT_RUN, PASSED)
"""The statuses that a scenario has, the worst first."""
PROBLEMS = frozenset((FAILED, AMBIGUOUS, UNDEFINED))
"""The statuses that somebody has to do something about."""
WORDS = {UNKNOWN: "no result", NOT_RUN: "not run"}
"""How a status is called where it is not called by its own name."""

# The standard's order, but for an unknown status: it takes what is not known for the worst.
_RANKS = {PASSED: 0, SKIPPED: 1, PENDING: 2, UNDEFINED: 3, AMBIGUOUS: 4, UNKNOWN: 5, FAILED: 6}


def status_of(written: object) -> str:
    """A status out of a message; what nobody knows is unknown."""
    status = str(written).lower()
    return status if status in _RANKS else UNKNOWN


def worst(statuses: Iterable[str]) -> str:
    """A scenario's status from its steps': the worst. One without a step is undefined, unknown counts as failed."""
    status = max(statuses, key=_RANKS.__getitem__, default=UNDEFINED)
    return FAILED if status == UNKNOWN else status


def kind(status: str) -> int:
    """Good (0), still to be done (1), bad (2): runs of a scenario that differ in it make it a flaky one."""
    return 0 if status in (PASSED, SKIPPED) else 1 if status == PENDING else 2


def worst_of_all(statuses: Iterable[str]) -> str:
    """The status of a feature or an outline from its scenarios': the worst, and not run where there is none."""
    return min(statuses, key=STATUSES.index, default=NOT_RUN)


def count(statuses: Iterable[str]) -> Mapping[str, int]:
    """How often each status is there, the worst first; zeros are left out."""
    counted = Counter(statuses)
    return {status: counted[status] for status in STATUSES if counted[status]}
