"""Server-sent events are read as the standard has it, however their bytes are cut."""

from __future__ import annotations

import pytest

from asgherkin.evidence.message_text import KEPT
from asgherkin.streams.event_stream import EVENT_CAP, Event, EventParser
from asgherkin.streams.stream_log import Received, StreamLog

TOO_LONG = "The app sent more than 1 MiB of one event without the empty line that ends it."

CASES = [
    pytest.param(b"data: latte\n\n", [Event(data="latte")], id="data alone"),
    pytest.param(b"event: order\ndata: latte\n\n", [Event("order", "latte")], id="a name"),
    pytest.param(b"data: latte\nevent: order\n\n", [Event("order", "latte")], id="the name comes last"),
    pytest.param(b"event: a\nevent: b\ndata: x\n\n", [Event("b", "x")], id="the last name counts"),
    pytest.param(b"event: a\nevent:\ndata: x\n\n", [Event("message", "x")], id="an empty name is none"),
    pytest.param(b"event: a\ndata: x\n\ndata: y\n\n", [Event("a", "x"), Event(data="y")], id="a name holds once"),
    pytest.param(b"data: two\ndata: lines\n\n", [Event(data="two\nlines")], id="data over two lines"),
    pytest.param(b"data\ndata\n\n", [Event(data="\n")], id="empty lines of data"),
    pytest.param(b"data:\n\n", [Event(data="")], id="one empty line of data"),
    pytest.param(b"data\n\n", [Event(data="")], id="data without a colon"),
    pytest.param(b"event: order\n\n", [], id="no data, no event"),
    pytest.param(b"event: order\n\ndata: x\n\n", [Event(data="x")], id="a name without data is forgotten"),
    pytest.param(b"data: half\n", [], id="an unfinished event"),
    pytest.param(b"data: half", [], id="an unfinished line"),
    pytest.param(
        b"data:x\n\ndata: x\n\ndata:  x\n\n", [Event(data="x"), Event(data="x"), Event(data=" x")], id="space"
    ),
    pytest.param(b"data: a: b\n\n", [Event(data="a: b")], id="a colon in the data"),
    pytest.param(b" data: x\ndata : y\nDATA: z\n\n", [], id="names that are no field's"),
    pytest.param(b"drink: latte\ndata: x\n\n", [Event(data="x")], id="an unknown field"),
    pytest.param(b": hello\n:\n\n", [], id="comments"),
    pytest.param(b"data: a\n: hello\ndata: b\n\n", [Event(data="a\nb")], id="a comment inside of an event"),
    pytest.param(b"data: a\r\ndata: b\r\n\r\n", [Event(data="a\nb")], id="CRLF"),
    pytest.param(b"data: a\rdata: b\r\r", [Event(data="a\nb")], id="CR"),
    pytest.param(b"data: a\r\ndata: b\n\rdata: c\r\r\n", [Event(data="a\nb"), Event(data="c")], id="mixed line ends"),
    pytest.param(b"\n\r\n\rdata: a\n\n\n\n", [Event(data="a")], id="empty lines"),
    pytest.param(b"\xef\xbb\xbfdata: a\n\n", [Event(data="a")], id="a byte order mark"),
    pytest.param(b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [Event(data="b")], id="two byte order marks"),
    pytest.param(b"data: \xef\xbb\xbfa\n\n", [Event(data="\ufeffa")], id="a byte order mark further on"),
    pytest.param("data: café ☕ 🥐\n\n".encode(), [Event(data="café ☕ 🥐")], id="characters of 2, 3 and 4 bytes"),
    pytest.param(b"data: a\xffb\xe2\x98\n\n", [Event(data="a\ufffdb\ufffd")], id="bytes that are no UTF-8"),
    pytest.param("data: a\u2028b\x0bc\x85d\n\n".encode(), [Event(data="a\u2028b\x0bc\x85d")], id="no line ends"),
    pytest.param(b"id: 7\ndata: a\n\n", [Event(data="a", id="7")], id="an id"),
    pytest.param(b"id: 7\ndata: a\n\ndata: b\n\n", [Event(data="a", id="7"), Event(data="b", id="7")], id="id stays"),
    pytest.param(b"id: 7\ndata: a\n\nid\ndata: b\n\n", [Event(data="a", id="7"), Event(data="b")], id="id taken back"),
    pytest.param(b"id: 7\n\ndata: b\n\n", [Event(data="b", id="7")], id="an id without an event"),
    pytest.param(b"id: 7\nid: 8\x009\ndata: a\n\n", [Event(data="a", id="7")], id="an id with NUL"),
    pytest.param(b"retry: 500\ndata: a\n\n", [Event(data="a", retry=500)], id="retry"),
    pytest.param(b"retry: 500\n\ndata: a\n\n", [Event(data="a")], id="retry without an event"),
    pytest.param(b"retry: soon\ndata: a\n\n", [Event(data="a")], id="retry in words"),
    pytest.param(b"retry: -5\nretry: 5.0\nretry:\ndata: a\n\n", [Event(data="a")], id="retry that is no digits"),
    pytest.param("retry: ٣\ndata: a\n\n".encode(), [Event(data="a")], id="retry in other digits"),
    pytest.param(b"retry: " + b"9" * 5000 + b"\ndata: a\n\n", [Event(data="a")], id="retry that never comes"),
    pytest.param(b"", [], id="nothing"),
]


def parsed(*chunks: bytes) -> list[Event]:
    parser = EventParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


@pytest.mark.parametrize(("stream", "expected"), CASES)
def test_events_are_read_from_a_whole_stream(stream: bytes, expected: list[Event]) -> None:
    """The standard's fields, line ends and oddities."""
    assert parsed(stream) == expected


@pytest.mark.parametrize(("stream", "expected"), CASES)
def test_events_are_read_from_a_stream_that_is_cut_anywhere(stream: bytes, expected: list[Event]) -> None:
    """A cut may go through a character, a CRLF, a byte order mark."""
    cuts = range(min(len(stream), 100) + 1)

    seen = [parsed(stream[:cut], stream[cut:]) for cut in cuts]

    assert seen == [expected for _ in cuts]


@pytest.mark.parametrize(("stream", "expected"), CASES)
def test_events_are_read_byte_by_byte(stream: bytes, expected: list[Event]) -> None:
    """The smallest parts, with empty ones between them."""
    assert parsed(*(part for byte in stream for part in (bytes([byte]), b""))) == expected


def test_a_cr_ends_an_event_at_once() -> None:
    """The LF that belongs to it may come much later, or never."""
    parser = EventParser()

    seen = [parser.feed(part) for part in (b"data: a\r\n\r", b"\n", b"data: b\r\r")]

    assert seen == [[Event(data="a")], [], [Event(data="b")]]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([b"data: " + b"x" * EVENT_CAP], id="one line, at once"),
        pytest.param([b"data: ", *[b"x" * 1024] * 1024], id="one line, in parts"),
        pytest.param([b"data: " + b"x" * 1000 + b"\n"] * 1100, id="many lines"),
        pytest.param([b"data\n" * 1000] * 1100, id="many empty lines"),
        pytest.param([b":" + b"x" * EVENT_CAP], id="a comment"),
        pytest.param([b"data: " + b"x" * EVENT_CAP + b"\n\n"], id="one that ends, at once"),
    ],
)
def test_an_event_that_is_too_long_is_an_error(parts: list[bytes]) -> None:
    """What came before it is given out, nothing of what comes after it."""
    parser = EventParser()

    first = parser.feed(b"data: latte\n\n" + parts[0])
    others = [event for part in [*parts[1:], b"\n\ndata: late\n\n"] for event in parser.feed(part)]

    assert (first, others) == ([Event(data="latte")], [])
    assert str(parser.error) == TOO_LONG


def test_comments_may_come_for_ever() -> None:
    """A stream is kept alive by comments: they are no event's, and nothing of them is kept."""
    parser = EventParser()

    for _ in range(40):
        parser.feed(b": still here, and still here\n" * 1000)

    assert parser.error is None


def test_an_event_may_be_long() -> None:
    """The limit itself is allowed."""
    data = "x" * (EVENT_CAP - len("data:"))

    (event,) = parsed(f"data:{data}\n\n".encode())

    assert event.data == data


def test_a_log_keeps_its_head_and_tail() -> None:
    """A stream of a million events takes no more room than one of a hundred."""
    log = StreamLog("/board")

    for number in range(1000):
        log.add(Event(data=str(number)))

    kept = [came.what for came in (*log.head, *log.tail)]
    numbers = [*range(KEPT), *range(1000 - KEPT, 1000)]
    assert kept == [Event(data=str(number)) for number in numbers]
    assert (log.total, log.left_out, log.target) == (1000, 900, "/board")


def test_a_log_keeps_the_beginning_of_what_is_long() -> None:
    """The sizes are the true ones."""
    log = StreamLog("/board")

    log.add(Event("order", "x" * 5000, "7"))
    log.add(b"y" * 5000)

    event, part = log.head
    assert event == Received(Event("order", "x" * 4096, "7"), event.at, 5000)
    assert part == Received(b"y" * 4096, part.at, 5000)
    assert 0 <= event.at <= part.at
