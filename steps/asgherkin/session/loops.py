"""Whether the user's async fixtures can live on the loop that a scenario's app runs on."""

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
"""The fixture that a user overrides to plug a client of their own, for each client that takes one."""
_REACHES_APP = frozenset(("session", *OWN_CLIENT.values()))


def asks_for(fixture: str) -> Callable[[Function], Function]:
    """Mark a step function: it asks for a fixture only when it runs."""
    return _mark(_ASKS, fixture)


def replaces(fixture: str) -> Callable[[Function], Function]:
    """Mark a step function: with it, the scenario does without what `asks_for` this fixture."""
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

    Raises ConfigurationError, which names the fixtures: what they hold could not be used from the app's loop.
    """
    if surroundings.client_name == "async" and surroundings.loop_name != "trio":
        return
    if surroundings.client_name == "live" and surroundings.settings.base_url:  # the user's side is on pytest's loop
        return
    if _REACHES_APP.intersection(names):
        names = [*names, "asgi_app", *filter(None, [OWN_CLIENT.get(surroundings.client_name)])]
    found = surroundings.async_fixtures(names)
    if found:
        raise ConfigurationError(_other_loop(surroundings, found))


def _other_loop(surroundings: Surroundings, found: Sequence[str]) -> str:
    fixtures = ", ".join(f'"{name}"' for name in found)
    what = "the loop trio" if surroundings.client_name == "async" else f'the client "{surroundings.client_name}"'
    return (
        f"This scenario needs the async fixture {fixtures}, which lives on pytest-asyncio's event loop, but with "
        f"{what} the app runs on a loop of its own, so they could not share connections. "
        'Use the client "async" on asyncio or uvloop for this scenario, or a fixture that is not async.'
    )
