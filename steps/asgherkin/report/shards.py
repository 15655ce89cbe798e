"""One file of messages, read so that several can be merged: what is large is left in the file, its places are kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from asgherkin.report.pickles import Message

BY_URI = ("source", "gherkinDocument")
_BY_ID = ("pickle", "hook", "stepDefinition", "suggestion", "testCase", "parameterType")
_OF_ATTEMPT = ("testStepStarted", "testStepFinished", "testCaseFinished", "attachment", "externalAttachment")
_NEEDED = {"source": "data", "pickle": "uri", "testCase": "pickleId"}


class Line(NamedTuple):
    """Where a message stands: its file's number, and the byte that it starts at."""

    file: int
    at: int


@dataclass(slots=True)
class Attempt:
    """An attempt's messages, by their places. `goes_on`: it was tried once more in the same run."""

    id: str
    case: str
    number: int
    began: tuple[int, int]
    lines: list[Line] = field(default_factory=list)
    goes_on: bool = False


class Shard:
    """The messages of a file, but for those of attempts. Its `digest` tells it from all others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.digest = b""
        self.meta: Message | None = None
        self.started: Message | None = None
        self.finished: Message | None = None
        self.by_key: dict[tuple[str, str], Message] = {}
        self.others: list[Message] = []
        self._attempts: dict[str, Attempt] = {}

    @property
    def began(self) -> tuple[int, int]:
        """When the run began."""
        return time_of(self.started) if self.started else (0, 0)

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
            time_of(message)
            setattr(self, kind.removeprefix("testRun").lower(), message)
        elif kind == "testCaseStarted":
            began, number = time_of(message), int(message.get("attempt", 0))
            self._attempts[message["id"]] = Attempt(message["id"], message["testCaseId"], number, began, [Line(0, at)])
        elif kind in _OF_ATTEMPT and message.get("testCaseStartedId") in self._attempts:
            attempt = self._attempts[message["testCaseStartedId"]]
            attempt.lines.append(Line(0, at))
            attempt.goes_on = attempt.goes_on or bool(message.get("willBeRetried"))
        elif kind in _BY_ID or kind in BY_URI:
            message[_NEEDED.get(kind, "id" if kind in _BY_ID else "uri")]  # it must be there
            self.by_key[kind, message["id" if kind in _BY_ID else "uri"]] = message
        else:
            self.others.append({kind: message})

    def series(self) -> Iterator[list[Attempt]]:
        """Attempts at a test case of which each was followed by the next: a merged file may have several at one."""
        of_case: dict[str, list[Attempt]] = {}
        for attempt in self._attempts.values():
            of_case.setdefault(attempt.case, []).append(attempt)
        for attempts in of_case.values():
            attempts.sort(key=lambda one: (one.began, one.number, one.id))
            attempts[-1].goes_on = False  # whatever was meant to be: its run was ended
            ends = [position for position, one in enumerate(attempts, start=1) if not one.goes_on]
            yield from (attempts[start:end] for start, end in zip([0, *ends], ends, strict=False))


def read_shard(path: Path) -> Shard:
    """Read a file. Raises ConfigurationError where it holds something else, or nothing."""
    shard = Shard(path)
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


def _add_line(shard: Shard, text: bytes, number: int, at: int) -> None:
    try:
        envelope: Any = json.loads(text)
        shard.add(envelope, at)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ConfigurationError(f"{shard.path.name}, line {number}: this is no Cucumber Message.") from None


def time_of(message: Message) -> tuple[int, int]:
    """A message's time: seconds and nanoseconds, to be compared."""
    time = message["timestamp"]
    return (int(time["seconds"]), int(time["nanos"]))
