"""The journals of workers: should one die, its journal says in which step."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asgherkin.report.verdicts import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asgherkin.report.messages import Result, ScenarioRecord


class Journal:
    """A worker's journal: a line for each note, written at once. Its name is removed once both sides have it open."""

    def __init__(self, path: str) -> None:
        # A worker on another machine has no such file, and its notes could not be read.
        there = path if Path(path).exists() else os.devnull
        self._file = os.open(there, os.O_WRONLY | os.O_APPEND)
        _unname(path)

    def note(self, **what: object) -> None:
        """Add a line."""
        os.write(self._file, f"{json.dumps(what)}\n".encode())

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


class Journals:
    """The journals of a run's workers, in the process that they report to.

    A journal is an open file that has a name only until its worker has opened it too, so that a process that is killed
    leaves nothing behind.
    """

    def __init__(self) -> None:
        self._files: dict[str, int] = {}

    def begin(self) -> str:
        """Begin a journal; the path for its worker to open."""
        file, path = tempfile.mkstemp(prefix="asgherkin-", suffix=".journal")
        self._files[path] = file
        return path

    def read(self) -> list[bytes]:
        """The content of each."""
        contents: list[bytes] = []
        for file in self._files.values():
            with os.fdopen(os.dup(file), "rb") as readable:
                readable.seek(0)
                contents.append(readable.read())
        return contents

    def close(self) -> None:
        """Let go of the files."""
        for path, file in self._files.items():
            os.close(file)
            _unname(path)
        self._files = {}


def _unname(path: str) -> None:
    with suppress(OSError):  # Windows keeps the name of a file that is open: the process that reports removes it
        Path(path).unlink(missing_ok=True)


def features_in(journals: Iterable[bytes]) -> Iterator[tuple[str, str, str]]:
    """The feature files that the workers have collected: their uris, paths and mistakes."""
    for notes in map(_notes, journals):
        for note in notes:
            yield from note.get("features", ())


def unfinished_in(journals: Iterable[bytes], why: str) -> Iterator[ScenarioRecord]:
    """The records of scenarios that began in a worker and did not end; `why` says so, of a step."""
    for notes in map(_notes, journals):
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
        result["status"] = Status.PASSED
        result.pop("message", None)
        result.pop("failure", None)
    _fail(record["steps"][at], last, f"{why} in this step.")
    return record


def _fail(result: Result, at: float, message: str) -> None:
    result.update({"status": Status.FAILED, "start": at, "message": message})
    result["failure"] = {"type": "Interrupted", "message": message}


def _notes(journal: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.split(b"\n") if line.endswith(b"}")]
