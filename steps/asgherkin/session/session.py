"""What one scenario holds while it runs, and how it is conducted: see `gherkin.calling.Conduct`."""

from __future__ import annotations

import functools
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from asgherkin.errors import AppError, NotObservable, SentenceError
from asgherkin.matching.documents import fill_text
from asgherkin.redaction.redactor import Redactor
from asgherkin.session.ahead import needed_fixtures
from asgherkin.session.crashes import crash_error, is_expected
from asgherkin.session.draft import Draft, check_cookie, set_cookie
from asgherkin.session.evidence import crash_section, exchange_sections, learn
from asgherkin.session.loops import check_loops
from asgherkin.session.responses import Responses
from asgherkin.session.variables import Slot, Variables, known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asgherkin.clients.conversation import Conversation
    from asgherkin.clients.port import Client
    from asgherkin.clients.recorder import Crash, Exchange, Recorder
    from asgherkin.session.channels import Channels
    from asgherkin.session.crashes import Step
    from asgherkin.session.databases import Databases
    from asgherkin.session.surroundings import Surroundings


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
        self.redactor = Redactor(self.settings.redact)
        self.draft = Draft(self.redactor)
        self.responses = Responses(self)
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

    @property
    def exchanges(self) -> list[Exchange]:
        """Every request that reached the app in this scenario, and its response."""
        return self._opened[0].exchanges if self._opened else []

    @property
    def conversations(self) -> list[Conversation]:
        """Every websocket of this scenario, those of a user's own steps too."""
        return self._opened[0].conversations if self._opened else []

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

    @functools.cached_property
    def databases(self) -> Databases:
        """The app's database, and what was asked of it."""
        from asgherkin.session.databases import Databases  # only where a scenario looks into one

        return Databases(self)

    @functools.cached_property
    def channels(self) -> Channels:
        """The websockets and streams that the scenario holds."""
        from asgherkin.session.channels import Channels  # only where a scenario opens one

        return Channels(self)

    @property
    def has_channels(self) -> bool:
        """Whether a sentence was about a websocket or a stream."""
        return "channels" in vars(self)

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
        check_loops(self.surroundings, [name for step in steps for name in step.fixtures] + needed_fixtures(steps))

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
        """Raise what left the app during the step, unless a step up to the next When expects it.

        A position below 0 stands for the step that is running.
        """
        if len(self.crashes) > self._crashes_known:
            self._tell_crashes(self._steps[self._at if position < 0 else position :])
        if position >= 0:
            self._at = position + 1
            if self._at < len(self._steps) and self._steps[self._at].kind == "when":
                self._act_began = len(self.crashes)

    def _tell_crashes(self, steps: Sequence[Step]) -> None:
        fresh = [crash for crash in self.crashes[self._crashes_known :] if not crash.delivered]
        self._crashes_known = len(self.crashes)
        if fresh and not self.server_errors_returned and not is_expected(steps):
            self._crash_told = fresh[0]
            raise crash_error(fresh[0], self.surroundings.root)

    def end(self) -> None:
        """Shut the app down and close the client."""
        if self._opened is None:
            return
        if self.has_channels:
            self.channels.note_end()
        try:
            # What goes wrong is among the crashes; an app that still blocks its loop was told of already.
            with suppress(AppError):
                self.client.finish()
            if "databases" in vars(self):
                self.databases.close()
        finally:
            self.client.close()
        if len(self.crashes) > self._crashes_known:
            self._tell_crashes(())

    def evidence(self) -> list[tuple[str, str]]:
        """The last request and its response, and a crash of the last act that is not the failure itself."""
        for exchange in self.exchanges:
            learn(exchange, self.redactor)
        queries = self.databases.evidence() if "databases" in vars(self) else []
        doing = self._crash_told.doing if self._crash_told else ""
        about, transcripts = self.channels.evidence(doing) if self.has_channels else ("", [])
        last = self.exchanges[-1:] or self.responses.exchanges()
        sections = exchange_sections(last[-1], self.redactor) if last else []
        untold = [one for one in self.crashes_of_act if not one.delivered and one is not self._crash_told]
        if last and f"{last[-1].method} {last[-1].target}" == about:
            sections = []  # a stream's transcript has it all
        return transcripts + sections + queries + [crash_section(one, self.surroundings.root) for one in untold[:1]]

    def redact(self, text: str) -> str:
        """A text without this scenario's secrets."""
        return self.redactor.redact(text)
