"""Secrets in failures: not one of them is shown, wherever it turns up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

# Answers with all it was sent, as JSON; /login gives a token away, /pages leads to an error with a secret.
APP = """
import json


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body, more = "", True
    while more:
        message = await receive()
        body, more = body + message["body"].decode("latin-1"), message.get("more_body", False)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    seen = {"target": scope["raw_path"].decode() + "?" + scope["query_string"].decode(), "sent": body, **headers}
    status, more = 200, []
    if scope["path"] == "/login":
        seen = {"user": {"access_token": "s3cr3t-value", "pin": 1234, "secret": {"digits": [42]}}, "note": "hello"}
        more = [(b"set-cookie", b"session=s3cr3t-value; Path=/")]
    if scope["path"] == "/crash":
        raise ValueError("cannot log in with password: s3cr3t-" + "value")
    await send({"type": "http.response.start", "status": status, "headers": more})
    await send({"type": "http.response.body", "body": json.dumps(seen).encode()})
"""

SECRET = "s3cr3t-value"


@pytest.fixture
def project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose app is APP, and a secret in the environment."""
    project.write({"shop.py": APP})
    monkeypatch.setenv("SHOP_SECRET", SECRET)
    monkeypatch.setenv("SHOP_LONG", 'begin "' + "0123456789abcdef" * 30 + '"\nnext line of it')
    monkeypatch.setenv("SHOP_SHORT", "xy")
    return project


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param('Given I am authenticated with the bearer token "s3cr3t-value"\nWhen I GET "/"', id="token"),
        pytest.param(
            'Given I am authenticated as "ann" with the password "s3cr3t-value"\nWhen I GET "/?s3cr3t-value"',
            id="password",
        ),
        pytest.param('Given the request header "X-Api-Key" is "s3cr3t-value"', id="header, before any request"),
        pytest.param(
            "Given the request headers are:\n  | name          | value               |\n"
            '  | Authorization | Bearer s3cr3t-value |\nWhen I GET "/s3cr3t-value"',
            id="header in a table",
        ),
        pytest.param('Given the cookie "session" is "s3cr3t-value"\nWhen I POST "/"', id="cookie"),
        pytest.param('Given the query parameter "api_key" is "s3cr3t-value"\nWhen I GET "/"', id="query"),
        pytest.param('When I GET "/?a=1&Token=s3cr3t-value"', id="query in the path"),
        pytest.param(
            'When I send a GET request to "/" with the query:\n  | name   | value        |\n'
            "  | secret | s3cr3t-value |",
            id="query in a table",
        ),
        pytest.param('Given the form field "new_password" is "s3cr3t-value"\nWhen I POST "/"', id="form"),
        pytest.param(
            "Given the form is:\n  | name   | value        |\n  | passwd | s3cr3t-value |\n"
            'And a file "a.txt" is attached as "doc" with the content:\n  """\n  hello\n  """\nWhen I POST "/"',
            id="multipart",
        ),
        pytest.param(
            'When I send a POST request to "/" with the body:\n  """\n'
            '  {"user": {"credentials": ["s3cr3t-value"], "note": "s3cr3t-value"}}\n  """',
            id="JSON",
        ),
        pytest.param('When I GET "/{{env.SHOP_SECRET}}"', id="environment"),
        pytest.param('When I GET "/login"', id="response"),
        pytest.param(
            'When I GET "/login"\nThen I remember the response body at "$.user.access_token" as "it"\n'
            'When I GET "/?a={{it}}"\nThen the response body at "$.target" is "/"',
            id="remembered from an earlier response",
        ),
        pytest.param('When I GET "/login"\nThen the response body at "$.user.access_token" is "x"', id="comparison"),
        pytest.param(
            'When I GET "/login"\nThen the response body is:\n  """\n  {"user": {"access_token": 5}}\n  """',
            id="differences",
        ),
        pytest.param(
            'When I GET "/login"\nThen the response body has:\n  | path                | value        |\n'
            "  | $.user.access_token | s3cr3t-Value |",
            id="rows",
        ),
        pytest.param('When I GET "/login"\nThen the response cookie "session" is "x"', id="a response's cookie"),
        pytest.param('When I GET "/login"\nThen the response header "Set-Cookie" is "x"', id="a response's header"),
        pytest.param('When I GET "/crash"', id="an exception's text"),
    ],
)
def test_a_secret_is_not_shown(project: Project, client_name: str, steps: str) -> None:
    """The failure of a scenario, and all that pytest prints, hold no secret."""
    outcome = project.run_steps(f"{steps}\nThen the response status is 404", client_name)

    assert outcome.counts == {"failed": 1}
    assert "[redacted]" in outcome.failure
    assert SECRET not in outcome.output.replace("{{env.SHOP_SECRET}}", "")


CAPTURED = """
import logging
import pytest
from asgherkin import when

@pytest.fixture(autouse=True)
def chatty(caplog):
    caplog.set_level("DEBUG")

@when("it is noted")
def noted(variables):
    print("printed s3cr3t-value")
    logging.getLogger("shop").warning("logged s3cr3t-value")
"""


def test_what_pytest_has_captured_is_masked(project: Project, client_name: str) -> None:
    """Log records, and what steps print. httpx2's log of the scenario's requests is left out: the evidence has them."""
    project.write({"conftest.py": CAPTURED})

    outcome = project.run_steps(
        'When I GET "/?token=s3cr3t-value"\nAnd it is noted\nThen the response status is 404', client_name
    )

    assert "printed [redacted]" in outcome.output
    assert "logged [redacted]" in outcome.output
    assert "HTTP Request" not in outcome.output
    assert SECRET not in outcome.output


def test_parts_of_a_document_are_masked_in_place(project: Project, client_name: str) -> None:
    """What is no secret stays readable beside what is one, and the failure still says what differed."""
    outcome = project.run_steps(
        'When I GET "/login"\nThen the response body at "$.user.access_token" is 5', client_name
    )

    assert (
        outcome.failure
        == """\
The response body at "$.user.access_token" is "[redacted]" (string), expected [redacted] (integer).

features/it.feature:5, Scenario: It
       3 |   Scenario: It
       4 |     When I GET "/login"
  >    5 |     Then the response body at "$.user.access_token" is [redacted]

The request
  GET /login

The response, after N ms
  200 OK
  set-cookie: [redacted]

  {
    "user": {
      "access_token": "[redacted]",
      "pin": 1234,
      "secret": {
        "digits": [
          "[redacted]"
        ]
      }
    },
    "note": "hello"
  }"""
    )


@pytest.mark.parametrize("name", ["pin", "$.user.pin", "$..pin"])
def test_names_that_the_project_adds(project: Project, client_name: str, name: str) -> None:
    """`asgi_redact` takes names and JSONPaths; a name is not a part of other names."""
    outcome = project.run_steps(
        'When I GET "/login"\nThen the response status is 404', client_name, "--asgi-redact", name
    )

    assert '"pin": "[redacted]"' in outcome.failure or '"pin": [redacted]' in outcome.failure
    assert "1234" not in outcome.failure


def test_a_bad_path_among_the_names(project: Project, client_name: str) -> None:
    """A JSONPath in `asgi_redact` that is none is told, for otherwise a secret would be shown."""
    outcome = project.run_steps('When I GET "/login"', client_name, "--asgi-redact", "$.[")

    assert outcome.headline == (
        'asgi_redact: "$.[" is not a valid JSONPath (RFC 9535): '
        "expected a name after the dot at character 3. For example: $.items[0].name"
    )


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(
            'When I send a POST request to "/" with the body:\n  """\n  {"a": "{{env.SHOP_LONG}}"}\n  """\n'
            'Then the response body at "$.sent" is "x"',
            id="cut short",
        ),
        pytest.param(
            'When I send a POST request to "/" with the body:\n  """text/plain\n  {{env.SHOP_LONG}}\n  """\n'
            "Then the response status is 404",
            id="over several lines",
        ),
        pytest.param(
            'Then the response body is:\n  """\n  {"a": "{{env.SHOP_LONG}}", }\n  """', id="in JSON that is not valid"
        ),
    ],
)
def test_no_piece_of_a_long_secret_is_shown(project: Project, client_name: str, steps: str) -> None:
    """Neither a cut nor a line's end nor an escape lets a part of a secret through."""
    outcome = project.run_steps(steps, client_name)

    assert outcome.counts == {"failed": 1}
    for piece in ("0123456789ab", "abcdef012345", "next line of it"):
        assert piece not in outcome.output


def test_a_short_secret_is_masked_as_a_word(project: Project, client_name: str) -> None:
    """A short value from the environment is masked where it stands alone, and not inside of other words."""
    outcome = project.run_steps(
        'When I GET "/?a={{env.SHOP_SHORT}}&b=xylophone"\nThen the response status is 404', client_name
    )

    assert "GET /?a=[redacted]&b=xylophone" in outcome.failure
