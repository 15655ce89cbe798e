"""The app of a scenario and the client that reaches it: which ones, made at their first use, started and shut down."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from asgherkin.errors import AppError, NotObservable, SentenceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from asgherkin.clients.port import Client
    from asgherkin.evidence.crash_record import Crash
    from asgherkin.evidence.record import Evidence
    from asgherkin.session.surroundings import Surroundings


class AppUnderTest:
    """A scenario's app and client. The client is there before the app: a fixture for the app may want its loop."""

    def __init__(self, surroundings: Surroundings, evidence: Evidence) -> None:
        self.surroundings = surroundings
        self.evidence = evidence
        self.location: str | None = None
        """Where the app is that the scenario itself names."""
        self.server_errors_returned = False
        self._client: Client | None = None
        self._own_client: object = None
        self._looks_for_own_client = False
        self._plugged = False
        self._started = False

    def choose(self, location: str) -> None:
        """Plug another app for this scenario.

        Raises SentenceError once the app is in use.
        """
        self.check_unused()
        self.check_observable("another app than the deployed one")
        self.location = location

    def check_observable(self, what: str) -> None:
        """Raise NotObservable where the scenario runs against a deployed server: only in-process `what` can be seen."""
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

        if self._looks_for_own_client:  # the user's own fixture asks for this toolkit's client, to add to it
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
        """Every exception that left the app in this scenario, the first one first."""
        return [] if self._client is None else self._client.recorder.crashes

    def start(self, *, again: bool = False) -> bool:
        """Start the app if it was not started yet; `again`: also after a shut-down. False where it does not start.

        Why it does not is raised after the step, as any crash is, unless the scenario expects it.
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
        """Whether an act succeeds. What it raises is among the crashes; else it is raised."""
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
            # What goes wrong is among the crashes; an app that still blocks its loop was told of already.
            with suppress(AppError):
                self._client.finish()

    def close(self) -> None:
        """Close the client."""
        if self._client is not None:
            self._client.close()
