"""What is no status is told with what to write; and that, once it is written, works."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.project import CLIENTS

if TYPE_CHECKING:
    from tests.project import Project

APP = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        if scope["path"] == "/crash":
            raise RuntimeError("no coffee")
        await send({"type": "http.response.start", "status": int(scope["path"][1:])})
        await send({"type": "http.response.body", "body": b""})
"""
EVERY_CLASS = "2xx is not one status. Write the limits of its class:"
LEAST, MOST = "the response status is at least", "the response status is at most"


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose app answers with the status that is its path."""
    project.write({"shop.py": APP})
    return project


@pytest.mark.parametrize(
    ("status", "step", "message"),
    [
        (204, "is 2xx", f"{EVERY_CLASS}\n  Then {LEAST} 200\n  And {MOST} 299"),
        (204, 'is "2xx"', f'"2xx"{EVERY_CLASS[3:]}\n  Then {LEAST} 200\n  And {MOST} 299'),
        (404, "is 4XX", f"4XX{EVERY_CLASS[3:]}\n  Then {LEAST} 400\n  And {MOST} 499"),
        (404, "is at least 4xx", f"4xx is not one status. Write where its class begins:\n  Then {LEAST} 400"),
        (204, 'is at most "3xx"', f'"3xx" is not one status. Write where its class ends:\n  Then {MOST} 399'),
        (204, "is not 5xx", f"5xx is not one status. Write which side of its class is meant:\n  Then {MOST} 499"),
        (204, "is not 1xx", f"1xx is not one status. Write which side of its class is meant:\n  Then {LEAST} 200"),
    ],
    ids=lambda value: str(value).partition("\n")[0],
)
def test_a_class_of_statuses_is_told_with_its_limits(project: Project, status: int, step: str, message: str) -> None:
    """With the steps to write, which pass."""
    outcome = project.run_steps(f'When I GET "/{status}"\nThen the response status {step}', "async")

    assert outcome.headline == message
    advised = re.findall(r"^  ((?:Then|And) .+)$", message, re.MULTILINE)
    mended = project.run_steps("\n".join([f'When I GET "/{status}"', *advised]), "async")
    assert mended.counts == {"passed": 1}, mended.output


def test_what_a_class_is_not_has_two_sides(project: Project) -> None:
    """Only the author knows which."""
    outcome = project.run_steps('When I GET "/204"\nThen the response status is not 4xx', "async")

    assert outcome.headline == (
        "4xx is not one status. Write which side of its class is meant:\n"
        "  Then the response status is at most 399\n"
        "  Then the response status is at least 500"
    )


@pytest.mark.parametrize(
    ("step", "message", "advised"),
    [
        ("is 404 Not Found", "404 Not Found is not a status. Write the number alone: 404", "is 404"),
        ('is "404"', '"404" is not a status. Write the number alone: 404', "is 404"),
        ("is 404.", "404. is not a status. Write the number alone: 404", "is 404"),
        (
            "is 'Not Found'",
            "'Not Found' is not a JSON value. "
            'Write "Not Found" for a text, or a number, true, false, null, [..] or {..}.',
            'is "Not Found"',
        ),
        (
            "is Not Fond",
            '"Not Fond" is not the standard phrase of a status. Near to it: "Not Found", "Found", "Not Modified".',
            'is "Not Found"',
        ),
        (
            "is True",
            '"True" is not the standard phrase of a status. Write for example: "Not Found", or 404.',
            'is "Not Found"',
        ),
        (
            "is at least Not Found",
            "Not Found is not a number. Write for example: the response status is at least 404",
            "is at least 404",
        ),
        (
            'is at most "many"',
            '"many" is not a number. Write for example: the response status is at most 400',
            "is at most 404",
        ),
        (
            f"is {'x' * 100}",
            f'"{"x" * 79}… (102 characters) is not the standard phrase of a status. '
            'Write for example: "Not Found", or 404.',
            "is 404",
        ),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_no_status_is_told_with_one(project: Project, step: str, message: str, advised: str) -> None:
    """With a number or a phrase to write, which passes."""
    outcome = project.run_steps(f'When I GET "/404"\nThen the response status {step}', "async")

    assert outcome.headline == message
    mended = project.run_steps(f'When I GET "/404"\nThen the response status {advised}', "async")
    assert mended.counts == {"passed": 1}, mended.output


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("is 200 within 5 parsecs", "5 parsecs is not a span of time. Write for example: within 2 seconds"),
        ("is 2xx:", "This sentence takes no doc string or data table. Write it without the colon at its end."),
        ("is [2", "[2 is not a JSON value: expecting ',' delimiter at column 3."),
        (
            "contains 2xx",
            '2xx is not a JSON value. Write "2xx" for a text, or a number, true, false, null, [..] or {..}.',
        ),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_else_is_wrong_is_told_as_ever(project: Project, step: str, message: str) -> None:
    """As in other sentences."""
    outcome = project.run_steps(f'When I GET "/200"\nThen the response status {step}', "async")

    assert outcome.headline == message


@pytest.mark.parametrize("client", CLIENTS)
def test_a_class_of_server_errors_expects_the_crash(project: Project, client: str) -> None:
    """The step that is wrong is the one that fails, and not the request before it."""
    outcome = project.run_steps('When I GET "/crash"\nThen the response status is 5xx', client)

    assert outcome.headline == f"5xx{EVERY_CLASS[3:]}\n  Then {LEAST} 500\n  And {MOST} 599"
