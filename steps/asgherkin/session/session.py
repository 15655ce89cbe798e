"""What one scenario holds while it runs, and how it is conducted: see `gherkin.calling.Conduct`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from asgherkin.errors import AppError, NotObservable, SentenceError
from asgherkin.evidence.record import AFTER, Evidence, shown_in_failure
from asgherkin.matching.documents import fill_text
from asgherkin.redaction.redactor import Redactor
from asgherkin.session.crashes import crash_error, is_expected
from asgherkin.session.draft import Draft, check_cookie, set_cookie
from asgherkin.session.loops import check_loops, needed_fixtures
from asgherkin.session.remembered import Slot, Variables, known
from asgherkin.session.responses import Responses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asgherkin.clients.port import Client
    from asgherkin.clients.recorder import Recorder
    from asgherkin.evidence.crash_record import Crash
    from asgherkin.session.crashes import Step
    from asgherkin.session.part import Part
    from asgherkin.session.surroundings import Surroundings

    P = TypeVar("P", bound=Part)


class Session:
    """One scenario's app, client, responses, variables and evidence.

    A user's own step gets it as the fixture `session`.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.settings = surroundings.settings
        self.client_name = surroundings.client_name
        self.loop_name = surroundings.loop_name
        self.app_location: str | None = None
        self.server_errors_returned = False
        self.variables = Variables()
        self.evidence = Evidence()
        self.redactor = Redactor(self.settings.redact)
        self.draft = Draft(self.redactor)
        self.responses = Responses(self)
        self._parts: dict[type[Part], Part] = {}
        self._opened: tuple[Recorder, Client] | None = None
        self._steps: Sequence[Step] = ()
        self._at = 0
        self._looking = False
        self._own_client: object = None
        self._plugged = False
        self._started = False
        self._crashes_known = 0
        self._crash_told: Crash | None = None
        self._act_began = 0

    # The app and its client

    def choose_app(self, location: str) -> None:
        """Plug another app for this scenario.

        Raises SentenceError once the app is in use.
        """
        self.check_unused()
        self.check_observable("another app than the deployed one")
        self.app_location = location

    def check_observable(self, what: str) -> None:
        """Raise NotObservable where the scenario runs against a deployed server: only in-process `what` can be seen."""
        if self.settings.base_url:
            raise NotObservable(what)

    def check_unused(self) -> None:
        """Raise SentenceError once the app is in use: too late for another app, client or loop."""
        if self._plugged:
            raise SentenceError(
                "The app is in use already, so this comes too late. Write this sentence before the first request."
            )

    @property
    def client(self) -> Client:
        """The client in use, made at the first use. The app is left as it is; see `start`."""
        if self._opened is None:
            self._open()
        assert self._opened is not None
        return self._opened[1]

    def _open(self) -> None:
        from asgherkin.session.opening import open_client, own_client  # the clients are slow to import

        if self._looking:  # the user's own fixture asks for this toolkit's client, to add to it
            self._opened = open_client(self, None)
            return
        self._looking = True
        self._own_client = own_client(self)
        if self._opened is None:
            self._opened = open_client(self, self._own_client)
        else:
            self._opened[1].plug(self._own_client)

    def _plug_app(self) -> None:
        # Not with the client: a user's fixture for the app may want the loop before, to make a database on it.
        if not self._plugged:
            from asgherkin.session.opening import plugged_app

            client = self.client
            client.return_server_errors = self.server_errors_returned
            client.recorder.app = plugged_app(self, self._own_client)
            self._plugged = True

    @property
    def crashes(self) -> list[Crash]:
        """Every exception that left the app in this scenario, the first one first."""
        return self._opened[0].crashes if self._opened else []

    @property
    def crashes_of_act(self) -> list[Crash]:
        """Those since the last When began."""
        return self.crashes[self._act_began :]

    @property
    def crashed(self) -> bool:
        """Whether the app crashed in the last act, and that is not just a response."""
        return bool(self.crashes_of_act) and not self.server_errors_returned

    def start(self, *, again: bool = False) -> bool:
        """Start the app if it was not started yet; `again`: also after a shut-down. False where it does not start.

        Why it does not is raised after the step, as any crash is, unless the scenario expects it.
        """
        if self._started and not again:
            return True
        self._plug_app()
        self._started = self._settled(lambda: self.client.start(again=again))
        return self._started

    def shut_down(self) -> None:
        """Shut the app down; it is not started again by itself."""
        self._settled(self.client.shut_down)

    def _settled(self, act: Callable[[], None]) -> bool:
        before = len(self.crashes)
        try:
            act()
        except AppError:
            if len(self.crashes) == before:
                raise
            return False
        return True

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
        """Wait until the app has crashed in the present act, or has ended what it was asked for."""
        for part in self._parts.values():
            part.await_crash()

    @property
    def position(self) -> int:
        """The number of the running step, from 0 on."""
        return self._at

    @property
    def ahead(self) -> Sequence[Step]:
        """The running step, and those after it."""
        return self._steps[self._at :]

    # Conduct

    def before(self, steps: Sequence[Any]) -> None:
        """Know the steps, and refuse fixtures that would sit on another loop than the app."""
        self._steps = steps
        check_loops(self.surroundings, needed_fixtures(steps))
        self.evidence.step = 0

    def fill(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """The values of a sentence's slots, with remembered values put in."""
        return {name: self._filled(value) for name, value in arguments.items()}

    def _filled(self, value: object) -> object:
        if isinstance(value, Slot):
            return value.filled(self.lookup) if value.varies else known(value)
        return self.fill_text(value) if isinstance(value, str) else value

    def fill_text(self, text: str) -> str:
        """A text with remembered values put in."""
        return fill_text(text, self.lookup)

    def lookup(self, name: str) -> object:
        """The value that `{{name}}` stands for; an environment variable's is secret from now on."""
        value = self.variables.lookup(name)
        if name.startswith("env."):
            self.redactor.learn(str(value))
        return value

    def run(self, awaitable: Callable[[], Any]) -> object:
        """Await what a function gives, on the loop that the app runs on."""

        async def awaited() -> object:
            return await awaitable()

        return self.client.run(awaited)

    def after_step(self, position: int) -> None:
        """Raise what left the app during the step, unless a step up to the next When expects it."""
        if len(self.crashes) > self._crashes_known:
            self._tell_crashes(self._steps[position:])
        self._at = self.evidence.step = position + 1
        if self._at < len(self._steps) and self._steps[self._at].kind == "when":
            self._act_began = len(self.crashes)

    def raise_crash(self) -> None:
        """Raise now what has left the app by now, unless the running step or one up to the next When expects it."""
        if len(self.crashes) > self._crashes_known:
            self._tell_crashes(self.ahead)

    def _tell_crashes(self, steps: Sequence[Step]) -> None:
        fresh = [crash for crash in self.crashes[self._crashes_known :] if not crash.delivered]
        self._crashes_known = len(self.crashes)
        if fresh and not self.server_errors_returned and not is_expected(steps):
            self._crash_told = fresh[0]
            raise crash_error(fresh[0], self.surroundings.root)

    def end(self) -> None:
        """Shut the app down and close the client."""
        self.evidence.step = AFTER
        parts = list(self._parts.values())
        for part in parts:
            part.leave()
        try:
            if self._opened is not None:
                # What goes wrong is among the crashes; an app that still blocks its loop was told of already.
                with suppress(AppError):
                    self.client.finish()
            for part in parts:
                part.close()
        finally:
            if self._opened is not None:
                self.client.close()
        if len(self.crashes) > self._crashes_known:
            self._tell_crashes(())

    def sections(self) -> list[tuple[str, str]]:
        """What a failure shows: what the running step is about, the last request, a crash that is not the failure."""
        records = self.evidence.records
        documents = self.evidence.masked(self.redactor)
        crash = self._crash_told
        places = [*shown_in_failure(self.evidence, self._at, crash.doing if crash else "")]
        untold = [one for one in self.crashes_of_act if not one.delivered and one is not crash]
        places += [records.index(one) for one in untold[:1]]
        at_end = self._at == len(self._steps)
        sections: list[tuple[str, str]] = []
        for at in places:
            shown = records[at].as_text_at_end if at_end else records[at].as_text
            sections += shown(documents[at])
        return sections

    def redact(self, text: str) -> str:
        """A text without this scenario's secrets."""
        return self.redactor.redact(text)
