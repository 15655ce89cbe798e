"""How a stream is shown under a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.evidence.record import Evidence
from asgherkin.redaction.redactor import Redactor
from asgherkin.streams.event_stream import Event
from asgherkin.streams.stream_log import StreamLog
from tests.project import without_times

if TYPE_CHECKING:
    from asgherkin.evidence.record import Record


def shown(record: Record) -> tuple[str, str]:
    evidence = Evidence()
    evidence.add(record)
    ((title, text),) = record.as_text_at_end(evidence.masked(Redactor())[0])
    return title, without_times(text)


def test_a_long_stream() -> None:
    """Of events and of parts, too, the beginning and the end are shown."""
    events, parts = StreamLog("/board?token=abcdef"), StreamLog("/tasting")
    for number in range(102):
        events.add(Event(data=str(number)))
        parts.add(b"abcdef \xff")
    events.name = "board"

    title, text = shown(events)
    _, others = shown(parts)

    assert title == 'The stream "board" (/board?token=[redacted])'
    assert "\n".join(text.splitlines()[49:52]) == (
        'N ms ← event "message", text "49"\n… 2 more events …\nN ms ← event "message", text "52"'
    )
    assert others.splitlines()[50] == "… 2 more parts …"
    assert others.splitlines()[0] == "N ms ← bytes 61 62 63 64 65 66 20 ff"
