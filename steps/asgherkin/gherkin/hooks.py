"""pytest-bdd's hooks, as a scenario tells them.

pytest-bdd's own implementations keep what its two reporters need: a record of every step, put into a dictionary
three times a scenario. That costs as much as running the steps, so they are told only where one of these
reporters is asked for. Every other implementation, a user's or a plugin's, is always told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pluggy import HookCaller

_REPORTERS = ("cucumber_json_path", "gherkin_terminal_reporter")


class Hooks:
    """The hooks of a run. One that nobody implements costs nothing."""

    def __init__(self, config: pytest.Config) -> None:
        asked = any(config.getoption(name, None) for name in _REPORTERS)
        self._left_out = [] if asked else [config.pluginmanager.get_plugin("pytest-bdd")]
        self._manager = config.pluginmanager
        self._callers: dict[str, HookCaller | None] = {}

    def tell(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Call a hook of pytest-bdd's."""
        try:
            caller = self._callers[name]
        except KeyError:
            caller = self._callers[name] = self._caller(name)
        if caller is not None:
            caller(**arguments)

    def _caller(self, name: str) -> HookCaller | None:
        caller = self._manager.subset_hook_caller(name, remove_plugins=self._left_out)
        # A caller without those plugins is a new one each time; it knows only implementations that are there.
        return caller if caller.get_hookimpls() else None


hooks_key = pytest.StashKey[Hooks]()
