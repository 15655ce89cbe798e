"""The check that the user's async fixtures can share the event loop of a scenario's app."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from asgherkin.session.app_under_test import Surroundings
    from asgherkin.session.expected_crashes import Step

Function = TypeVar("Function", bound="Callable[..., Any]")
_ASKS, _REPLACES = "__asgherkin_asks_for__", "__asgherkin_replaces__"
OWN_CLIENT = {"async": "async_client", "test": "client"}
"""The fixture that a user overrides to plug a client of their own, for each client that allows it."""
_REACHES_APP = frozenset(("session", *OWN_CLIENT.values()))


def asks_for(fixture: str) -> Callable[[Function], Function]:
    """Mark a step function: it asks for a fixture only when it runs."""
    return _mark(_ASKS, fixture)


def replaces(fixture: str) -> Callable[[Function], Function]:
    """Mark a step function: with it, the scenario does not need this fixture, whatever `asks_for` it."""
    return _mark(_REPLACES, fixture)


def _mark(name: str, fixture: str) -> Callable[[Function], Function]:
    def mark(function: Function) -> Function:
        setattr(function, name, fixture)
        return function

    return mark


def needed_fixtures(steps: Sequence[Step]) -> list[str]:
    """The fixtures that a scenario's steps ask for, at once or when they run."""
    replaced = {getattr(step.function, _REPLACES, None) for step in steps}
    later = dict.fromkeys(getattr(step.function, _ASKS, None) for step in steps)
    names = [name for step in steps for name in step.fixtures]
    return names + [name for name in later if name is not None and name not in replaced]


def check_loops(surroundings: Surroundings, names: Sequence[str]) -> None:
    """Refuse async fixtures of pytest-asyncio's where the app runs on a loop of its own.

    Raises ConfigurationError with the names of the fixtures: their values could not be used on the app's loop.
    """
    if surroundings.client_name == "async" and surroundings.loop_name != "trio":
        return
    if surroundings.client_name == "live" and surroundings.settings.base_url:  # the user's side is on pytest's loop
        return
    if _REACHES_APP.intersection(names):
        names = [*names, "asgi_app", *filter(None, [OWN_CLIENT.get(surroundings.client_name)])]
    found = surroundings.async_fixtures(names)
    if not found:
        return
    fixtures = ", ".join(f'"{name}"' for name in found)
    what = "the loop trio" if surroundings.client_name == "async" else f'the client "{surroundings.client_name}"'
    raise ConfigurationError(
        f"This scenario needs the async fixture {fixtures}, which lives on pytest-asyncio's event loop, but with "
        f"{what} the app runs on a loop of its own, so they could not share connections. "
        'Use the client "async" on asyncio or uvloop for this scenario, or a fixture that is not async.'
    )
