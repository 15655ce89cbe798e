"""The list of records, and which of them a failure shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pytest

from asgherkin.capabilities import Capability, Option, kind_of
from asgherkin.errors import DifferingRow, DifferingRows
from asgherkin.evidence.exchange_record import Exchange
from asgherkin.evidence.page_parts import Part
from asgherkin.evidence.record import BEFORE, Document, Evidence, Record, shown_in_failure
from asgherkin.evidence.row_differences import DifferingRowsRecord

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class Held(Record):
    """Something that a scenario holds, and that steps look at."""

    kind = "held"
    shown: ClassVar[Literal["last", "read", "never"]] = "read"

    def as_json(self) -> Document:
        """Nothing."""
        return {}

    @staticmethod
    def as_text(document: Mapping[str, Any]) -> list[tuple[str, str]]:
        """A line."""
        return [("Held", str(document))]

    @staticmethod
    def as_part(document: Mapping[str, Any]) -> Part:
        """A title."""
        return Part("held", str(document))


@dataclass(slots=True)
class Named(Held):
    """One that a crash can be about."""

    name: str = ""

    @property
    def doing(self) -> str:
        """Its name."""
        return self.name


@dataclass(slots=True)
class Query(Held):
    """One of which the last is shown."""

    kind = "asked"
    shown = "last"


def request(target: str) -> Exchange:
    return Exchange("GET", target, [])


def evidence_of(*records: Record) -> Evidence:
    evidence = Evidence()
    for record in records:
        evidence.add(record)
    return evidence


def test_records_have_their_step() -> None:
    """That of the list, or the given one; a step reads a record once."""
    evidence = Evidence()
    first, second, third = Held(), Held(), Query()

    evidence.add(first)
    evidence.step = 2
    evidence.add(second)
    evidence.add(third, step=1)
    evidence.read(first)
    evidence.read(first)

    assert [one.step for one in evidence.records] == [BEFORE, 2, 1]
    assert [one.read_in for one in evidence.records] == [[2], [], []]
    assert evidence.of(Query) == [third]


def test_a_record_can_be_taken_back() -> None:
    """The one, and not an equal one."""
    first, second = Query(), Query()
    evidence = evidence_of(first, second)

    evidence.remove(second)

    assert evidence.records[0] is first
    assert len(evidence.records) == 1


@pytest.mark.parametrize(
    ("records", "read", "crashed", "expected"),
    [
        ([], None, "", []),
        ([request("/1"), request("/2")], None, "", [1]),
        ([request("/1"), Query()], None, "", [0, 1]),
        ([Query(), request("/1")], None, "", [1]),
        ([Query(), Query()], None, "", [1]),
        ([Held(), request("/1")], 0, "", [0, 1]),
        ([Held(), Held()], None, "", []),
        ([Named("GET /1"), request("/1")], 0, "", [0]),
        ([Named("socket /1"), request("/2")], None, "socket /1", [0, 1]),
        ([Held(), request("/2")], None, "GET /2", [1]),
    ],
    ids=[
        "nothing", "the last request", "a query after it", "a query before it", "two queries", "what the step has read",
        "what no step has read", "what is the request itself", "what has crashed", "a request that has crashed",
    ],
)  # fmt: skip
def test_what_a_failure_shows(records: list[Record], read: int | None, crashed: str, expected: list[int]) -> None:
    """What its step is about, the last request, what came since."""
    evidence = evidence_of(*records)
    evidence.step = 3
    if read is not None:
        evidence.read(records[read])

    assert list(shown_in_failure(evidence, 3, crashed)) == expected


def test_rows_that_differ_stand_in_the_failure_already() -> None:
    """Its text has none of its own."""
    record = DifferingRowsRecord(DifferingRows(["id"], [DifferingRow(["1"], "missing")]))

    assert DifferingRowsRecord.as_text(record.as_json()) == []


def test_a_capability_needs_nothing_but_its_name() -> None:
    """And an option nothing but its own; a kind of evidence that nobody has is none."""
    bare = Capability("bare")

    assert list(bare.kinds()) == []
    assert bare.options == ()
    assert Option("a_b", "C", "help").read("x", "main") == "x"
    assert kind_of("application/vnd.asgherkin.bare+json") is None
