"""Evidence as the page shows it: read from attachments, which anybody may have written, and cut where it is long."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asgherkin.capabilities import kind_of
from asgherkin.evidence.page_parts import Part, counted, text_of

if TYPE_CHECKING:
    from asgherkin.report.model import Message


def read(attachment: Message) -> Part:
    """An attachment as evidence. What is not as it should be is shown as the text that it is."""
    kind = kind_of(str(attachment.get("mediaType", "")))
    if kind is not None and attachment.get("contentEncoding") != "BASE64":
        try:
            return kind.as_part(json.loads(attachment["body"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return _plain(attachment)
    return _plain(attachment)


def name_of(attachment: Message) -> str:
    """What a scenario calls a piece of evidence; "" for one without a name."""
    if kind_of(str(attachment.get("mediaType", ""))) is None:
        return ""
    try:
        return str(json.loads(attachment["body"]).get("name") or "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""


def _plain(attachment: Message) -> Part:
    kind = str(attachment.get("mediaType", ""))
    name = str(attachment.get("fileName") or kind or "attachment")
    body = str(attachment.get("body") or attachment.get("url") or "")
    if attachment.get("contentEncoding") == "BASE64":
        return Part("plain", name, notes=(f"{counted(len(body) * 3 // 4, 'byte')} of {kind}, not shown here.",))
    return Part("plain", name, texts=(("", text_of(body)),))
