"""`@serial` with pytest-xdist: a scenario with this tag runs while no other test does, in any worker of the machine.

A shared and exclusive lock on a file, behind a second one as its turnstile: a worker that waits for the exclusive lock
holds the turnstile, so that no other test starts meanwhile and its turn comes. The system releases the locks of a
worker that dies.
"""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.errors import ConfigurationError
from asgherkin.gherkin.items import tags_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

TAG = "serial"
_INPUT = "asgherkin_turns"
_OF_XDIST = re.compile(r"(-n|--(?:numprocesses|dist|tx)(?==|$))")
_folder_key = pytest.StashKey[str]()


def check_xdist(parser: pytest.Parser, args: Sequence[str]) -> None:
    """Raise ConfigurationError for an option of pytest-xdist where it is missing and no other plugin has the option.

    pytest itself would only say that it does not know the option.
    """
    if any(map(_OF_XDIST.match, args)) and find_spec("xdist") is None:
        unknown = parser.parse_known_and_unknown_args(list(args))[1]
        if found := next(filter(None, map(_OF_XDIST.match, unknown)), None):
            raise ConfigurationError(
                f"{found[1]} is an option of pytest-xdist, which is not installed. "
                'Install it with: pip install "asgherkin[parallel]"'
            )


def name_folder(node: Any) -> None:
    """Send the folder of the locks to a worker of pytest-xdist, from the process that starts it."""
    stash = node.config.stash
    if _folder_key not in stash:
        # The workers make it, if any of their tests is to run alone.
        stash[_folder_key] = str(Path(tempfile.gettempdir(), f"asgherkin-turns-{secrets.token_hex(8)}"))
    node.workerinput[_INPUT] = stash[_folder_key]


def remove_folder(config: pytest.Config) -> None:
    """Remove the locks at the end of the run."""
    shutil.rmtree(config.stash.get(_folder_key, ""), ignore_errors=True)


def take_turns(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Have this worker's tests wait for their turns, if any of them is to run alone.

    Raises ConfigurationError where portalocker is missing.
    """
    folder = getattr(config, "workerinput", {}).get(_INPUT)
    if folder and any(map(_runs_alone, items)):
        config.pluginmanager.register(Turns(Path(folder)))


def _runs_alone(item: pytest.Item) -> bool:
    return TAG in (tags_of(item) or ())


class Turns:
    """The plugin of a worker whose tests take turns. `waiting=False` raises `portalocker.LockException` at once."""

    def __init__(self, folder: Path, *, waiting: bool = True) -> None:
        try:
            import portalocker  # slow to import, and few runs need it
        except ImportError:
            raise ConfigurationError(
                "A scenario has the tag @serial, and there are several workers: that needs portalocker. "
                'Install it with: pip install "asgherkin[parallel]"'
            ) from None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock, self._unlock = portalocker.lock, portalocker.unlock
        now = portalocker.LockFlags(0) if waiting else portalocker.LOCK_NB
        self._shared, self._exclusive = portalocker.LOCK_SH | now, portalocker.LOCK_EX | now
        self._turnstile = (folder / "turnstile").open("w")
        self._running = (folder / "running").open("w")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run a test, with its fixtures, in its turn."""
        with self.turn(alone=_runs_alone(item)):
            return (yield)

    def pytest_unconfigure(self) -> None:
        """Close the files at the end of the run."""
        self.close()

    @contextmanager
    def turn(self, *, alone: bool) -> Iterator[None]:
        """Wait for a turn, with others or alone, and hold it."""
        how = self._exclusive if alone else self._shared
        self._lock(self._turnstile, how)
        try:
            self._lock(self._running, how)
        finally:
            self._unlock(self._turnstile)
        try:
            yield
        finally:
            self._unlock(self._running)

    def close(self) -> None:
        """Close the files."""
        self._turnstile.close()
        self._running.close()
