"""Evidence as it is read from attachments: cut where it is long, plain where it is not what it says."""

from __future__ import annotations

import pytest

from asgherkin.evidence.page_parts import LONGEST, MOST, Half, Text, laid_out
from asgherkin.report.attachments import read
from tests.report.page.streams import CRASH, EXCHANGE, QUERY, STREAM, WEBSOCKET, Message, attachment, exchange


def answered(**response: object) -> Half:
    """The response of an exchange."""
    whole = {"status": 200, "phrase": "OK", "headers": [], "body": None, "size": 0, "complete": True, **response}
    request: Message = {"method": "GET", "target": "/", "headers": [], "body": None, "size": 0}
    return read(attachment(EXCHANGE, {"request": request, "response": whole, "milliseconds": None})).halves[1]


def test_an_exchange_is_a_request_and_a_response() -> None:
    """Its title has what came; JSON is laid out, its numbers as they were."""
    evidence = read(exchange())

    request, response = evidence.halves
    assert evidence.title == "GET /orders/1 → 200 OK · 12 ms"
    assert (request.first, request.body) == ("GET /orders/1", None)
    assert response.body == Text('{\n  "id": 1,\n  "total": 7.60\n}')


@pytest.mark.parametrize(
    ("response", "body", "note"),
    [
        ({"body": None, "size": 3}, None, "3 bytes that are not text."),
        ({"body": "ab", "size": 2}, Text("ab"), ""),
        ({"body": "ab", "size": 2000}, Text("ab", "Cut here: 2,000 bytes in all."), ""),
        ({"body": "ab", "size": 2, "complete": False}, Text("ab"), "The body breaks off here."),
        ({"body": "", "size": 0}, None, ""),
        (
            {"body": "é" * LONGEST + "x", "size": 2 * LONGEST + 1},
            Text("é" * LONGEST, "Cut here, after 16,000 of 16,001 characters."),
            "",
        ),
    ],
    ids=["bytes", "text", "cut before", "broken off", "empty", "long"],
)
def test_a_body_says_what_is_not_shown_of_it(response: Message, body: Text | None, note: str) -> None:
    """The cap is said, and the whole size."""
    half = answered(**response)

    assert (half.body, half.note) == (body, note)


def test_no_response_is_told() -> None:
    """The app gave none."""
    request: Message = {"method": "GET", "target": "/", "headers": [], "body": None, "size": 0}

    evidence = read(attachment(EXCHANGE, {"request": request, "response": None, "milliseconds": None}))

    assert evidence.title == "GET / · no response"
    assert evidence.halves[1].first == "none came"


def test_a_conversation_has_its_messages_in_order() -> None:
    """What was left out is told where it is missing."""
    messages = [{"by": "client", "text": "a", "at": 1}, {"by": "app", "hex": "00"}, {"by": "app", "hex": "", "size": 2}]
    closing = {"by": "client", "code": 1000, "reason": "", "at": 5}
    body = {"target": "/ws", "subprotocol": None, "refusal": None, "messages": messages, "left_out": 2}

    evidence = read(attachment(WEBSOCKET, {**body, "closing": closing}))

    assert evidence.title == "Websocket /ws · 5 messages"
    assert [(line.by, line.text.text, line.text.note, line.at) for line in evidence.lines] == [
        ("client", "a", "", "at 1 ms"),
        ("gap", "… 2 messages left out …", "", ""),
        ("app", "00", "in hexadecimal", ""),
        ("app", "", "2 bytes, in hexadecimal", ""),
    ]
    assert evidence.notes == ("Closed by the client with 1000, at 5 ms.",)


def test_a_refusal_is_told() -> None:
    """With what the app said to it."""
    refusal = {"code": None, "reason": "", "status": 403, "body": '{"error":"no"}'}
    body = {"target": "/ws", "subprotocol": "v1", "refusal": refusal, "messages": [], "left_out": 0, "closing": None}

    evidence = read(attachment(WEBSOCKET, body))

    assert evidence.title == "Websocket /ws · refused"
    assert evidence.notes == ("Subprotocol: v1", "The app refused the connection: status 403.")
    assert evidence.texts == (("What it said", Text('{\n  "error": "no"\n}')),)


@pytest.mark.parametrize(
    ("over", "end"), [(True, "The stream is over."), (False, "The stream was still open.")], ids=["over", "open"]
)
def test_a_stream_is_a_list_of_events(over: bool, end: str) -> None:
    """Named ones with their names; only some of very many."""
    events = [{"name": "n", "data": "d", "id": "7", "at": 1}, *({"text": "t"} for _ in range(MOST))]

    evidence = read(attachment(STREAM, {"target": "/s", "events": events, "left_out": None, "over": over}))

    assert evidence.title == "Stream /s · 201 events"
    assert (evidence.lines[0].name, evidence.lines[0].text, len(evidence.lines)) == ("n 7", Text("d"), MOST)
    assert evidence.notes == ("Only the first 200 are shown.", end)


def test_a_query_has_its_rows() -> None:
    """And how many there are in all."""
    statement = {"text": "SELECT  a\nFROM t", "parameters": {"a": "é"}}
    body = {"statements": [statement], "columns": ["a"], "rows": [["1"], ["2"]], "total": 3, "milliseconds": 2}

    evidence = read(attachment(QUERY, body))

    assert evidence.title == "Query SELECT a FROM t · 3 rows · 2 ms"
    assert (evidence.columns, evidence.rows) == (("a",), (("1",), ("2",)))
    assert evidence.texts[1] == ("Parameters", Text('{\n  "a": "é"\n}'))
    assert evidence.notes == ("2 of 3 rows are shown.",)


def test_a_query_may_have_nothing() -> None:
    """No statement, no rows, no time."""
    nothing = {"columns": None, "rows": None, "total": 0}
    statements = [{"text": "DELETE FROM t", "parameters": None}]

    titles = [read(attachment(QUERY, {"statements": some, **nothing})).title for some in ([], statements)]

    assert titles == ["Query no statement · 0 rows", "Query DELETE FROM t · 0 rows"]


@pytest.mark.parametrize("frames", ["", "shop.py:1"])
def test_a_crash_has_its_summary(frames: str) -> None:
    """And the frames, where there are any."""
    evidence = read(attachment(CRASH, {"doing": "GET /", "summary": "KeyError: 1", "frames": frames}))

    assert evidence.title == "The app raised (GET /)"
    assert [text.text for _, text in evidence.texts] == ["KeyError: 1", frames][: 2 if frames else 1]


@pytest.mark.parametrize(
    ("message", "title", "text"),
    [
        ({"mediaType": EXCHANGE, "body": "no json"}, EXCHANGE, "no json"),
        ({"mediaType": EXCHANGE, "body": "[]"}, EXCHANGE, "[]"),
        ({"mediaType": EXCHANGE, "body": '{"request": null}'}, EXCHANGE, '{\n  "request": null\n}'),
        ({"mediaType": EXCHANGE}, EXCHANGE, ""),
        ({"mediaType": "application/vnd.asgherkin.new+json", "body": "x", "fileName": "f"}, "f", "x"),
        ({"mediaType": "text/uri-list", "url": "https://x.example"}, "text/uri-list", "https://x.example"),
        ({}, "attachment", ""),
    ],
)
def test_what_is_not_as_it_should_be_is_shown_as_text(message: Message, title: str, text: str) -> None:
    """Anybody may have written an attachment."""
    evidence = read(message)

    assert (evidence.kind, evidence.title, evidence.texts) == ("plain", title, (("", Text(text)),))


def test_bytes_are_not_shown() -> None:
    """An image could be anything; its size and kind are told."""
    evidence = read({"mediaType": "image/png", "contentEncoding": "BASE64", "body": "AAAA", "fileName": "a.png"})

    assert evidence.notes == ("3 bytes of image/png, not shown here.",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":[1,{}],"b":[]}', '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}'),
        ('["a\\"]", 1.50, true]', '[\n  "a\\"]",\n  1.50,\n  true\n]'),
        ('{"a": 1', '{"a": 1'),
        ("plain", "plain"),
        ("[" * 150 + "]" * 150, "[" * 150 + "]" * 150),
        ("[" * 100_000, "[" * 100_000),
    ],
    ids=["nested", "text with brackets", "broken", "no JSON", "deep", "far too deep"],
)
def test_json_is_laid_out_and_else_left_alone(text: str, expected: str) -> None:
    """Nothing but white space is changed."""
    assert laid_out(text) == expected
