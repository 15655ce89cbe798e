"""The pytest item that a session runs in: its fixtures, its feature, the client and loop of its scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.event_loop import scenario_loop, use_loop_factory
from asgherkin.gherkin.bdd import async_fixtures, fixture_definition
from asgherkin.gherkin.items import step_texts
from asgherkin.gherkin.run import progress_key
from asgherkin.gherkin.variants import variant_of
from asgherkin.options import settings_key
from asgherkin.session.app_under_test import Surroundings
from asgherkin.session.session import Conductor, Session
from asgherkin.vocabulary.app import plan

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from asgherkin.clients.server_threads import ServerThreads

session_key = pytest.StashKey[Session]()
server_threads_key = pytest.StashKey["ServerThreads"]()


class _ItemSurroundings(Surroundings):
    """The test of a fixture request. See `Surroundings` for its methods."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.request = request
        self.root: Path = request.config.rootpath
        self.settings = request.config.stash[settings_key]
        self.client_name, self.loop_name = planned(request.node)

    @property
    def feature_folder(self) -> Path:
        # A plain test has no feature: files are found from its module.
        progress = self.request.node.stash.get(progress_key, None)
        return Path(progress.feature.filename).parent if progress else self.request.path.parent

    def fixture(self, name: str) -> Any:
        return self.request.getfixturevalue(name)

    def is_overridden(self, fixture: str) -> bool:
        definition = fixture_definition(self.request, fixture)
        return definition is None or definition.func.__module__ != "asgherkin.fixtures"

    def async_fixtures(self, names: Sequence[str]) -> list[str]:
        return async_fixtures(self.request, names)

    def loop(self) -> asyncio.AbstractEventLoop:
        return scenario_loop(self.request)

    def outlasts_scenario(self, fixture: str) -> bool:
        definition = fixture_definition(self.request, fixture)
        return definition is not None and definition.scope != "function"

    def server_threads(self) -> ServerThreads:
        server_threads: ServerThreads = self.request.getfixturevalue("_asgherkin_server_threads")
        self.request.config.stash[server_threads_key] = server_threads
        return server_threads

    def server_threads_in_use(self) -> ServerThreads | None:
        return self.request.config.stash.get(server_threads_key, None)

    def at_teardown(self, function: Callable[[], None]) -> None:
        node = self.request.node
        node.addfinalizer(function)
        node.addfinalizer(lambda: end_plain(node))


def planned(item: pytest.Item) -> tuple[str, str]:
    """The client and loop of an item: as its scenario chooses them, or as configured."""
    settings = item.config.stash[settings_key]
    return plan(step_texts(item), variant_of(item) or settings.clients[0], settings.loop)


def session_of(request: pytest.FixtureRequest) -> Session:
    """The session of the running test, made at the first request: a scenario's, or a fixture's before it."""
    session: Session | None = request.node.stash.get(session_key, None)
    if session is None:
        session = request.node.stash[session_key] = Session(_ItemSurroundings(request))
    return session


def conductor_of(request: pytest.FixtureRequest) -> Conductor:
    """The conductor of the running test's scenario."""
    return Conductor(session_of(request))


def end_plain(item: pytest.Item) -> None:
    """End the session of a plain test: that of a scenario ends after its last step."""
    __tracebackhide__ = True
    if progress_key not in item.stash:
        Conductor(item.stash[session_key]).end()


def redact_captured(item: pytest.Item, report: pytest.TestReport) -> None:
    """Take a scenario's secrets out of what pytest has captured: log records, such as an HTTP client's, and prints."""
    if report.sections and session_key in item.stash:
        redact = item.stash[session_key].redactor.redact
        report.sections[:] = [(title, redact(text)) for title, text in report.sections]


def forget(item: pytest.Item) -> None:
    """Let go of what a finished scenario held, as pytest keeps its items to the end of the run."""
    if session_key in item.stash:
        del item.stash[session_key]
    if progress_key in item.stash:
        del item.stash[progress_key]


def choose_loop(item: pytest.Item) -> None:
    """Let pytest-asyncio make a uvloop for a scenario that wants one, before its fixtures are set up."""
    if item.config.stash[settings_key].loop != "uvloop" and not any("uvloop" in text for text in step_texts(item)):
        return
    client, loop = planned(item)
    if client == "async" and loop == "uvloop":
        try:
            import uvloop  # an extra; that it is missing is said when the scenario's client is made
        except ImportError:
            return
        use_loop_factory(item, uvloop.new_event_loop)
