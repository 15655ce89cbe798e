"""What ran of a scenario as lines of messages, put together of pieces.

There are more than twenty of them for a scenario, and most differ in ids and times only: to write them so takes a
quarter of the time that it takes to make dictionaries first.
"""

from __future__ import annotations

from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.report.writer import encode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from asgherkin.report.pickles import Pickled
    from asgherkin.report.results import Match, Result, ScenarioRecord, StepRecord

BEFORE, AFTER = "before", "after"
_MOST = 4096
_NANOS = 1_000_000_000


class Case(NamedTuple):
    """A test case: its id, and how many steps its pickle has.

    Its test steps have its id with a number: 0 is what is before the steps, the last what is after them.
    """

    id: str
    steps: int


class Matches:
    """What fits the steps, as JSON: scenarios share their sentences, and a process hands out the same lists again."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Sequence[Match], str]] = {}

    def json(self, matches: Sequence[Match]) -> str:
        """The part of a test step that tells of its definitions."""
        known = self._known.get(id(matches))
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            # The list is kept, so that no other gets its id.
            known = self._known[id(matches)] = (matches, _matched(matches))
        return known[1]


def _matched(matches: Sequence[Match]) -> str:
    lists = [{"stepMatchArguments": [{"group": group} for group in one["groups"]]} for one in matches]
    ids = encode([one["definition"] for one in matches])
    return f'"stepDefinitionIds":{ids},"stepMatchArgumentsLists":{encode(lists)}'


def test_case(case: Case, run: str, pickle: Pickled, by_line: Mapping[int, StepRecord], matches: Matches) -> str:
    """A test case's line."""
    told = [f'{{"id":"{case.id}-0","hookId":"{BEFORE}"}}']
    for number, step in enumerate(pickle.steps, start=1):
        record = by_line.get(step.line)
        fitting = matches.json(record["matches"] if record else ())
        told.append(f'{{"id":"{case.id}-{number}","pickleStepId":"{step.id}",{fitting}}}')
    told.append(f'{{"id":"{case.id}-{case.steps + 1}","hookId":"{AFTER}"}}')
    ids = f'"id":"{case.id}","pickleId":"{pickle.id}","testRunStartedId":"{run}"'
    return f'{{"testCase":{{{ids},"testSteps":[{",".join(told)}]}}}}\n'


def attempt(
    case: Case, started: str, number: int, record: ScenarioRecord, results: Sequence[Result], *, retried: bool
) -> str:
    """The lines of an attempt, from its start to its end. `started` is its id, `number` counts from 0 on."""
    at = record["start"]
    time = _time(at)
    worker = f',"workerId":{quoted(record["worker"])}' if record["worker"] else ""
    ids = f'"id":"{started}","testCaseId":"{case.id}"'
    parts = [f'{{"testCaseStarted":{{{ids},"attempt":{number},"timestamp":{time}{worker}}}}}\n']
    for step, result in enumerate(results):
        if result["start"] > at:
            at = result["start"]
            time = _time(at)
        begun = time
        if result["seconds"]:
            at += result["seconds"]
            time = _time(at)
        parts.append(_step(f'"testCaseStartedId":"{started}","testStepId":"{case.id}-{step}"', result, begun, time))
    end = _time(max(at, record["start"] + record["seconds"]))
    again = "true" if retried else "false"
    parts.append(
        f'{{"testCaseFinished":{{"testCaseStartedId":"{started}","timestamp":{end},"willBeRetried":{again}}}}}\n'
    )
    return "".join(parts)


def _step(ids: str, result: Result, begun: str, ended: str) -> str:
    attachments = "".join([_attachment(ids, one) for one in result["attachments"]]) if "attachments" in result else ""
    told = f'"status":"{result["status"]}","duration":{_time(result["seconds"])}'
    if "message" in result or "failure" in result:
        told += _why(result)
    return (
        f'{{"testStepStarted":{{{ids},"timestamp":{begun}}}}}\n{attachments}'
        f'{{"testStepFinished":{{{ids},"testStepResult":{{{told}}},"timestamp":{ended}}}}}\n'
    )


def _why(result: Result) -> str:
    message = f',"message":{quoted(result["message"])}' if "message" in result else ""
    return f'{message},"exception":{encode(result["failure"])}' if "failure" in result else message


def _attachment(ids: str, attachment: Mapping[str, str]) -> str:
    content = f'"mediaType":{quoted(attachment["mediaType"])},"body":{quoted(attachment["body"])}'
    return f'{{"attachment":{{{ids},{content},"contentEncoding":"IDENTITY"}}}}\n'


def _time(seconds: float) -> str:
    return '{"seconds":%d,"nanos":%d}' % divmod(round(seconds * 1e9), _NANOS)  # noqa: UP031 - takes the pair as it is
