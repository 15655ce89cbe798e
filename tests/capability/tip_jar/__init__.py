"""A capability in one small folder: a jar that a scenario puts tips into, whose counting may fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.capabilities import Capability, Option
from asgherkin.errors import ConfigurationError, Mismatch
from asgherkin.evidence.page_parts import Part as PagePart
from asgherkin.evidence.page_parts import Text
from asgherkin.evidence.record import Document, Record, Section
from asgherkin.redaction.data import Fields
from asgherkin.session.session import Part
from asgherkin.vocabulary.decorators import then, when

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asgherkin.session.session import Session


@dataclass(slots=True)
class Tip(Record):
    """A tip: the kind of evidence."""

    kind = "tip"

    coins: int
    giver: Mapping[str, object]

    def as_json(self) -> Document:
        """How many, and from whom."""
        return {"coins": self.coins, "giver": Fields(self.giver)}

    @staticmethod
    def as_text(document: Mapping[str, Any]) -> list[Section]:
        """A line."""
        return [("The last tip", f"{document['coins']} of {document['giver']}")]

    @staticmethod
    def as_part(document: Mapping[str, Any]) -> PagePart:
        """A text below a title."""
        return PagePart("tip", f"A tip of {document['coins']}", texts=(("Giver", Text(str(document["giver"]))),))


class Jar(Part):
    """What a scenario holds."""

    def __init__(self, session: Session) -> None:
        self._evidence = session.evidence
        self._worth: int = session.settings.of_capabilities["asgi_tip_worth"]
        self.total = 0
        self.ends: list[str] = []

    def put(self, coins: int) -> None:
        """Put coins into it."""
        self._evidence.add(Tip(coins, {"name": "Ann", "password": "sesame-1"}))
        self.total += coins * self._worth

    def leave(self) -> None:
        """The steps are over."""
        self.ends.append("left")

    def close(self) -> None:
        """The app is shut down."""
        self.ends.append("closed")


@when("I tip {coins:count}", example="I tip 2")
def i_tip(session: Session, coins: int) -> None:
    """Put coins into the jar."""
    session.part(Jar).put(coins)


@then("the jar holds {cents:count}", example="the jar holds 20")
def the_jar_holds(session: Session, cents: int) -> None:
    """What all tips are worth."""
    if session.part(Jar).total != cents:
        raise Mismatch(f"The jar holds {session.part(Jar).total}, expected {cents}.")


@pytest.fixture
def asgi_tip_jar(session: Session) -> Jar:
    """The scenario's jar, for a step of the project's own."""
    return session.part(Jar)


def _worth(value: str, _: str) -> int:
    if not value.isdigit():
        raise ConfigurationError(f"asgi_tip_worth: {value!r} is no number of cents.")
    return int(value)


CAPABILITY = Capability(
    "tip jar",
    kinds=lambda: (Tip,),
    options=(Option("asgi_tip_worth", "CENTS", "what a coin is worth", "1", read=_worth),),
    page="tips.md",
)
