"""pytest-asyncio's event loop, for scenarios: the fixtures that return it, and the way to a uvloop.

A fixture under pytest-asyncio's decorator that returns the current loop is the public way to it. There is one fixture
for each scope, since the loop follows the project's own setting. There is no public way to choose the kind of loop:
pytest-asyncio's hook for loop factories serves async tests only. So a scenario gets the parameter that this hook gives
to tests, under the private name `_asyncio_loop_factory`, where pytest keeps parameters. tests/test_event_loop.py holds
it against the lowest and the newest version.
"""

from __future__ import annotations

import asyncio
import warnings
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal

import pytest_asyncio
from _pytest.scope import Scope as PytestScope

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Scope = Literal["session", "package", "module", "class", "function"]

_FACTORY = "_asyncio_loop_factory"


def _loop_fixture(scope: Scope) -> object:
    # pytest-asyncio calls a plain function with its loop as the current loop; an async function would run the loop
    # once more for each scenario.
    def current_loop() -> asyncio.AbstractEventLoop:
        return asyncio.get_event_loop()

    return pytest_asyncio.fixture(current_loop, scope=scope, loop_scope=scope, name=_name(scope))  # type: ignore[type-var] # its types know async functions only


def _name(scope: str) -> str:
    return f"_asgherkin_{scope}_loop"


function_loop = _loop_fixture("function")
module_loop = _loop_fixture("module")
package_loop = _loop_fixture("package")
session_loop = _loop_fixture("session")


def scenario_loop(request: pytest.FixtureRequest) -> asyncio.AbstractEventLoop:
    """The loop of a scenario: that of the project's async fixtures, whatever scope they are set to.

    Raises ConfigurationError where pytest-asyncio is switched off.
    """
    config = request.config
    if not config.pluginmanager.hasplugin("asyncio"):
        raise ConfigurationError(
            "The client async runs on pytest-asyncio's event loop, and pytest-asyncio is switched off: leave out "
            '"-p no:asyncio", or use the client test.'
        )
    scope = config.getini("asyncio_default_fixture_loop_scope") or config.getini("asyncio_default_test_loop_scope")
    if scope not in ("module", "package", "session"):  # a scenario has no class
        scope = "function"
    loop = request.getfixturevalue(_name(scope))
    assert isinstance(loop, asyncio.AbstractEventLoop)
    return loop


def quiet_about_loop_scope() -> None:
    """Filter pytest-asyncio's warning, which asks projects without an async fixture to choose a scope for them."""
    warnings.filterwarnings("ignore", message='The configuration option "asyncio_default_fixture_loop_scope"')


def use_loop_factory(item: pytest.Item, factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """Let pytest-asyncio make the item's loop with `factory`, for its fixtures and its scenario alike.

    Called before the item's fixtures are set up; an item that has parameters keeps them.
    """
    callspec = getattr(item, "callspec", None) or SimpleNamespace(params={}, indices={}, _arg2scope={})
    callspec.params[_FACTORY] = factory
    callspec.indices[_FACTORY] = 0
    callspec._arg2scope[_FACTORY] = PytestScope.Session  # noqa: SLF001 - see the module's docstring
    item.callspec = callspec  # type: ignore[attr-defined] # where pytest looks for an item's parameters
