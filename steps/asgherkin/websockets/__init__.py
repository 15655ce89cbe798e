"""Websockets that a scenario holds. A capability: see asgherkin/capabilities.py.

PYTEST_DONT_REWRITE: it asserts nothing, and may be imported before pytest asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.capabilities import Capability

if TYPE_CHECKING:
    from asgherkin.evidence.record import Record

pytest_plugins = (
    "asgherkin.websockets.websocket_fixtures",
    "asgherkin.websockets.websocket_sentences",
    "asgherkin.vocabulary.channel_sentences",
)


def _kinds() -> tuple[type[Record], ...]:
    from asgherkin.websockets.websocket_evidence import WebSocketEvidence

    return (WebSocketEvidence,)


CAPABILITY = Capability("websockets", kinds=_kinds, page="how-to/websockets.md")
