"""A summary of a run in Markdown, for the page of a build: totals, then what failed."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asgherkin.report.results import (
    AMBIGUOUS,
    FAILED,
    GOOD,
    NOT_OBSERVABLE,
    PASSED,
    PENDING,
    SKIPPED,
    UNDEFINED,
    UNFINISHED,
    UNKNOWN,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from asgherkin.report.pickles import Message

LARGEST = 900 * 1024
"""Bytes of a summary; GitHub refuses one of more than a megabyte."""
_LONGEST = 4000
NOT_RUN = "NOT RUN"
UNSEEN = "NOT OBSERVABLE"
_FINE = (*GOOD, UNSEEN)
_RANKS = (PASSED, SKIPPED, UNSEEN, PENDING, UNDEFINED, AMBIGUOUS, UNKNOWN, FAILED)
_WORDS = {FAILED: "failed", AMBIGUOUS: "ambiguous", UNDEFINED: "undefined", PENDING: "pending"}
_WORDS |= {PASSED: "passed", SKIPPED: "skipped", UNSEEN: "not observable here", NOT_RUN: "not run"}
_LOST = "no result"
"""Of a run that broke off it is not known whether a scenario was running then."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~>@:.-])")


@dataclass(slots=True)
class _Attempt:
    """An attempt as far as its messages came; `retried`: it is not what its run is judged by."""

    has_steps: bool
    status: str = PASSED
    told: list[str] = field(default_factory=list)
    finished: bool = False
    retried: bool = False

    @property
    def result(self) -> str:
        if not self.finished:
            return FAILED
        return self.status if self.has_steps else UNDEFINED


@dataclass(slots=True)
class Scenario:
    """A scenario with the attempts at it, for each of its test cases those by which its runs are judged."""

    name: str
    uri: str
    line: int
    has_steps: bool
    cases: dict[str, list[_Attempt]] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """The last attempt's. A scenario that was run in several ways is as good as the worst of them."""
        return max((one[-1].result for one in self.cases.values() if one), key=_RANKS.index, default=NOT_RUN)

    @property
    def told(self) -> list[str]:
        """What is told of it where it did not pass."""
        return [text for attempts in self.cases.values() for one in attempts[-1:] for text in one.told]

    @property
    def earlier(self) -> list[str] | None:
        """What an earlier run told of it, which it did not pass; None where the last one was no better."""
        worse = [
            one
            for attempts in self.cases.values()
            for one in attempts[:-1]
            if _kind(one.result) > _kind(attempts[-1].result)
        ]
        return [text for one in worse for text in one.told] if worse else None


class Totals:
    """What messages say of scenarios. Of an attempt that was retried nothing is kept."""

    def __init__(self, envelopes: Iterable[Message]) -> None:
        self.scenarios: dict[str, Scenario] = {}
        self.errors: list[tuple[str, str]] = []
        self.success: bool | None = None
        self.end = UNFINISHED
        self._attempts: dict[str, list[_Attempt]] = {}
        self._of_case: dict[str, Scenario] = {}
        self._started: dict[str, tuple[_Attempt, list[_Attempt]]] = {}
        readers: dict[str, Callable[[Message], None]] = {
            "pickle": self._pickle,
            "parseError": self._parse_error,
            "testCase": self._case,
            "testCaseStarted": self._begin,
            "testStepFinished": self._step,
            "testCaseFinished": self._finish,
            "testRunFinished": self._run_finished,
        }
        for envelope in envelopes:
            for kind, message in envelope.items():
                if kind in readers:
                    readers[kind](message)

    def _pickle(self, message: Message) -> None:
        line = message.get("location", {}).get("line", 0)
        self.scenarios[message["id"]] = Scenario(message["name"], message["uri"], line, bool(message["steps"]))

    def _parse_error(self, message: Message) -> None:
        self.errors.append((message["source"].get("uri", ""), message["message"]))

    def _case(self, message: Message) -> None:
        pickle = message["pickleId"]
        lost = Scenario(pickle, "its feature is missing from the messages", 0, has_steps=True)
        scenario = self._of_case[message["id"]] = self.scenarios.setdefault(pickle, lost)
        self._attempts[message["id"]] = scenario.cases.setdefault(message["id"], [])

    def _begin(self, message: Message) -> None:
        attempts = self._attempts[message["testCaseId"]]
        attempts.append(_Attempt(self._of_case[message["testCaseId"]].has_steps))
        self._started[message["id"]] = attempts[-1], attempts

    def _step(self, message: Message) -> None:
        attempt, _ = self._started[message["testCaseStartedId"]]
        result = message["testStepResult"]
        attempt.status = _worse(attempt.status, _status(result))
        if result["status"] != PASSED and result.get("message"):
            attempt.told.append(result["message"])

    def _finish(self, message: Message) -> None:
        attempt, attempts = self._started.pop(message["testCaseStartedId"])
        attempt.finished, attempt.retried = True, message["willBeRetried"]
        attempts[:] = [one for one in attempts if not one.retried] or [attempt]

    def _run_finished(self, message: Message) -> None:
        self.success, self.end = bool(message.get("success")), message.get("message", "")

    @property
    def counts(self) -> Counter[str]:
        """How many scenarios there are of each status."""
        counts = Counter(FAILED if one.status == UNKNOWN else one.status for one in self.scenarios.values())
        counts[FAILED] += len(self.errors)
        return counts

    @property
    def remarks(self) -> list[str]:
        """What is to be said beside the numbers."""
        earlier = sum(one.earlier is not None for one in self.scenarios.values())
        told = [f"{earlier} of them did not pass in an earlier run."] if earlier else []
        told += [self.end] if self.end else []
        seen = any(amount for status, amount in self.counts.items() if status not in (*_FINE, NOT_RUN))
        return told or ([] if self.success or seen else ["The run as a whole was not successful."])


def _kind(status: str) -> int:
    """Good, to be done, bad."""
    return 0 if status in _FINE else 1 if status == PENDING else 2


def _status(result: Message) -> str:
    status: str = result["status"]
    if status == SKIPPED and result.get("message", "").startswith(NOT_OBSERVABLE):
        return UNSEEN
    return status if status in _RANKS and status != UNSEEN else UNKNOWN


def _worse(one: str, other: str) -> str:
    return max(one, other, key=_RANKS.index)


def write_summary(envelopes: Iterable[Message], path: Path) -> None:
    """Write the summary of a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(summary_of(envelopes), encoding="utf-8", errors="replace", newline="\n")


def summary_of(envelopes: Iterable[Message]) -> str:
    """The summary of a run."""
    totals = Totals(envelopes)
    parts = [_heading(totals)]
    size = len(parts[0].encode(errors="replace"))
    entries = list(_entries(totals))
    for position, entry in enumerate(entries):
        size += len(entry.encode(errors="replace"))
        if size > LARGEST - 200:
            parts.append(f"\n… and {len(entries) - position} more, which find no room here.\n")
            break
        parts.append(entry)
    return "".join(parts)


def _heading(totals: Totals) -> str:
    counts = totals.counts
    lines = ["| scenarios | |", "|---|---:|"]
    words = {**_WORDS, NOT_RUN: _LOST} if UNFINISHED in totals.end.split("\n") else _WORDS
    lines += [f"| {word} | {counts[status]} |" for status, word in words.items() if counts[status]]
    table = "\n".join(lines) if lines[2:] else "No scenario was found."
    return "".join([f"{table}\n", *(f"\n{escape(one)}\n" for one in totals.remarks)])


def _entries(totals: Totals) -> Iterator[str]:
    for uri, message in totals.errors:
        yield _entry("failed", "cannot be read", uri, message)
    for scenario in totals.scenarios.values():
        place = f"{scenario.uri}:{scenario.line}"
        if scenario.status not in (*_FINE, PENDING, NOT_RUN):
            word = _WORDS.get(scenario.status, "failed")
            yield _entry(word, scenario.name, place, "\n\n".join(scenario.told))
        elif scenario.earlier is not None:
            yield _entry("flaky", scenario.name, place, "\n\n".join(["In an earlier run:", *scenario.earlier]))
    yield from _unseen(totals)


def _unseen(totals: Totals) -> Iterator[str]:
    """Why scenarios could not be seen, a line for each reason."""
    unseen = (one for one in totals.scenarios.values() if one.status == UNSEEN)
    told = (next(text for text in one.told if text.startswith(NOT_OBSERVABLE)) for one in unseen)
    reasons = Counter(text.removeprefix(NOT_OBSERVABLE) for text in told)
    if reasons:
        yield "\n### not observable here\n\n"
        yield from (f"- {escape(reason[:_LONGEST])}: {amount}\n" for reason, amount in reasons.items())


def _entry(word: str, name: str, place: str, told: str) -> str:
    cut = f"{told[:_LONGEST]}\n…" if len(told) > _LONGEST else told
    # An empty line would end the block, and what follows would be Markdown.
    lines = "\n".join(one.strip("\r") or "&#8203;" for one in html.escape(cut).split("\n"))
    body = f"\n<pre>{lines}</pre>\n" if cut else ""
    return f"\n### {word}: {escape(name)}\n\n{escape(place)}\n{body}"


def escape(text: str) -> str:
    """A text that Markdown shows as it is, in one line."""
    return _SPECIAL.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False).replace("&#", "&amp;#"))
