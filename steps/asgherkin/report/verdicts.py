"""The statuses of steps and scenarios, their counts, and the verdict on a run in one sentence."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from asgherkin.evidence.page_parts import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from asgherkin.report.model import Report

UNFINISHED = "The run did not finish."
"""What the end of a run says if the run, or one of several that were merged, was broken off."""
NOT_OBSERVABLE = "not observable here: "
"""The start of a skip's reason if the client cannot observe what a step asks for."""


class Status(StrEnum):
    """A status, the best first. Its name is the standard's, its value is that of the page and of the history.

    The standard has neither NOT_RUN, which only a scenario can be, nor UNSEEN: skipped, since the run's client cannot
    see what a step asks for. It takes UNKNOWN for better than PASSED; here what is not known is almost the worst.
    """

    rank: int
    word: str
    meaning: str
    """What it means, for a new reader."""
    mark: str
    """A sign for terminals, and one for those that have ASCII only."""
    plain_mark: str

    def __new__(cls, value: str, meaning: str = "", word: str = "", marks: tuple[str, str] = ("", "")) -> Status:
        """A status; its word is its value if there is no other."""
        status = str.__new__(cls, value)
        status._value_ = value
        status.rank, status.word, status.meaning = len(cls.__members__), word or value, meaning
        status.mark, status.plain_mark = marks
        return status

    PASSED = "passed", "Each step did what it says.", "", ("✓", "+")
    NOT_RUN = "not-run", "Specified in a feature file, and not part of this run.", "not run"
    SKIPPED = "skipped", "Left out on purpose.", "", ("-", "-")
    UNSEEN = (
        "unseen",
        "The way in which the app was reached in this run does not show what a step asks for.",
        "not observable here",
    )
    PENDING = "pending", "Known not to work yet.", "", ("~", "~")
    UNDEFINED = (
        "undefined",
        "A step is written in words that nobody has defined yet, or there is no step at all.",
        "",
        ("?", "?"),
    )
    AMBIGUOUS = ("ambiguous", "A step fits more than one definition, so it is not clear what it means.", "", ("?", "?"))
    UNKNOWN = "unknown", "No result was recorded.", "no result"
    FAILED = (
        "failed",
        "A step, or what is made ready before and cleared away after the steps, did not do what it should.",
        "",
        ("✗", "x"),
    )

    @property
    def severity(self) -> int:
        """Good (0), still to be done (1), bad (2): attempts at a scenario that differ in it make it a flaky one."""
        if self in (Status.PASSED, Status.SKIPPED, Status.UNSEEN):
            return 0
        return 2 if self.is_problem else 1

    @cached_property  # it is asked of each step
    def is_problem(self) -> bool:
        """Whether it needs work."""
        return self.rank >= Status.UNDEFINED.rank


WORST_FIRST = (
    Status.FAILED,
    Status.AMBIGUOUS,
    Status.UNDEFINED,
    Status.PENDING,
    Status.SKIPPED,
    Status.UNSEEN,
    Status.NOT_RUN,
    Status.PASSED,
)
"""The statuses that a scenario can have, in the order in which their numbers are shown."""
LOST = "no result"
"""The word for a scenario that was not run, in a run that was broken off: it may have been running then."""


_STANDARD = {status.name: status for status in Status if status not in (Status.NOT_RUN, Status.UNSEEN)}


def status_of(result: Mapping[str, object]) -> Status:
    """The status of a result in a message; one that is no status of the standard is unknown."""
    status = _STANDARD.get(str(result.get("status")), Status.UNKNOWN)
    is_unseen = status is Status.SKIPPED and str(result.get("message") or "").startswith(NOT_OBSERVABLE)
    return Status.UNSEEN if is_unseen else status


def of_steps(statuses: Iterable[Status]) -> Status:
    """A scenario's status: its worst step's. One without a step is undefined, and unknown counts as failed."""
    worst = max(statuses, key=attrgetter("rank"), default=Status.UNDEFINED)
    return Status.FAILED if worst is Status.UNKNOWN else worst


def of_scenarios(statuses: Iterable[Status]) -> Status:
    """The status of a feature or an outline: its worst scenario's, and not run where there is none."""
    return max(statuses, key=attrgetter("rank"), default=Status.NOT_RUN)


def count(statuses: Iterable[Status]) -> Mapping[Status, int]:
    """How often each status is there, the worst first; zeros are left out."""
    found = Counter(statuses)
    return {status: found[status] for status in WORST_FIRST if found[status]}


_BAD = (Status.FAILED, Status.UNDEFINED, Status.AMBIGUOUS)
_OPEN = (Status.PENDING, Status.SKIPPED, Status.UNSEEN, Status.NOT_RUN)


def verdict(report: Report) -> str:
    """A run in one sentence, the worst first."""
    total = sum(report.counts.values())
    bad = list(_amounts(report, _BAD))
    if bad:
        amount, _, rest = bad[0].partition(" ")
        sentence = ", ".join([f"{amount} of {counted(total, 'scenario')} {rest}", *bad[1:]])
    else:
        sentence = _without_problems(report, total)
    broken = sum(1 for feature in report.features if feature.errors)
    if broken:
        sentence += f"; {counted(broken, 'feature file')} cannot be read"
    if report.recovered:
        sentence += f"; {report.recovered:,} did not pass in an earlier run"
    if not report.finished:
        sentence += "; the run did not finish"
    elif is_unexplained(report):
        sentence += "; the run as a whole was not successful"
    return f"{sentence}."


def _without_problems(report: Report, total: int) -> str:
    passed = report.counts.get(Status.PASSED, 0)
    left = ", ".join(_amounts(report, _OPEN))
    if not passed:
        return f"No scenario has passed: {left}" if left else "No scenario was run"
    if not left:
        return f"All {counted(total, 'scenario')} passed" if total > 1 else "The one scenario passed"
    some = f"All {counted(passed, 'scenario')} that ran to the end" if passed > 1 else "1"
    return f"{some} passed; {left}"


def _amounts(report: Report, statuses: Iterable[Status]) -> Iterator[str]:
    """`1 failed`, `2 are skipped`: how many scenarios have each status, if any has."""
    for status in statuses:
        if amount := report.counts.get(status, 0):
            verb = "" if status is Status.FAILED else "is " if amount == 1 else "are "
            is_lost = status is Status.NOT_RUN and not report.finished
            yield f"{amount:,} {verb}{'without a result' if is_lost else status.word}"


def is_bad(report: Report) -> bool:
    """Whether a run needs work. A pending run is not successful by the standard, but it is not bad either."""
    excused = bool(report.counts.get(Status.PENDING)) and report.finished and not report.recovered
    return _has_problems(report) or bool(report.trouble) or not (report.success or excused)


def is_unexplained(report: Report) -> bool:
    """Whether a run that came to its end was no success, and no scenario or file says why."""
    return report.finished and is_bad(report) and not (_has_problems(report) or report.recovered)


def _has_problems(report: Report) -> bool:
    return any(status.is_problem for status in report.counts) or any(feature.errors for feature in report.features)


def mood(report: Report) -> str:
    """Bad, good, or neither: where nothing has passed, or something is still to be done."""
    if is_bad(report):
        return "bad"
    return "good" if report.counts.get(Status.PASSED) and not report.counts.get(Status.PENDING) else "open"
