"""How an exchange is shown under a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from asgherkin.errors import AppError
from asgherkin.evidence.crash_record import Crash
from asgherkin.evidence.exchange_record import BODY_CAP, Exchange
from asgherkin.evidence.record import Evidence, Record
from asgherkin.redaction.redactor import Redactor


def shown(record: Record) -> list[tuple[str, str]]:
    evidence = Evidence()
    evidence.add(record)
    return record.as_text(evidence.masked(Redactor())[0])


def test_an_exchange() -> None:
    """Request and response are shown with the headers that matter, JSON indented, form as it is."""
    exchange = Exchange(
        "POST",
        "/notes?page=1",
        [("host", "testserver"), ("user-agent", "x"), ("x-tenant", "acme")],
        request_body=b"title=Milk",
        request_size=10,
        status=201,
        response_headers=[("content-type", "application/json")],
        response_body='{"title":"Müsli"}'.encode(),
        response_size=18,
        seconds=0.0123,
        complete=True,
    )

    assert shown(exchange) == [
        ("The request", "POST /notes?page=1\nx-tenant: acme\n\ntitle=Milk"),
        ("The response, after 12 ms", '201 Created\ncontent-type: application/json\n\n{\n  "title": "Müsli"\n}'),
    ]


@pytest.mark.parametrize(
    ("method", "body", "size", "expected"),
    [
        ("GET", b"", 0, "200 OK"),
        ("GET", b"\xff\xfe\x00", 3, "200 OK\n\n(3 bytes that are not text)"),
        ("GET", b"ab\xc3", 3, "200 OK\n\n(3 bytes that are not text)"),
        ("GET", b"\xff" + b"a" * 10, 100, "200 OK\n\n(100 bytes that are not text)"),
        ("GET", b"a" * 5000, 5000, f"200 OK\n\n{'a' * 4000}\n… (5000 bytes in all)"),
        ("GET", b"abc", 70_000, "200 OK\n\nabc\n… (70000 bytes in all)"),
        ("GET", b"abc\xc3", 70_000, "200 OK\n\nabc\n… (70000 bytes in all)"),
        ("HEAD", b"abc", 3, "200 OK\n\n(3 bytes, which a HEAD request leaves out)"),
        ("HEAD", b"", 0, "200 OK"),
        ("GET", b"[" * 10_000, 10_000, f"200 OK\n\n{'[' * 4000}\n… (10000 bytes in all)"),
    ],
    ids=[
        "none", "binary", "cut character", "binary and capped", "long", "capped", "capped in a character", "HEAD",
        "HEAD without", "nested too deeply",
    ],
)  # fmt: skip
def test_bodies(method: str, body: bytes, size: int, expected: str) -> None:
    """A body is shown as text as far as it is text, and no more of it than one reads; the cut is said."""
    exchange = Exchange(method, "/", [], status=200, response_body=body, response_size=size, complete=True)

    assert shown(exchange)[1] == ("The response", expected)


HALF = Exchange("GET", "/", [], status=200, response_body=b"half", response_size=4)


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        (Exchange("GET", "/", [], status=299, complete=True), "299"),
        (HALF, "200 OK\n\nhalf\n\n(the body breaks off here)"),
        (Exchange("GET", "/", []), "none came; the client is given a bare 500"),
    ],
    ids=["a status without a phrase", "a body that breaks off", "no response"],
)
def test_responses_that_are_not_whole(exchange: Exchange, expected: str) -> None:
    """Each is shown as far as it came, and what is missing is said."""
    assert shown(exchange)[1] == ("The response", expected)


def test_a_secret_across_the_cut() -> None:
    """A secret is masked before a body is cut short, so that no half of it remains."""
    body = b"a" * 3990 + b" password=hunter2-and-more " + b"b" * 1000
    exchange = Exchange("GET", "/", [], status=200, response_body=body[:BODY_CAP], response_size=len(body))

    text = shown(exchange)[1][1]

    assert "hunter2" not in text


def test_a_crash_without_frames() -> None:
    """What this toolkit says of an app is shown as it is; an exception with its frames."""
    root = Path("/nowhere")

    assert shown(Crash(AppError("It hung."), "GET /", root=root)) == [("The app failed (GET /)", "It hung.")]
    assert shown(Crash(ValueError("x"), "GET /", root=root)) == [("The app raised (GET /)", "ValueError: x")]
