"""Remembered values, and the slots of a sentence that they are put into."""

from __future__ import annotations

import functools
import os
from abc import ABC, abstractmethod
from collections import UserDict
from typing import TYPE_CHECKING

from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Callable

_ENV = "env."
_NONE: dict[str, object] = {}


class Variables(UserDict[str, object]):
    """Values by name: what `I remember …` keeps and `{{name}}` stands for. One for each scenario."""

    def lookup(self, name: str) -> object:
        """The value of a name; `env.NAME` is an environment variable.

        Raises SentenceError for an unknown name, listing the known ones.
        """
        if name.startswith(_ENV):
            return _from_environment(name.removeprefix(_ENV))
        if name in self.data:
            return self.data[name]
        known = ", ".join(sorted(self.data)) or "none"
        raise SentenceError(
            f"{{{{{name}}}}} is not known. Known names: {known}. "
            f'A value is remembered with a sentence such as: I remember the response body at "$.id" as "{name}"'
        )


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise SentenceError(
            f"{{{{env.{name}}}}} has no value: the environment variable {name} is not set. Set it before pytest is run."
        )
    return value


class Slot(ABC):
    """A part of a sentence whose value is known only when remembered values can be put in. It can be hashed."""

    varies: bool
    """Whether remembered values are put in; else the value is always the same."""

    @abstractmethod
    def filled(self, lookup: Callable[[str], object]) -> object:
        """The slot's value.

        Raises SentenceError where it cannot be one.
        """


# What is kept of slots, texts, paths and matchers buys 5 % of a run of 1,200 scenarios, all of it together.
@functools.lru_cache(maxsize=4096)
def known(slot: Slot) -> object:
    """The value of a slot that does not vary, read once: suites say the same things again and again."""
    return slot.filled(_NONE.__getitem__)
