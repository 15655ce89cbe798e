"""The app's database: filled, read and compared. A capability: see asgherkin/capabilities.py.

PYTEST_DONT_REWRITE: it asserts nothing, and may be imported before pytest asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.capabilities import Capability

if TYPE_CHECKING:
    from asgherkin.evidence.record import Record

pytest_plugins = ("asgherkin.databases.database_sentences", "asgherkin.databases.database_fixtures")


def _kinds() -> tuple[type[Record], ...]:
    from asgherkin.databases.query_evidence import QueryRecord

    return (QueryRecord,)


CAPABILITY = Capability("databases", kinds=_kinds, page="databases.md")
