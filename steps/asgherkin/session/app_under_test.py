"""The app of a scenario and its client, both made at their first use; and the rule for the app's crashes.

An exception that leaves the app fails the step that caused it, unless the scenario expects it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from asgherkin.errors import AppError, NotObservable, SentenceError
from asgherkin.session.expected_crashes import crash_error, is_expected

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from asgherkin.clients.in_process import Client
    from asgherkin.clients.server_threads import ServerThreads
    from asgherkin.evidence.crash_record import Crash
    from asgherkin.evidence.record import Evidence
    from asgherkin.options import Settings
    from asgherkin.session.expected_crashes import Step


class Surroundings(Protocol):
    """The test that a session runs in."""

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
        """Whether a fixture of this toolkit is replaced by the user's own."""

    def async_fixtures(self, names: Sequence[str]) -> list[str]:
        """The user's async fixtures that the scenario or one of the names needs."""

    def loop(self) -> asyncio.AbstractEventLoop:
        """pytest-asyncio's loop."""

    def outlasts_scenario(self, fixture: str) -> bool:
        """Whether a fixture's value is shared with other scenarios."""

    def server_threads(self) -> ServerThreads:
        """The servers that the scenarios of this worker share on the client live."""

    def server_threads_in_use(self) -> ServerThreads | None:
        """The same, if a scenario has asked for them."""

    def at_teardown(self, function: Callable[[], None]) -> None:
        """Call a function before the fixtures that are set up by now are torn down, the loop among them."""


class AppUnderTest:
    """A scenario's app and client. The client is there before the app: a fixture for the app may want its loop."""

    def __init__(self, surroundings: Surroundings, evidence: Evidence) -> None:
        self.surroundings = surroundings
        self.evidence = evidence
        self.location: str | None = None
        """The location of the app that the scenario itself names."""
        self.server_errors_returned = False
        self._client: Client | None = None
        self._own_client: object = None
        self._looks_for_own_client = False
        self._plugged = False
        self._started = False

    def choose(self, location: str) -> None:
        """Use another app for this scenario. Raises SentenceError once the app is in use."""
        self.check_unused()
        self.check_observable("another app than the deployed one")
        self.location = location

    def check_observable(self, what: str) -> None:
        """Raise NotObservable on a deployed server, where `what` cannot be observed."""
        if self.surroundings.settings.base_url:
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
        if self._client is None:
            self._open_client()
        assert self._client is not None
        return self._client

    def _open_client(self) -> None:
        from asgherkin.session.opening import open_client, own_client  # the clients are slow to import

        if self._looks_for_own_client:  # the user's fixture itself asks for this toolkit's client, to add to it
            self._client = open_client(self, None)
            return
        self._looks_for_own_client = True
        self._own_client = own_client(self.surroundings)
        if self._client is None:
            self._client = open_client(self, self._own_client)
        else:
            self._client.plug(self._own_client)

    @property
    def crashes(self) -> list[Crash]:
        """Every exception that left the app in this scenario, in order."""
        return [] if self._client is None else self._client.recorder.crashes

    def start(self, *, again: bool = False) -> bool:
        """Start the app if it was not started yet; `again`: also after a shut-down. False where it does not start.

        The reason is raised after the step, as any crash is, unless the scenario expects it.
        """
        if self._started and not again:
            return True
        self._plug()
        self._started = self._is_recorded(lambda: self.client.start(again=again))
        return self._started

    def _plug(self) -> None:
        if not self._plugged:
            from asgherkin.session.opening import plugged_app

            client = self.client
            client.return_server_errors = self.server_errors_returned
            client.recorder.app = plugged_app(self, self._own_client)
            self._plugged = True

    def shut_down(self) -> None:
        """Shut the app down; it is not started again by itself."""
        self._is_recorded(self.client.shut_down)

    def _is_recorded(self, act: Callable[[], None]) -> bool:
        """Whether an act succeeds. An error that is not recorded as a crash is raised."""
        before = len(self.crashes)
        try:
            act()
        except AppError:
            if len(self.crashes) == before:
                raise
            return False
        return True

    def finish(self) -> None:
        """The scenario's steps are over: shut the app down, unless it serves other scenarios too."""
        if self._client is not None:
            # Errors are recorded as crashes; an app that still blocks its loop has been reported already.
            with suppress(AppError):
                self._client.finish()

    def close(self) -> None:
        """Close the client."""
        if self._client is not None:
            self._client.close()


class CrashRule:
    """Watches the crashes of a scenario's app, step by step."""

    def __init__(self, app: AppUnderTest) -> None:
        self._app = app
        self._steps: Sequence[Step] = ()
        self.position = 0
        """The number of the running step, from 0 on; after the last step, how many there are."""
        self._known = 0
        self._act_began = 0
        self.raised: Crash | None = None
        """The crash that has failed the scenario."""

    def begin(self, steps: Sequence[Step]) -> None:
        """Know the scenario's steps, the first of which runs now."""
        self._steps = steps

    @property
    def is_over(self) -> bool:
        """Whether the last step has ended."""
        return self.position == len(self._steps)

    @property
    def ahead(self) -> Sequence[Step]:
        """The running step, and those after it."""
        return self._steps[self.position :]

    @property
    def of_act(self) -> list[Crash]:
        """The crashes since the last When began."""
        return self._app.crashes[self._act_began :]

    @property
    def untold(self) -> list[Crash]:
        """Those of them that neither failed the scenario nor reached its own code."""
        return [crash for crash in self.of_act if not crash.delivered and crash is not self.raised]

    def after_step(self) -> None:
        """Go on to the next step; raise what left the app during this one, unless that is expected."""
        self.check()
        self.position += 1
        if not self.is_over and self._steps[self.position].kind == "when":
            self._act_began = len(self._app.crashes)

    def check(self, *, at_end: bool = False) -> None:
        """Raise what has left the app by now, unless it is expected; `at_end`: no step can expect it."""
        crashes = self._app.crashes
        if len(crashes) == self._known:
            return
        fresh = [crash for crash in crashes[self._known :] if not crash.delivered]
        self._known = len(crashes)
        if fresh and not self._app.server_errors_returned and not is_expected(() if at_end else self.ahead):
            self.raised = fresh[0]
            raise crash_error(fresh[0], self._app.surroundings.root)
