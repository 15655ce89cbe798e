"""What a worker notes while it runs: should it die, this says in which step."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from asgherkin.report.results import FAILED, PASSED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from asgherkin.report.results import Result, ScenarioRecord

_SUFFIX = ".journal"


class Journal:
    """A worker's journal: a line for each note, written at once."""

    def __init__(self, folder: Path, worker: str) -> None:
        self._file = os.open(folder / f"{worker}{_SUFFIX}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, **what: object) -> None:
        """Add a line."""
        os.write(self._file, f"{json.dumps(what)}\n".encode())

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


def features_in(folder: Path) -> Iterator[tuple[str, str, str]]:
    """The feature files that the workers have collected: their uris, paths and mistakes."""
    for notes in _journals(folder):
        for note in notes:
            yield from note.get("features", ())


def unfinished_in(folder: Path, why: str) -> Iterator[ScenarioRecord]:
    """The records of scenarios that began in a worker and did not end; `why` says so, of a step."""
    for notes in _journals(folder):
        record: ScenarioRecord | None = None
        at: int | None = None
        last = 0.0
        for note in notes:
            if "started" in note or "ended" in note:
                record, at = note.get("started"), None
                last = record["start"] if record else last
            elif "step" in note:
                at, last = note["step"], note["at"]
        if record is not None:
            yield _ended(record, at, last, why)


def _ended(record: ScenarioRecord, at: int | None, last: float, why: str) -> ScenarioRecord:
    record["seconds"] = last - record["start"]
    if at is None:
        _fail(record["before"], last, f"{why} before the first step.")
        return record
    for result in (record["before"], *record["steps"][:at]):
        result["status"] = PASSED
        result.pop("message", None)
        result.pop("failure", None)
    _fail(record["steps"][at], last, f"{why} in this step.")
    return record


def _fail(result: Result, at: float, message: str) -> None:
    result.update({"status": FAILED, "start": at, "message": message})
    result["failure"] = {"type": "Interrupted", "message": message}


def _journals(folder: Path) -> Iterator[list[dict[str, Any]]]:
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        lines = path.read_bytes().split(b"\n")
        yield [json.loads(line) for line in lines if line.endswith(b"}")]
