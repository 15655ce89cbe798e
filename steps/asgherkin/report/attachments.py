"""Evidence for the page: read from attachments, which may come from other tools, and cut where it is long."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from asgherkin.capabilities import kind_of
from asgherkin.evidence.page_parts import Part, counted, text_of
from asgherkin.evidence.record import media_type
from asgherkin.evidence.row_differences import DifferingRowsRecord, differing_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.errors import DifferingRows
    from asgherkin.report.model import Message

_ROWS = media_type(DifferingRowsRecord.kind)
_WRONG = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def read(attachment: Message) -> Part:
    """An attachment as evidence; a malformed one is shown as plain text."""
    kind = kind_of(str(attachment.get("mediaType", "")))
    if kind is not None and attachment.get("contentEncoding") != "BASE64":
        with suppress(*_WRONG):
            return kind.as_part(json.loads(attachment["body"]))
    return _plain(attachment)


def is_read_in(attachment: Message, step: int) -> bool:
    """Whether a step, by its number in the scenario, has read the record of an attachment."""
    try:
        return step in json.loads(attachment["body"])["read_in"]
    except _WRONG:
        return False


def without_rows(attachments: Sequence[Message]) -> tuple[DifferingRows | None, tuple[Message, ...]]:
    """The rows that differ, where an attachment has them, and the other attachments."""
    found: DifferingRows | None = None
    others: list[Message] = []
    for attachment in attachments:
        if attachment.get("mediaType") == _ROWS and found is None:
            with suppress(*_WRONG):
                found = differing_rows(json.loads(attachment["body"]))
                continue
        others.append(attachment)
    return found, tuple(others)


def _plain(attachment: Message) -> Part:
    kind = str(attachment.get("mediaType", ""))
    name = str(attachment.get("fileName") or kind or "attachment")
    body = str(attachment.get("body") or attachment.get("url") or "")
    if attachment.get("contentEncoding") == "BASE64":
        return Part("plain", name, notes=(f"{counted(len(body) * 3 // 4, 'byte')} of {kind}, not shown here.",))
    return Part("plain", name, texts=(("", text_of(body)),))
