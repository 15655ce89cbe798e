"""Records of what came about in a scenario, and the one list that they stand in.

Who sees something appends its record. From `as_json`, once it is masked, all else is made: what a failure tells, what
is attached to messages, what the page shows.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, cast

from asgherkin.redaction.data import learn_data, masked_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from asgherkin.evidence.page_parts import Part
    from asgherkin.redaction.redactor import Redactor

Document = dict[str, Any]
"""A record as JSON data, or one read from JSON that anybody may have written."""
Section = tuple[str, str]
"""A title and a text below it, in a failure."""
R = TypeVar("R", bound="Record")

BEFORE, AFTER = -1, sys.maxsize
"""The steps of what comes before the first one, and after the last."""


@dataclass(slots=True)
class Record(ABC):
    """One thing that came about. A subclass is a kind of evidence; `docs/design.md` shows a whole one."""

    kind: ClassVar[str]
    """Its name, and its media type: `exchange` is `application/vnd.asgherkin.exchange+json`."""
    shown: ClassVar[Literal["last", "read", "never"]] = "last"
    """When a failure shows it: "last", the last of its kind, unless a request was sent since; "read", the last one that
    the failing step has read, or in which the app has crashed."""

    step: int = field(default=BEFORE, init=False)
    """The step in which it came about."""
    read_in: list[int] = field(default_factory=list, init=False)
    """The steps that have looked at it."""

    @property
    def doing(self) -> str:
        """What the app was doing, as a crash calls it: `GET /orders`. "" for what does not come from a call."""
        return ""

    @abstractmethod
    def as_json(self) -> Document:
        """The record as JSON data, cut where there is much of it, not masked yet.

        What the app or its client has written is more than a text: see the classes of `redaction/data.py`.
        """

    def unshown(self) -> object:
        """What stands in no document of it, and may have secrets that turn up elsewhere: a tree as in `as_json`."""
        return None

    @staticmethod
    @abstractmethod
    def as_text(document: Mapping[str, Any]) -> list[Section]:
        """What a failure tells of it; `document` is masked."""

    @classmethod
    def as_text_at_end(cls, document: Mapping[str, Any]) -> list[Section]:
        """What a failure after the last step tells of it: also what came about only then."""
        return cls.as_text(document)

    @staticmethod
    @abstractmethod
    def as_part(document: Mapping[str, Any]) -> Part:
        """What the page shows of it. Any error that a wrong document leads to may be raised."""


class Evidence:
    """The records of a scenario, the first one first."""

    def __init__(self) -> None:
        self.step = BEFORE
        """The running step."""
        self.records: list[Record] = []

    def add(self, record: Record, *, step: int | None = None) -> None:
        """Append what came about in a step: the running one, if no other is given."""
        record.step = self.step if step is None else step
        self.records.append(record)

    def read(self, record: Record) -> None:
        """Note that the running step looks at a record."""
        if record.read_in[-1:] != [self.step]:
            record.read_in.append(self.step)

    def remove(self, record: Record) -> None:
        """Take a record back: it was one of several tries."""
        self.records[:] = [one for one in self.records if one is not record]

    def of(self, kind: type[R]) -> list[R]:
        """The records of a kind."""
        return [record for record in self.records if isinstance(record, kind)]

    def masked(self, redactor: Redactor) -> list[Document]:
        """All records as JSON data without secrets: those that stand in any of them are looked for in all."""
        trees = [record.as_json() for record in self.records]
        for tree in trees:
            learn_data(tree, redactor)
        for record in self.records:
            learn_data(record.unshown(), redactor)
        return [cast("Document", masked_data(tree, redactor)) for tree in trees]


def media_type(kind: str) -> str:
    """The media type of a kind of evidence."""
    return f"application/vnd.asgherkin.{kind}+json"


def shown_in_failure(evidence: Evidence, step: int, crashed: str) -> Sequence[int]:
    """The places of the records that a failure in `step` shows; `crashed` is what the app was doing when it crashed.

    What the step is about comes first, then the last request, then what has come since.
    """
    records = evidence.records
    of_kind: dict[str, int] = {record.kind: at for at, record in enumerate(records) if record.shown == "last"}
    read = [at for at, record in enumerate(records) if record.shown == "read" and step in record.read_in]
    if not read and crashed:
        read = [at for at, record in enumerate(records) if record.shown == "read" and record.doing == crashed]
    about = {records[at].doing for at in read[-1:]}
    exchange = of_kind.pop("exchange", -1)
    others = [at for at in of_kind.values() if at > exchange]
    return [*read[-1:], *([exchange] if exchange >= 0 and records[exchange].doing not in about else []), *others]
