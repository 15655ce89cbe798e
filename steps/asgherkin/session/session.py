"""What one scenario holds while it runs, and how it is conducted: see `gherkin.run.Conduct`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from asgherkin.errors import AppError, SentenceError
from asgherkin.matching.text import fill_text
from asgherkin.report.redaction import Redactor
from asgherkin.session.crashes import crash_error, is_expected
from asgherkin.session.draft import HOST, Draft, set_cookie
from asgherkin.session.evidence import crash_section, exchange_sections
from asgherkin.session.loops import check_loops
from asgherkin.session.responses import Responses
from asgherkin.session.variables import Slot, Variables

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from asgherkin.clients.port import Client
    from asgherkin.clients.recorder import Crash, Recorder
    from asgherkin.options import Settings
    from asgherkin.session.crashes import Step


class Surroundings(Protocol):
    """What a session asks of the test it runs in."""

    root: Path
    settings: Settings
    client_name: str
    loop_name: str

    @property
    def feature_folder(self) -> Path:
        """The folder of the running feature."""

    def fixture(self, name: str) -> Any:
        """The value of a fixture, as this scenario sees it."""

    def is_overridden(self, fixture: str) -> bool:
        """Whether a fixture of this toolkit is the user's own here."""

    def async_fixtures(self, names: Sequence[str]) -> list[str]:
        """The async fixtures of the user's that the scenario or one of the names needs."""

    def loop(self) -> asyncio.AbstractEventLoop:
        """pytest-asyncio's loop."""

    def at_teardown(self, function: Callable[[], None]) -> None:
        """Have a function called when the scenario's fixtures are torn down."""


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
        self.draft = Draft()
        self.responses = Responses(self)
        self._opened: tuple[Recorder, Client] | None = None
        self._steps: Sequence[Step] = ()
        self._crashes_told = 0
        self._act_began = 0

    # The app and its client

    def choose_app(self, location: str) -> None:
        """Plug another app for this scenario.

        Raises SentenceError once the app is in use.
        """
        self.check_unused()
        self.app_location = location

    def check_unused(self) -> None:
        """Raise SentenceError once the app is in use: too late for another app, client or loop."""
        if self._opened is not None:
            raise SentenceError(
                "The app is in use already, so this comes too late. Write this sentence before the first request."
            )

    @property
    def client(self) -> Client:
        """The client in use, made at the first use. The app is left as it is; see `start`."""
        if self._opened is None:
            from asgherkin.session.opening import open_client  # the clients are slow to import

            self._opened = open_client(self)
        return self._opened[1]

    @property
    def crashes(self) -> list[Crash]:
        """Every exception that left the app in this scenario, the first one first."""
        return self._opened[0].crashes if self._opened else []

    @property
    def crashes_of_act(self) -> list[Crash]:
        """Those of the last act: the last request, start-up or shut-down."""
        return self.crashes[self._act_began :]

    def start(self) -> bool:
        """Begin an act: start the app if it was not started yet. False where it does not start.

        Why it did not start is raised after the step, as any crash is, unless the scenario expects it.
        """
        self._act_began = len(self.crashes)
        return self._settled(self.client.start)

    def shut_down(self) -> None:
        """Shut the app down; it is not started again."""
        self._act_began = len(self.crashes)
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
        self.redactor.learn(value)
        set_cookie(self.client.cookies, name, value, HOST)

    # Conduct

    def before(self, steps: Sequence[Any]) -> None:
        """Know the steps, and refuse fixtures that would sit on another loop than the app."""
        self._steps = steps
        check_loops(self.surroundings, [name for step in steps for name in step.fixtures])

    def fill(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """The values of a sentence's slots, with remembered values put in."""
        return {name: self._filled(value) for name, value in arguments.items()}

    def _filled(self, value: object) -> object:
        if isinstance(value, Slot):
            return value.filled(self.lookup)
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
        if len(self.crashes) > self._crashes_told:
            self._tell_crashes(self._steps[position + 1 :])

    def _tell_crashes(self, following: Sequence[Step]) -> None:
        fresh = [crash for crash in self.crashes[self._crashes_told :] if not crash.delivered]
        self._crashes_told = len(self.crashes)
        if fresh and not self.server_errors_returned and not is_expected(following):
            raise crash_error(fresh[0], self.surroundings.root)

    def end(self) -> None:
        """Shut the app down and close the client."""
        if self._opened is None:
            return
        try:
            self.shut_down()
        finally:
            self.client.close()
        if len(self.crashes) > self._crashes_told:
            self._tell_crashes(())

    def evidence(self) -> list[tuple[str, str]]:
        """The last request and its response, and a crash that no step has told of."""
        exchanges = self._opened[0].exchanges if self._opened else []
        sections = exchange_sections(exchanges[-1], self.redactor) if exchanges else []
        untold = self.crashes_of_act if len(self.crashes) > 0 else []
        return sections + [crash_section(crash, self.surroundings.root) for crash in untold[:1]]

    def redact(self, text: str) -> str:
        """A text without this scenario's secrets."""
        return self.redactor.redact(text)
