"""Capabilities: what a suite can do beside HTTP, each a package that is a plugin of pytest's.

The package has sentences, fixtures and hooks as any plugin has, and a `CAPABILITY` with all that pytest does not know.
`docs/design.md` shows an example.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from asgherkin.evidence.crash_record import Crash
from asgherkin.evidence.exchange_record import Exchange
from asgherkin.evidence.record import Record, media_type
from asgherkin.evidence.row_differences import DifferingRowsRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BUILT_IN = ("asgherkin.websockets", "asgherkin.streams", "asgherkin.databases")
"""The capabilities of the toolkit. `-p no:asgherkin.websockets` leaves one out."""


class Option(NamedTuple):
    """An option. `ini` is False where only the command line has it; `choices` are the right values, if few.

    A `switch` takes no value. A capability's option may have a function `read` for its value and pytest-xdist's name of
    the worker, which raises ConfigurationError for a wrong value.
    """

    name: str
    metavar: str
    help: str
    default: str = ""
    choices: tuple[str, ...] = ()
    ini: bool = True
    many: bool = False
    switch: bool = False
    read: Callable[[Any, str], Any] = lambda value, _: value

    @property
    def flag(self) -> str:
        """Its name on the command line."""
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Capability:
    """The additions of a package."""

    name: str
    """Its name in messages: `websockets`."""
    kinds: Callable[[], Sequence[type[Record]]] = tuple
    """Its kinds of evidence, by a function: they are imported only where a page is made."""
    options: tuple[Option, ...] = ()
    """Its options: their values are in `settings.of_capabilities`."""
    page: str = ""
    """The name of its page in the documentation: `websockets.md`."""


_CORE = {media_type(kind.kind): kind for kind in (Exchange, Crash, DifferingRowsRecord)}
_noted: dict[str, Capability] = {}


def take_note(plugin: object) -> Capability | None:
    """Note the capability of a plugin that pytest has registered; None where it has none."""
    capability = getattr(plugin, "CAPABILITY", None)
    if not isinstance(capability, Capability):
        return None
    _noted[capability.name] = capability
    return capability


def kind_of(media: str) -> type[Record] | None:
    """The kind of evidence of a media type; None where no capability has it.

    The built-in ones need not be registered: a page can be made of another run's messages, without pytest.
    """
    if media in _CORE:
        return _CORE[media]
    known = {capability.name: capability for capability in built_in()} | _noted
    kinds = (kind for capability in known.values() for kind in capability.kinds())
    return next((kind for kind in kinds if media_type(kind.kind) == media), None)


@functools.cache
def built_in() -> list[Capability]:
    """The capabilities of the toolkit."""
    return [import_module(name).CAPABILITY for name in BUILT_IN]
