"""Remembered values, and the slots of a sentence that they are put into."""

from __future__ import annotations

import os
from collections import UserDict
from typing import TYPE_CHECKING

from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Callable

_ENV = "env."


class Variables(UserDict[str, object]):
    """Values by name: what `I remember …` keeps and `{{name}}` stands for. One for each scenario.

    `{{env.NAME}}` is an environment variable; its value is kept in `secrets`, for it is never shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.secrets: set[str] = set()

    def lookup(self, name: str) -> object:
        """The value of a name.

        Raises SentenceError for an unknown name, listing the known ones.
        """
        if name.startswith(_ENV):
            return self._from_environment(name.removeprefix(_ENV))
        if name in self.data:
            return self.data[name]
        known = ", ".join(sorted(self.data)) or "none"
        raise SentenceError(
            f"{{{{{name}}}}} is not known. Known names: {known}. "
            f'A value is remembered with a sentence such as: I remember the response body at "$.id" as "{name}"'
        )

    def _from_environment(self, name: str) -> str:
        value = os.environ.get(name)
        if value is None:
            raise SentenceError(f"{{{{env.{name}}}}}: the environment variable {name} is not set.")
        if value:
            self.secrets.add(value)
        return value


class Slot:
    """A part of a sentence whose value is known only when remembered values can be put in."""

    def filled(self, lookup: Callable[[str], object]) -> object:
        """The slot's value.

        Raises SentenceError where it cannot be one.
        """
        raise NotImplementedError  # every slot has its own
