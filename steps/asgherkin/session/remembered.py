"""Remembered values, and the slots of sentences that hold them."""

from __future__ import annotations

import functools
import os
from abc import ABC, abstractmethod
from collections import UserDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Callable


class Variables(UserDict[str, object]):
    """The values of a scenario by name, as `I remember …` keeps and `{{name}}` reads them."""

    def lookup(self, name: str) -> object:
        """The value of a name; `env.NAME` is an environment variable.

        Raises SentenceError for an unknown name, listing the known ones.
        """
        if name.startswith("env."):
            return _from_environment(name.removeprefix("env."))
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


@dataclass(frozen=True, slots=True)
class Slot(ABC):
    """A part of a sentence. Its value is known when the step runs and remembered values can be put in."""

    pattern: ClassVar[str]
    """A regular expression of what may stand in its place."""

    written: str
    """The slot as it is written in the step."""

    @property
    def varies(self) -> bool:
        """Whether remembered values are put in; else the value is always the same."""
        return "{{" in self.written

    @abstractmethod
    def filled(self, lookup: Callable[[str], object]) -> object:
        """The slot's value. Raises SentenceError where the text has no valid one."""


# What is kept of slots, texts, paths and matchers buys 5 % of a run of 1,200 scenarios, all of it together.
@functools.lru_cache(maxsize=4096)
def known(slot: Slot) -> object:
    """The value of a slot that does not vary, read once: suites say the same things again and again."""
    return slot.filled(dict[str, object]().__getitem__)
