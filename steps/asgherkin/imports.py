"""The import of the toolkit's own modules: as Python does it, past pytest's rewriting of assertions.

pytest takes each module of a plugin's package for test code, and loads it from a cache of its own, which takes four
times as long, at each start of pytest, even in a project without features. Past it, a start of an installed asgherkin
takes 1.67 seconds of processor time in place of 1.95 (medians of 15 runs in turn). The modules that `plugin.py` names
as strings are left to pytest.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_PACKAGE = "asgherkin."
_LEFT_TO_PYTEST = ("asgherkin.fixtures", "asgherkin.event_loop", "asgherkin.vocabulary.")
_LEFT_BY_ENDING = ("_sentences", "_fixtures")  # those of capabilities


class _OwnModules:
    """An entry of `sys.meta_path` that finds them."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if not name.startswith(_PACKAGE) or name.startswith(_LEFT_TO_PYTEST) or name.endswith(_LEFT_BY_ENDING):
            return None
        return PathFinder.find_spec(name, path, target)


sys.meta_path.insert(0, _OwnModules)
