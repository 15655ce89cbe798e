"""Messages of several runs as those of one: of shards, of machines, of a second run of what had failed.

The result is the same to the byte, whatever the order of the files. Attempts, which hold all the evidence, stay in
their files until they are written.

If several runs ran the same scenario, the attempts of the latest run come last. An attempt counts as retried only if
its own run retried it: what failed in one run is no success because another run went better.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asgherkin.errors import ConfigurationError
from asgherkin.report.output_files import line
from asgherkin.report.pickles import told_apart
from asgherkin.report.verdicts import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from asgherkin.report.model import Message

_BY_URI = ("source", "gherkinDocument")
_BY_ID = ("pickle", "hook", "stepDefinition", "suggestion", "testCase", "parameterType")
_OF_ATTEMPT = ("testStepStarted", "testStepFinished", "testCaseFinished", "attachment", "externalAttachment")
_NEEDED = {"source": "data", "pickle": "uri", "testCase": "pickleId"}


def merge(paths: Sequence[Path]) -> Iterator[Message]:
    """The messages of one run, made of those in the files.

    Raises ConfigurationError for a file that holds none, and where two differ in what a feature file says.
    """
    runs = sorted((_read_shard(path) for path in paths), key=lambda run: (run.began, run.id, run.digest))
    merged = _Merged(runs)
    yield from merged.head()
    yield from merged.features()
    yield from merged.definitions()
    yield from merged.attempts()
    yield merged.end()


class _Merged:
    """The runs as one. Where only one of several messages can be taken, it is that of the earliest run."""

    def __init__(self, runs: Sequence[_Shard]) -> None:
        self._runs = runs
        self._by_key: dict[tuple[str, str], Message] = {}
        self._series: dict[str, list[list[_Attempt]]] = {}
        for number, run in enumerate(runs):
            self._add(number, run)
        unknown = sorted(case for case in self._series if ("testCase", case) not in self._by_key)
        if unknown:
            path = runs[self._series[unknown[0]][0][0].lines[0][0]].path
            raise ConfigurationError(f"{path.name} is not whole: it has results of a test case that it does not have.")

    def _add(self, number: int, run: _Shard) -> None:
        for key, message in run.by_key.items():
            known = self._by_key.setdefault(key, message)
            if key[0] == "source" and known["data"] != message["data"]:
                raise ConfigurationError(
                    f"{run.path.name} has another text of {key[1]} than the files before it. "
                    "Merge runs of one commit only."
                )
        for series in run.series():
            for attempt in series:
                attempt.lines = [(number, at) for _, at in attempt.lines]
            self._series.setdefault(series[0].case, []).append(series)

    def head(self) -> Iterator[Message]:
        yield from ({"meta": run.meta} for run in self._runs[:1] if run.meta)
        yield from ({"testRunStarted": run.started} for run in self._runs[:1] if run.started)

    def _all(self, kind: str) -> list[Message]:
        return [message for key, message in self._by_key.items() if key[0] == kind]

    def features(self) -> Iterator[Message]:
        """Each feature file with what belongs to it; errors of broken ones among them."""
        found: dict[str, list[Message]] = {uri: [] for kind, uri in self._by_key if kind in _BY_URI}
        for pickle in self._pickles():
            found.setdefault(pickle["uri"], []).append({"pickle": pickle})
        for error in self._others(errors=True):
            uri = (error["parseError"].get("source") or {}).get("uri")
            found.setdefault(str(uri or ""), []).append(error)
        for uri in sorted(found):
            yield from ({kind: self._by_key[kind, uri]} for kind in _BY_URI if (kind, uri) in self._by_key)
            yield from found[uri]

    def _pickles(self) -> list[Message]:
        def place(pickle: Message) -> tuple[str, int, str]:
            return (pickle["uri"], pickle.get("location", {}).get("line", 0), pickle["id"])

        return told_apart(sorted(self._all("pickle"), key=place))

    def _others(self, *, errors: bool) -> list[Message]:
        """Messages without an id, without duplicates: parse errors, or all others."""
        others = [envelope for run in self._runs for envelope in run.others if ("parseError" in envelope) is errors]
        found = {line(envelope): envelope for envelope in others}
        return [found[text] for text in sorted(found)]

    def definitions(self) -> Iterator[Message]:
        for kind in ("parameterType", "hook", "stepDefinition", "suggestion"):
            yield from ({kind: message} for message in sorted(self._all(kind), key=line))
        yield from self._others(errors=False)

    def attempts(self) -> Iterator[Message]:
        """Each test case with its attempts, in the order of the feature files."""
        order = {pickle["id"]: position for position, pickle in enumerate(self._pickles())}
        cases = sorted(self._all("testCase"), key=lambda case: (order.get(case["pickleId"], -1), case["id"]))
        files = [run.path.open("rb") for run in self._runs]
        try:
            for case in cases:
                yield {"testCase": {**case, "testRunStartedId": self._runs[0].id}}
                for number, attempt in enumerate(self._attempts(case["id"])):
                    for of_run, at in attempt.lines:
                        files[of_run].seek(at)
                        yield _renumbered(json.loads(files[of_run].readline()), number, goes_on=attempt.goes_on)
        finally:
            for file in files:
                file.close()

    def _attempts(self, case: str) -> Iterator[_Attempt]:
        """All attempts at a test case, without duplicates; the run whose last attempt began last comes last."""

        def length(series: Sequence[_Attempt]) -> int:
            return sum(len(attempt.lines) for attempt in series)

        known: set[str] = set()
        kept: list[list[_Attempt]] = []
        # If a run is there twice, complete and cut short, the complete one is taken.
        for series in sorted(self._series.get(case, ()), key=length, reverse=True):
            fresh = [attempt for attempt in series if attempt.id not in known]
            known.update(attempt.id for attempt in fresh)
            kept += [fresh] if fresh else []
        for series in sorted(kept, key=lambda attempts: (attempts[-1].began, attempts[-1].number, attempts[-1].id)):
            yield from series

    def end(self) -> Message:
        ends = [run.finished for run in self._runs if run.finished]
        texts = sorted({str(end["message"]) for end in ends if end.get("message")})
        # A run may be there twice: in a file that is complete, and in one that was cut short.
        is_whole = {run.id for run in self._runs} == {run.id for run in self._runs if run.finished}
        if not is_whole and not any(UNFINISHED in text.split("\n") for text in texts):
            texts.append(UNFINISHED)
        latest = max((_time_of(end) for end in ends), default=self._runs[-1].began)
        finished: Message = {
            "testRunStartedId": self._runs[0].id,
            "success": is_whole and all(end.get("success") for end in ends),
            "timestamp": {"seconds": latest[0], "nanos": latest[1]},
        }
        return {"testRunFinished": {**finished, "message": "\n".join(texts)} if texts else finished}


def _renumbered(envelope: Message, number: int, *, goes_on: bool) -> Message:
    if "testCaseStarted" in envelope:
        envelope["testCaseStarted"]["attempt"] = number
    elif "testCaseFinished" in envelope:
        envelope["testCaseFinished"]["willBeRetried"] = goes_on
    return envelope


@dataclass(slots=True)
class _Attempt:
    """An attempt; `lines` are its messages: the number of the file, and the byte that each starts at.

    `goes_on`: it was retried in the same run.
    """

    id: str
    case: str
    number: int
    began: tuple[int, int]
    lines: list[tuple[int, int]] = field(default_factory=list)
    goes_on: bool = False


@dataclass(slots=True, eq=False)
class _Shard:
    """The messages of a file, but for those of attempts. Its `digest` tells it from all others."""

    path: Path
    digest: bytes = b""
    meta: Message | None = None
    started: Message | None = None
    finished: Message | None = None
    by_key: dict[tuple[str, str], Message] = field(default_factory=dict)
    others: list[Message] = field(default_factory=list)
    _attempts: dict[str, _Attempt] = field(default_factory=dict)

    @property
    def began(self) -> tuple[int, int]:
        """When the run began."""
        return _time_of(self.started) if self.started else (0, 0)

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.started.get("id", "")) if self.started else ""

    def add(self, envelope: Message, at: int) -> None:
        """Take the message that starts at a byte of the file. Raises all sorts of errors where it is none."""
        for kind, message in envelope.items():
            if not isinstance(message, dict):
                raise TypeError(kind)
            self._add(kind, message, at)

    def _add(self, kind: str, message: Message, at: int) -> None:
        if kind == "meta":
            self.meta = message
        elif kind in ("testRunStarted", "testRunFinished"):
            _time_of(message)
            setattr(self, kind.removeprefix("testRun").lower(), message)
        elif kind == "testCaseStarted":
            began, number = _time_of(message), int(message.get("attempt", 0))
            self._attempts[message["id"]] = _Attempt(message["id"], message["testCaseId"], number, began, [(0, at)])
        elif kind in _OF_ATTEMPT and message.get("testCaseStartedId") in self._attempts:
            attempt = self._attempts[message["testCaseStartedId"]]
            attempt.lines.append((0, at))
            attempt.goes_on = attempt.goes_on or bool(message.get("willBeRetried"))
        elif kind in _BY_ID or kind in _BY_URI:
            message[_NEEDED.get(kind, "id" if kind in _BY_ID else "uri")]  # it must be there
            self.by_key[kind, message["id" if kind in _BY_ID else "uri"]] = message
        else:
            self.others.append({kind: message})

    def series(self) -> Iterator[list[_Attempt]]:
        """Series of attempts at a test case, each a retry of the one before: a merged file may have several."""
        of_case: dict[str, list[_Attempt]] = {}
        for attempt in self._attempts.values():
            of_case.setdefault(attempt.case, []).append(attempt)
        for attempts in of_case.values():
            attempts.sort(key=lambda attempt: (attempt.began, attempt.number, attempt.id))
            attempts[-1].goes_on = False  # whatever was meant to be: its run was ended
            ends = [position for position, attempt in enumerate(attempts, start=1) if not attempt.goes_on]
            yield from (attempts[start:end] for start, end in zip([0, *ends], ends, strict=False))


def _read_shard(path: Path) -> _Shard:
    """Read a file. Raises ConfigurationError where it holds something else, or nothing."""
    shard = _Shard(path)
    at = 0
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            if text.endswith(b"\n"):  # else the run was cut short in the middle of writing it
                _add_line(shard, text, number, at)
            at += len(text)
            digest.update(text)
    shard.digest = digest.digest()
    if shard.meta is None and shard.started is None:
        raise ConfigurationError(f"{path.name} has no Cucumber Messages. Write some with: --asgi-messages {path.name}")
    return shard


def _add_line(shard: _Shard, text: bytes, number: int, at: int) -> None:
    try:
        envelope: Any = json.loads(text)
        shard.add(envelope, at)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ConfigurationError(f"{shard.path.name}, line {number}: this is no Cucumber Message.") from None


def _time_of(message: Message) -> tuple[int, int]:
    """A message's time: seconds and nanoseconds, to be compared."""
    time = message["timestamp"]
    return (int(time["seconds"]), int(time["nanos"]))
