"""Capabilities: what a suite may do beside HTTP, each a package that is a plugin of pytest's.

What pytest takes from a plugin (sentences, fixtures, hooks) stands in the package as in any plugin's. What pytest has
no word for stands in its `CAPABILITY`. `docs/design.md` shows a whole one.
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
"""Those that come with the toolkit. `-p no:asgherkin.websockets` leaves one out."""


def _as_given(value: str, _: str) -> str:
    return value


class Option(NamedTuple):
    """One option. `ini` is False where only the command line has it; `choices` are the right values, if few.

    A `switch` takes no value. A capability's option may `read` the value, and raise ConfigurationError for a wrong one;
    it is given what pytest-xdist calls the worker, too.
    """

    name: str
    metavar: str
    help: str
    default: str = ""
    choices: tuple[str, ...] = ()
    ini: bool = True
    many: bool = False
    switch: bool = False
    read: Callable[[str, str], Any] = _as_given

    @property
    def flag(self) -> str:
        """How the command line names it."""
        return "--" + self.name.replace("_", "-")


def _no_kinds() -> Sequence[type[Record]]:
    return ()


@dataclass(frozen=True, slots=True)
class Capability:
    """What a package adds."""

    name: str
    """What the toolkit's messages call it: `websockets`."""
    kinds: Callable[[], Sequence[type[Record]]] = _no_kinds
    """Gives its kinds of evidence: a function, so that they are imported only where a page is made."""
    options: tuple[Option, ...] = ()
    """Its options: their values are in `settings.of_capabilities`."""
    page: str = ""
    """The name of its page in the documentation: `websockets.md`."""


_CORE = {media_type(kind.kind): kind for kind in (Exchange, Crash, DifferingRowsRecord)}
_noted: dict[str, Capability] = {}


def take_note(plugin: object) -> Capability | None:
    """Know the capability of a plugin that pytest has registered; None where it is none."""
    capability = getattr(plugin, "CAPABILITY", None)
    if not isinstance(capability, Capability):
        return None
    _noted[capability.name] = capability
    return capability


def kind_of(media: str) -> type[Record] | None:
    """The kind of evidence of a media type; None where no capability has it.

    The built-in ones are known without pytest, too: a page is made of messages that another run has left.
    """
    if media in _CORE:
        return _CORE[media]
    known = {**{one.name: one for one in built_in()}, **_noted}
    return next((kind for one in known.values() for kind in one.kinds() if media_type(kind.kind) == media), None)


@functools.cache
def built_in() -> list[Capability]:
    """The capabilities of this toolkit's own."""
    return [import_module(name).CAPABILITY for name in BUILT_IN]
