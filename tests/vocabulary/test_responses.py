"""What is asked of a response, and waiting for it, where a passing feature cannot show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

APP = """
import asyncio
import itertools
import json

count = itertools.count(1)


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    path, status, headers, body = scope["path"], 200, [], b""
    if path == "/status":
        status = int(scope["query_string"])
    if path == "/login":
        status, headers = 302, [(b"location", b"/home"), (b"set-cookie", b"session=abc")]
    if path == "/count":
        n = next(count)
        headers = [(b"x-third", b"yes")] if n >= 3 else []
        status, body = 200 if n >= 3 else 404, json.dumps({"n": n, "third": n == 3}).encode()
    if path == "/waking":
        if next(count) < 3:
            raise RuntimeError("not yet")
    if path == "/falling-asleep":
        if next(count) >= 3:
            raise RuntimeError("no more")
    if path == "/lines":
        body = b"one\\ntwo"
    if path == "/deep":
        body = b"[" * 100_000
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    if path == "/background":
        await asyncio.sleep(0.4)
"""


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose app is APP."""
    project.write({"shop.py": APP})
    return project


@pytest.mark.parametrize(
    ("status", "phrase"),
    [
        (201, "Created"),
        (404, "not found"),
        (413, "Content Too Large"),
        (413, "Request Entity Too Large"),
        (418, "I'm a Teapot"),
        (422, "Unprocessable Entity"),
        (422, "Unprocessable Content"),
    ],
)
def test_phrases(project: Project, client_name: str, status: int, phrase: str) -> None:
    """A status goes by its standard phrase, old or new, in any case."""
    outcome = project.run_steps(
        f"""
        When I GET "/status?{status}"
        Then the response status is "{phrase}"
        And the response status is not "OK"
        And the response status is #integer
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_a_cookie_that_was_set_on_the_way(project: Project, client_name: str) -> None:
    """A cookie of a response that redirected counts as the last response's."""
    outcome = project.run_steps(
        """
        When I GET "/login"
        Then the response cookie "session" is "abc"
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_a_text_over_several_lines(project: Project, client_name: str) -> None:
    """The text of a doc string is the whole body."""
    outcome = project.run_steps(
        """
        When I GET "/lines"
        Then the response text is:
          \"\"\"
          one
          two
          \"\"\"
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_a_background_task_takes_none_of_the_response_s_time(project: Project, client_name: str) -> None:
    """A response has arrived when its body is whole, though the app goes on."""
    outcome = project.run_steps(
        """
        When I GET "/background"
        Then the response arrives within 300 milliseconds
        When I send 2 GET requests to "/background" at the same time
        Then the response arrives within 300 milliseconds
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_a_document_nested_too_deeply(project: Project, client_name: str) -> None:
    """A hostile response is a failure with a short text, not an error of the toolkit's."""
    outcome = project.run_steps(
        """
        When I GET "/deep"
        Then the response body at "$[0]" exists
        """,
        client_name,
    )

    assert outcome.headline.startswith("The response body is not JSON (no content type): ")
    assert len(outcome.headline) < 500


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("GET", "the response status is 200 within 5 seconds"),
        ("HEAD", "the response status is 200 within 5 seconds"),
        ("HEAD", 'the response header "X-Third" exists within 5000 milliseconds'),
        ("GET", 'the response body at "$.n" is at least 3 within 5 seconds'),
        ("GET", 'the response text contains "true" within 5 seconds'),
        ("HEAD", 'I remember the response header "X-Third" as "third" within 5 seconds'),
        ("GET", 'the response body contains within 5 seconds:\n  """\n  {"third": true}\n  """'),
        ("GET", "the response body has within 5 seconds:\n  | path    | value |\n  | $.third | true  |"),
    ],
)
def test_what_holds_later(project: Project, client_name: str, method: str, sentence: str) -> None:
    """The request is sent again until the sentence holds, and the last response stays."""
    outcome = project.run_steps(
        f'When I {method} "/count"\nThen {sentence}\nAnd the response header "X-Third" is "yes"', client_name
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_requests_at_the_same_time_are_repeated_together(project: Project, client_name: str) -> None:
    """After several GET requests at once, all of them are sent again."""
    outcome = project.run_steps(
        """
        When I send 2 GET requests to "/count" at the same time
        Then the response statuses are within 5 seconds:
          | status | count |
          | 200    | 2     |
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_waiting_goes_on_over_server_errors_that_are_returned(project: Project, client_name: str) -> None:
    """Where a crash is just a response, it is one that may change."""
    outcome = project.run_steps(
        """
        Given server errors are returned as responses
        When I GET "/waking"
        Then the response status is 200 within 5 seconds
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_waiting_for_a_server_error(project: Project, client_name: str) -> None:
    """A step that waits for a 5xx status expects the crash that it causes by asking again."""
    outcome = project.run_steps(
        """
        When I GET "/falling-asleep"
        Then the response status is 500 within 5 seconds
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output
