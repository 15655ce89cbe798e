"""What requests look like when they arrive at the app."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

# Answers with what it was sent; /go redirects to it, /set sets a cookie.
APP = """
import json

HEADERS = ("x-tenant", "authorization", "content-type", "cookie")


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message.get("more_body", False)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    seen = {
        "method": scope["method"],
        "target": scope["raw_path"].decode() + "?" + scope["query_string"].decode(),
        "headers": {name: value for name, value in headers.items() if name in HEADERS},
        "body": body.decode("latin-1"),
    }
    status, more_headers = 200, [(b"content-type", b"application/json")]
    if scope["path"] == "/go":
        status, more_headers = 303, [(b"location", b"/echo")]
    if scope["path"] == "/set":
        more_headers.append((b"set-cookie", b"session=fresh; Path=/"))
    if scope["path"] == "/forget":
        more_headers.append((b"set-cookie", b"session=; Path=/; Max-Age=0"))
    await send({"type": "http.response.start", "status": status, "headers": more_headers})
    await send({"type": "http.response.body", "body": json.dumps(seen).encode()})
"""


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose app is APP."""
    project.write({"shop.py": APP, "features/fixtures/cat.png": "meow"})
    return project


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "QUERY"])
@pytest.mark.parametrize("sentence", ['I {} "/echo"', 'I send a {} request to "/echo"'], ids=["short", "long"])
def test_every_method_has_both_forms(project: Project, client_name: str, method: str, sentence: str) -> None:
    """Each method is sent as written, in the short and in the long form."""
    steps = f"When {sentence.format(method)}\n"
    if method != "HEAD":
        steps += f'Then the response body at "$.method" is "{method}"\n'

    outcome = project.run_steps(steps, client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


def test_given_headers_and_query_hold_and_content_does_not(project: Project, client_name: str) -> None:
    """Headers, query, cookies and credentials hold for the scenario; a body for one request only."""
    outcome = project.run_steps(
        """
        Given the request header "X-Tenant" is "acme"
        And the request headers are:
          | name     | value |
          | x-tenant | other |
        And the query parameter "q" is "oat milk"
        And the query parameters are:
          | name | value |
          | q    | bread |
        And the cookie "session" is "abc"
        And I am authenticated with the bearer token "t"
        And the request body is:
          \"\"\"
          {"a": 1}
          \"\"\"
        When I POST "/echo"
        Then the response body contains:
          \"\"\"
          {
            "target": "/echo?q=oat%20milk&q=bread",
            "headers": {
              "x-tenant": "other", "cookie": "session=abc",
              "authorization": "Bearer t", "content-type": "application/json"
            },
            "body": "{\\"a\\": 1}"
          }
          \"\"\"
        When I POST "/echo"
        Then the response body contains:
          \"\"\"
          {
            "target": "/echo?q=oat%20milk&q=bread",
            "headers": {"x-tenant": "other", "cookie": "session=abc", "authorization": "Bearer t"},
            "body": ""
          }
          \"\"\"
        And the response body at "$.headers['content-type']" does not exist
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_a_path_keeps_its_own_query(project: Project, client_name: str) -> None:
    """The scenario's parameters, and then the request's, are added to those in the path, before its fragment."""
    outcome = project.run_steps(
        """
        Given the query parameter "page" is "2"
        When I send a GET request to "/echo?page=1&sort=up#top" with the query:
          | name | value |
          | a&b  | c=d   |
        Then the response body at "$.target" is "/echo?page=1&sort=up&page=2&a%26b=c%3Dd"
        When I GET "/echo?page=1"
        Then the response body at "$.target" is "/echo?page=1&page=2"
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_the_app_replaces_and_removes_a_given_cookie(project: Project, client_name: str) -> None:
    """A given cookie is kept until the app sets it anew, and is gone when the app deletes it."""
    outcome = project.run_steps(
        """
        Given the cookie "session" is "stale"
        When I GET "/set"
        Then the response body at "$.headers.cookie" is "session=stale"
        When I GET "/echo"
        Then the response body at "$.headers.cookie" is "session=fresh"
        When I GET "/forget"
        Then the response cookie "session" does not exist
        When I GET "/echo"
        Then the response body at "$.headers.cookie" does not exist
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_basic_credentials(project: Project, client_name: str) -> None:
    """User and password are sent as RFC 7617 says, in UTF-8; later credentials take the place of earlier ones."""
    outcome = project.run_steps(
        """
        Given I am authenticated with the bearer token "t"
        And I am authenticated as "ann" with the password "päss"
        When I GET "/echo"
        Then the response body at "$.headers.authorization" is "Basic YW5uOnDDpHNz"
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


@pytest.mark.parametrize(
    ("media_type", "body", "expected_type", "expected_body"),
    [
        pytest.param("", '{"a": "{{id}}"}', "application/json", '{"a": "7"}', id="JSON that parses"),
        pytest.param("", "{{id}}", "application/json", "7", id="a value alone"),
        pytest.param("", "Dear {{name}}!", "text/plain; charset=utf-8", "Dear Ann!", id="a text"),
        pytest.param("application/json", "{{{name}}", "application/json", '{"Ann"', id="JSON that does not parse"),
        pytest.param(
            "application/json; charset=utf-8", "[{{name}}]", "application/json; charset=utf-8", '["Ann"]', id="charset"
        ),
        pytest.param("application/problem+json", "[{{name}}]", "application/problem+json", '["Ann"]', id="suffix"),
        pytest.param("application/xml", "<a>{{name}}</a>", "application/xml", "<a>Ann</a>", id="XML"),
        pytest.param("text/plain", "{{name}}", "text/plain", "Ann", id="plain text"),
    ],
)
def test_bodies(
    project: Project, client_name: str, media_type: str, body: str, expected_type: str, expected_body: str
) -> None:
    """The doc string's media type is the content type; without one, what parses is JSON, all else is text."""
    project.write({"conftest.py": CONFTEST.format(body=expected_body, media_type=expected_type)})

    outcome = project.run_steps(
        f"""
        Given known values
        When I send a POST request to "/echo" with the body:
          \"\"\"{media_type}
          {body}
          \"\"\"
        Then it has arrived
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


CONFTEST = """
from asgherkin import given, then

@given("known values")
def _(variables):
    variables.update(id=7, name="Ann")

@then("it has arrived")
def _(session):
    seen = session.responses.document
    assert (seen["body"], seen["headers"]["content-type"]) == ({body!r}, {media_type!r})
"""


def test_a_given_content_type_stays(project: Project, client_name: str) -> None:
    """The header Content-Type of the scenario goes before what the body looks like."""
    outcome = project.run_steps(
        """
        Given the request header "content-type" is "application/merge-patch+json"
        When I send a PATCH request to "/echo" with the body:
          \"\"\"
          {}
          \"\"\"
        Then the response body at "$.headers['content-type']" is "application/merge-patch+json"
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_forms_and_files(project: Project, client_name: str) -> None:
    """Fields alone are a plain form; with a file, all go as multipart. A repeated field keeps all values."""
    outcome = project.run_steps(
        """
        Given the form field "name" is "Ann"
        And the form is:
          | name | value |
          | tag  | a&b   |
          | tag  | c     |
        When I POST "/echo"
        Then the response body at "$.body" is "name=Ann&tag=a%26b&tag=c"
        And the response body at "$.headers['content-type']" is "application/x-www-form-urlencoded"
        Given the form field "name" is "Ann"
        And the file "fixtures/cat.png" is attached as "photo"
        And a file "a.txt" is attached as "doc" with the content:
          \"\"\"
          hello
          \"\"\"
        And a file "b.txt" is attached as "doc" with the content:
          \"\"\"text/markdown
          # hello
          \"\"\"
        When I POST "/echo"
        Then the response body at "$.headers['content-type']" matches "^multipart/form-data; boundary="
        And the response body at "$.body" contains "name=\\"name\\"\\r\\n\\r\\nAnn\\r\\n"
        And the response body at "$.body" contains "\\"photo\\"; filename=\\"cat.png\\"\\r\\nContent-Type: image/png"
        And the response body at "$.body" contains "\\"doc\\"; filename=\\"a.txt\\"\\r\\nContent-Type: text/plain\\r\\n"
        And the response body at "$.body" contains "filename=\\"b.txt\\"\\r\\nContent-Type: text/markdown\\r\\n"
        When I POST "/echo"
        Then the response body at "$.body" is ""
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_a_form_with_the_request(project: Project, client_name: str) -> None:
    """A form under the request is sent with it alone, after the fields that were given before."""
    outcome = project.run_steps(
        """
        Given the form field "name" is "Ann"
        When I send a PUT request to "/echo" with the form:
          | name | value |
          | tag  | home  |
        Then the response body at "$.body" is "name=Ann&tag=home"
        When I PUT "/echo"
        Then the response body at "$.body" is ""
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_a_file_that_cannot_be_read(project: Project, client_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the system does not let us read is told without a traceback."""

    def refuse(_: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)

    outcome = project.run_steps('Given the file "fixtures/cat.png" is attached as "photo"', client_name)

    assert outcome.headline == 'The file "fixtures/cat.png" cannot be read: Permission denied.'


def test_redirects(project: Project, client_name: str) -> None:
    """Redirects are followed, unless the scenario says otherwise; then one sentence follows one of them."""
    outcome = project.run_steps(
        """
        When I POST "/go"
        Then the response body at "$.method" is "GET"
        Given redirects are not followed
        When I POST "/go"
        Then the response redirects to "/echo"
        And the response redirects to "http://testserver/echo"
        When I follow the redirect
        Then the response body at "$.method" is "GET"
        And the response body at "$.target" is "/echo?" within 2 seconds
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


OVERLAP = """
import asyncio

inside = 0
all_in = None


async def app(scope, receive, send):
    global inside, all_in
    if scope["type"] != "http":
        return
    all_in = all_in or asyncio.Event()
    inside += 1
    if inside == 20:
        all_in.set()
    await all_in.wait()
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": (await receive())["body"]})
"""


@pytest.mark.parametrize("body", [True, False], ids=["with a body", "without"])
def test_requests_at_the_same_time_overlap(project: Project, client_name: str, *, body: bool) -> None:
    """The app that answers none of 20 requests before all are there answers them all."""
    project.write({"shop.py": OVERLAP})
    with_body = ' with the body:\n  """\n  {}\n  """' if body else ""

    outcome = project.run_steps(
        f'When I send 20 POST requests to "/" at the same time{with_body}\n'
        "Then the response statuses are:\n"
        "  | status  | count |\n"
        "  | Created | 20    |\n"
        "  | 500     | 0     |\n"
        f'And the response text is "{"{}" if body else ""}"',
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output
