"""What a session asks of the test it runs in: a port, which keeps pytest out of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from asgherkin.clients.hosting import Hosts
    from asgherkin.options import Settings


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

    def outlasts_scenario(self, fixture: str) -> bool:
        """Whether a fixture gives other scenarios what it gives this one."""

    def hosts(self) -> Hosts:
        """What the scenarios of this worker share on the client live."""

    def hosts_in_use(self) -> Hosts | None:
        """The same, if a scenario has asked for it."""

    def at_teardown(self, function: Callable[[], None]) -> None:
        """Have a function called when the scenario's fixtures are torn down."""
