"""How a scenario is conducted: what the runner of steps asks of its session. See `gherkin.calling.Conduct`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgherkin.evidence.record import AFTER, shown_in_failure
from asgherkin.session.loops import check_loops, needed_fixtures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asgherkin.session.session import Session


class Conductor:
    """Leads a session through the steps of its scenario."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.fill = session.fill
        self.fill_text = session.fill_text
        self.redact = session.redactor.redact

    def before(self, steps: Sequence[Any]) -> None:
        """Know the steps, and refuse fixtures that would sit on another loop than the app."""
        session = self.session
        session.crash_rule.begin(steps)
        check_loops(session.surroundings, needed_fixtures(steps))
        session.evidence.step = 0

    def run(self, awaitable: Callable[[], Any]) -> object:
        """Await what a function gives, on the loop that the app runs on."""

        async def awaited() -> object:
            return await awaitable()

        return self.session.client.run(awaited)

    def after_step(self, position: int) -> None:
        """Raise what left the app during the step, unless a step up to the next When expects it."""
        self.session.crash_rule.after_step()
        self.session.evidence.step = position + 1

    def end(self) -> None:
        """Shut the app down and close the client; raise what left the app meanwhile."""
        session = self.session
        session.evidence.step = AFTER
        session.end()
        session.crash_rule.check(at_end=True)

    def sections(self) -> list[tuple[str, str]]:
        """What a failure shows: what the running step is about, the last request, a crash that is not the failure."""
        evidence, rule = self.session.evidence, self.session.crash_rule
        documents = evidence.masked(self.session.redactor)
        places = [*shown_in_failure(evidence, rule.position, rule.raised.doing if rule.raised else "")]
        places += [evidence.records.index(crash) for crash in rule.untold[:1]]
        sections: list[tuple[str, str]] = []
        for at in places:
            record = evidence.records[at]
            sections += (record.as_text_at_end if rule.is_over else record.as_text)(documents[at])
        return sections
