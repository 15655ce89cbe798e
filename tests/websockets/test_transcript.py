"""How a websocket is shown under a failure: what is left out, what is cut, what is masked."""

from __future__ import annotations

import json

import pytest

from asgherkin.evidence.record import Evidence, Record
from asgherkin.redaction.redactor import Redactor
from asgherkin.websockets.transcript import Transcript
from asgherkin.websockets.websocket_evidence import Closing, Refusal, refusal_of
from tests.project import without_times


def shown(record: Record) -> tuple[str, str]:
    evidence = Evidence()
    evidence.add(record)
    ((title, text),) = record.as_text_at_end(evidence.masked(Redactor())[0])
    return title, without_times(text)


def said(transcript: Transcript) -> list[str]:
    return shown(transcript)[1].splitlines()


@pytest.fixture
def transcript() -> Transcript:
    """One that the app has accepted."""
    return Transcript("/chat", [], accepted=True)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("hi", 'text "hi"'),
        ("two\nlines", r'text "two\nlines"'),
        ("9", 'text "9"'),
        ("{half", 'text "{half"'),
        ('{"a": [1,2]}', 'JSON {"a": [1, 2]}'),
        (b'{"a": 1}', 'JSON as bytes {"a": 1}'),
        (b"hi", "bytes 68 69"),
        (b"", "bytes (none)"),
        (b"\xff" * 41, f"bytes {'ff ' * 39}ff… (41 bytes)"),
        ("x" * 300, f'text "{"x" * 199}… (300 characters)'),
        ("x" * 9000, f'text "{"x" * 199}… (9000 characters)'),
        ('{"token": "abcdef", "n": null}', 'JSON {"token": "[redacted]", "n": null}'),
    ],
    ids=[
        *("a text", "lines", "a number", "half of JSON", "JSON", "JSON as bytes", "bytes", "no bytes", "many bytes"),
        *("a long text", "a text that was cut", "a secret"),
    ],
)
def test_a_message(transcript: Transcript, content: str | bytes, line: str) -> None:
    """A message's kind is told in the words of the sentences, its content on one line."""
    transcript.add("client", content)

    lines = said(transcript)

    assert lines == ["→ opening: accepted", f"N ms → {line}"]


@pytest.mark.parametrize(("total", "gap"), [(101, "… 1 more message …"), (1_100, "… 1,000 more messages …")])
def test_a_long_conversation(transcript: Transcript, total: int, gap: str) -> None:
    """Its beginning and its end are shown, and how many messages are not."""
    for number in range(total):
        transcript.add("app", str(number))

    lines = said(transcript)

    assert len(lines) == 102
    assert lines[50:52] == ['N ms ← text "49"', gap]
    assert lines[-1] == f'N ms ← text "{total - 1}"'


def test_a_secret_that_is_cut(transcript: Transcript) -> None:
    """A secret is masked before a message is cut: none of its halves is left."""
    transcript.add("client", json.dumps({"password": "correct horse"}))
    transcript.add("app", "x" * 190 + "correct horse")

    lines = said(transcript)

    assert lines[-1].startswith(f'N ms ← text "{"x" * 190}[redact')
    assert "corr" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("subprotocols", "chosen", "line"),
    [
        ((), None, "→ opening: accepted"),
        (("a", "b"), "b", '→ opening, offering the subprotocol "a", "b": accepted with the subprotocol "b"'),
        (("a",), None, '→ opening, offering the subprotocol "a": accepted without a subprotocol'),
        ((), "c", '→ opening: accepted with the subprotocol "c"'),
    ],
    ids=["none", "one of two", "offered in vain", "chosen unasked"],
)
def test_a_subprotocol(transcript: Transcript, subprotocols: tuple[str, ...], chosen: str | None, line: str) -> None:
    """What was offered, and what the app chose."""
    transcript.offered, transcript.subprotocol = subprotocols, chosen

    lines = said(transcript)

    assert lines == [line]


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        (Refusal(code=1008), "with the code 1008"),
        (Refusal(code=1008, reason="no"), 'with the code 1008 and the reason "no"'),
        (Refusal(status=403), "with the status 403"),
        (Refusal(status=403, body=b"Staff only."), 'with the status 403: "Staff only."'),
        (Refusal(status=403, body=b"\xff"), 'with the status 403: "\N{REPLACEMENT CHARACTER}"'),
    ],
    ids=["a code", "a code and a reason", "a status", "a status and a body", "no text"],
)
def test_a_refusal(refusal: Refusal, text: str) -> None:
    """How the app refused."""
    assert refusal_of(refusal) == text


@pytest.mark.parametrize(("by", "arrow"), [("app", "←"), ("client", "→")])
def test_a_closing(transcript: Transcript, by: str, arrow: str) -> None:
    """Who closed it, and how."""
    transcript.closing = Closing("app" if by == "app" else "client", 4001, "gone", 0.25)

    lines = said(transcript)

    assert lines[-1] == f'N ms {arrow} closed with the code 4001 and the reason "gone"'
