"""What a scenario holds of a capability: one object of a class, made at its first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asgherkin.session.session import Session


class Part:
    """A part of a scenario's session: `session.part(Class)` gives the one object of the class.

    A subclass takes from the session what it needs: its client, draft, evidence, settings.
    """

    def __init__(self, session: Session) -> None:
        """Be made, at the first use."""

    def await_crash(self) -> None:
        """Wait until the app has crashed in the present act, or has ended what this part has asked of it."""

    def leave(self) -> None:
        """The scenario's steps are over; the app still runs."""

    def close(self) -> None:
        """The app is shut down; its loop still runs."""
