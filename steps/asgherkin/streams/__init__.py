"""Responses that a scenario reads as they come. A capability: see asgherkin/capabilities.py.

PYTEST_DONT_REWRITE: it asserts nothing, and may be imported before pytest asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.capabilities import Capability

if TYPE_CHECKING:
    from asgherkin.evidence.record import Record

pytest_plugins = ("asgherkin.vocabulary.channel_sentences", "asgherkin.streams.stream_sentences")


def _kinds() -> tuple[type[Record], ...]:
    from asgherkin.streams.stream_log import StreamLog

    return (StreamLog,)


CAPABILITY = Capability("streams", kinds=_kinds, page="how-to/event-streams.md")
