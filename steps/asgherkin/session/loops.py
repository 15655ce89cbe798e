"""Whether the user's async fixtures can live on the loop that a scenario's app runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.session.surroundings import Surroundings


OWN_CLIENT = {"async": "async_client", "test": "client"}
"""The fixture that a user overrides to plug a client of their own, for each client that takes one."""
_REACHES_APP = frozenset(("session", *OWN_CLIENT.values()))


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
