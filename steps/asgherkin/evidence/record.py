"""The records of a scenario, and the list that they stand in.

A record is appended by the code that observes it. Its masked `as_json` is the source of all that is shown: the text of
a failure, the attachment of a message, the part of the page.
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
    """A piece of evidence. A subclass is a kind of it; `docs/design.md` has an example."""

    kind: ClassVar[str]
    """Its name, and its media type: `exchange` is `application/vnd.asgherkin.exchange+json`."""
    shown: ClassVar[Literal["last", "read", "never"]] = "last"
    """When a failure shows it: "last", the last of its kind, unless a request was sent since; "read", the last one that
    the failing step has read, or in which the app has crashed."""

    step: int = field(default=BEFORE, init=False)
    """The step in which it was added."""
    read_in: list[int] = field(default_factory=list, init=False)
    """The steps that have read it."""

    @property
    def doing(self) -> str:
        """The call of the app that it belongs to, as a crash names it: `GET /orders`; "" for none."""
        return ""

    @abstractmethod
    def as_json(self) -> Document:
        """The record as JSON data, cut where there is much of it, not masked yet.

        Values that the app or its client has chosen are marked by the classes of `redaction/data.py`.
        """

    def unshown(self) -> object:
        """Data that is not shown, but may have secrets that turn up elsewhere: a tree as in `as_json`."""
        return None

    @staticmethod
    @abstractmethod
    def as_text(document: Mapping[str, Any]) -> list[Section]:
        """Its sections in a failure; `document` is masked."""

    @classmethod
    def as_text_at_end(cls, document: Mapping[str, Any]) -> list[Section]:
        """Its sections in a failure after the last step, with what happened only then."""
        return cls.as_text(document)

    @staticmethod
    @abstractmethod
    def as_part(document: Mapping[str, Any]) -> Part:
        """Its part of the page. A malformed document may raise any error."""


class Evidence:
    """The records of a scenario, the first one first."""

    def __init__(self) -> None:
        self.step = BEFORE
        """The running step."""
        self.records: list[Record] = []

    def add(self, record: Record, *, step: int | None = None) -> None:
        """Append a record of a step: the running step, if no other is given."""
        record.step = self.step if step is None else step
        self.records.append(record)

    def read(self, record: Record) -> None:
        """Note that the running step reads a record."""
        if record.read_in[-1:] != [self.step]:
            record.read_in.append(self.step)

    def remove(self, record: Record) -> None:
        """Take a record back, as of an act that is repeated."""
        self.records[:] = [kept for kept in self.records if kept is not record]

    def of(self, kind: type[R]) -> list[R]:
        """The records of a kind."""
        return [record for record in self.records if isinstance(record, kind)]

    def masked(self, redactor: Redactor) -> list[Document]:
        """All records as JSON data without secrets: a secret in any record is masked in all."""
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
