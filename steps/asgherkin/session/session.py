"""The session of a scenario, and its conductor, which leads it through the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from asgherkin.evidence.record import AFTER, Evidence, shown_in_failure
from asgherkin.matching.documents import fill_text
from asgherkin.redaction.redactor import Redactor
from asgherkin.session.app_under_test import AppUnderTest, CrashRule
from asgherkin.session.header_values import check_cookie, set_cookie
from asgherkin.session.loops import check_loops, needed_fixtures
from asgherkin.session.remembered import Slot, Variables, known
from asgherkin.session.requests import Draft, Responses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asgherkin.clients.in_process import Client
    from asgherkin.evidence.crash_record import Crash
    from asgherkin.session.app_under_test import Surroundings
    from asgherkin.session.expected_crashes import Step

P = TypeVar("P", bound="Part")


class Part:
    """A part of a scenario's session: `session.part(Class)` gives the one object of the class.

    A subclass takes from the session what it needs: its client, draft, evidence, settings.
    """

    def __init__(self, session: Session) -> None:
        """Be made, at the first use."""

    def await_crash(self) -> None:
        """Wait until the app has crashed in the present act, or has ended all that this part has opened."""

    def leave(self) -> None:
        """The scenario's steps are over; the app still runs."""

    def close(self) -> None:
        """The app is shut down; its loop still runs."""


class Session:
    """One scenario's app, client, responses, variables and evidence.

    A user's own step gets it as the fixture `session`.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.settings = surroundings.settings
        self.client_name = surroundings.client_name
        self.loop_name = surroundings.loop_name
        self.variables = Variables()
        self.evidence = Evidence()
        self.redactor = Redactor(self.settings.redact)
        self.app = AppUnderTest(surroundings, self.evidence)
        self.crash_rule = CrashRule(self.app)
        self.draft = Draft(self.redactor)
        self.responses = Responses(self.app, self.draft, self.crash_rule)
        self._parts: dict[type[Part], Part] = {}

    def check_observable(self, what: str) -> None:
        """Raise NotObservable on a deployed server, where `what` cannot be observed."""
        self.app.check_observable(what)

    def start(self) -> bool:
        """Start the app if it was not started yet; False where it does not start. See `AppUnderTest.start`."""
        return self.app.start()

    def raise_crash(self) -> None:
        """Raise what has left the app by now, unless the running step or one up to the next When expects it."""
        self.crash_rule.check()

    @property
    def client(self) -> Client:
        """The client in use, made at the first use. The app is left as it is; see `start`."""
        return self.app.client

    @property
    def server_errors_returned(self) -> bool:
        """Whether a crash of the app is just a response with a status of 500."""
        return self.app.server_errors_returned

    @property
    def crashes(self) -> list[Crash]:
        """Every exception that left the app in this scenario, in order."""
        return self.app.crashes

    @property
    def crashes_of_act(self) -> list[Crash]:
        """Those since the last When began."""
        return self.crash_rule.of_act

    @property
    def crashed(self) -> bool:
        """Whether the app crashed in the last act, and that is not just a response."""
        return bool(self.crashes_of_act) and not self.server_errors_returned

    @property
    def ahead(self) -> Sequence[Step]:
        """The running step, and those after it."""
        return self.crash_rule.ahead

    def set_cookie(self, name: str, value: str) -> None:
        """Put a cookie into the client's jar, as if the app had set it."""
        check_cookie(name, value)
        self.redactor.learn_header("Cookie", f"{name}={value}")
        set_cookie(self.client.cookies, name, value, self.client.host)

    def part(self, kind: type[P]) -> P:
        """The scenario's one object of a class, made at its first use."""
        known = self._parts.get(kind)
        if known is None:
            known = self._parts[kind] = kind(self)
        assert isinstance(known, kind)
        return known

    def await_crash(self) -> None:
        """Wait until the app has crashed in the present act, or has ended all that the parts have opened."""
        for part in self._parts.values():
            part.await_crash()

    def fill(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """The values of a sentence's slots, with remembered values put in."""
        filled = dict(arguments)
        for name, value in arguments.items():
            if isinstance(value, Slot):
                filled[name] = value.filled(self.lookup) if "{{" in value.written else known(value)
            elif isinstance(value, str) and "{{" in value:
                filled[name] = self.fill_text(value)
        return filled

    def fill_text(self, text: str) -> str:
        """A text with remembered values put in."""
        return fill_text(text, self.lookup)

    def lookup(self, name: str) -> object:
        """The value of `{{name}}`; that of an environment variable is secret from now on."""
        value = self.variables.lookup(name)
        if name.startswith("env."):
            self.redactor.learn(str(value))
        return value

    def end(self) -> None:
        """Shut the app down and close the client and all parts."""
        parts = list(self._parts.values())
        for part in parts:
            part.leave()
        try:
            self.app.finish()
            for part in parts:
                part.close()
        finally:
            self.app.close()


class Conductor:
    """Leads a session through the steps of its scenario. See `gherkin.calling.Conduct`."""

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
        """Call an async function on the loop that the app runs on."""

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
        """The evidence that a failure shows: of the running step, the last request, a crash that is not the failure."""
        evidence, rule = self.session.evidence, self.session.crash_rule
        documents = evidence.masked(self.session.redactor)
        places = [*shown_in_failure(evidence, rule.position, rule.raised.doing if rule.raised else "")]
        places += [evidence.records.index(crash) for crash in rule.untold[:1]]
        sections: list[tuple[str, str]] = []
        for at in places:
            record = evidence.records[at]
            sections += (record.as_text_at_end if rule.is_over else record.as_text)(documents[at])
        return sections
