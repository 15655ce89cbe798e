"""`{{name}}`: remembered values wherever a sentence has room for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

# Answers with the body it was sent, and with its path in a header.
APP = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        message = await receive()
        path = scope["raw_path"] + b"?" + scope["query_string"]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-path", path)]})
        await send({"type": "http.response.body", "body": message["body"]})
"""

VALUES = """
Given the request body is:
  \"\"\"
  {"id": 7, "name": "Ann \\"A\\"", "tags": ["a"], "none": null, "hash": "#uuid", "path": "$.id"}
  \"\"\"
When I POST "/values?page=1"
Then I remember the response header "X-Path" as "url"
And I remember the response body at "$.id" as "id"
And I remember the response body at "$.name" as "name"
And I remember the response body at "$.tags" as "tags"
And I remember the response body at "$.none" as "none"
And I remember the response body at "$.hash" as "hash"
And I remember the response body at "$.path" as "path"
"""


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose app is APP, and values to remember."""
    project.write({"shop.py": APP, "conftest.py": CONFTEST})
    return project


CONFTEST = """
import pytest_bdd
from asgherkin import given, then
from pytest_bdd import parsers

@given("braces")
def _(variables):
    variables["braces"] = "{{id}}"

@then(parsers.parse("my value is {value}"))
def _(value):
    assert value == "7 and Ann"

@pytest_bdd.then("my table and text:")
def _(datatable):
    assert datatable == [["id", "7"], ["name", 'Ann "A"']]

@then("my text:")
def _(docstring):
    assert docstring == "7 is 7"
"""


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param('When I GET "{{url}}"\nThen the response header "X-Path" is "{{url}}"', id="a whole path"),
        pytest.param('When I GET "/{{id}}"\nThen the response header "x-path" is "/7?"', id="a part of a path"),
        pytest.param('Then the response body at "{{path}}" is {{id}}', id="a JSONPath and a typed value"),
        pytest.param('Then the response body at "$.id" is not "{{id}}"', id="a quoted number is a text"),
        pytest.param('Then the response body at "$.name" is "{{name}}"', id="a text with quotes, quoted"),
        pytest.param('Then the response body at "$.name" is {{name}}', id="a text with quotes, unquoted"),
        pytest.param('Then the response body at "$.tags" is {{ tags }}', id="an array"),
        pytest.param('Then the response body at "$.none" is {{none}}', id="null"),
        pytest.param('Then the response body at "$.hash" is {{hash}}', id="a value that looks like a matcher"),
        pytest.param('Then the response body at "$.hash" is "{{hash}}"', id="the same, quoted"),
        pytest.param('Then the response body at "$.id" is at least {{id}}', id="a number to compare with"),
        pytest.param('Then the response body at "$.tags" contains "a"', id="an item"),
        pytest.param('Then the response text contains "{{hash}}"', id="a value that looks like a matcher in a text"),
        pytest.param('Then the response text matches "{{id}}"', id="a regular expression"),
        pytest.param(
            'When I send {{id}} GET requests to "/" at the same time\nThen the response statuses are:\n'
            "  | status | count  |\n  | 200    | {{id}} |",
            id="a count",
        ),
        pytest.param("Then the response arrives within {{id}} seconds", id="a span of time"),
        pytest.param(
            'Then the response body contains:\n  """\n'
            '  {"id": {{id}}, "name": "{{name}}", "tags": {{tags}}, "none": {{none}}, "hash": "{{hash}}"}\n  """',
            id="a document",
        ),
        pytest.param(
            "Then the response body has:\n  | path     | value    |\n  | {{path}} | {{id}}   |\n"
            "  | $.name   | {{name}} |\n  | $.hash   | {{hash}} |\n  | $.none   | {{none}} |",
            id="cells",
        ),
        pytest.param(
            'When I send a POST request to "/" with the body:\n  """\n  [{{id}}, "{{id}}", {{name}}]\n  """\n'
            'Then the response body is:\n  """\n  [7, "7", "Ann \\"A\\""]\n  """',
            id="a body",
        ),
        pytest.param(
            'Given braces\nWhen I send a POST request to "/" with the body:\n  """text/plain\n  {{braces}}\n  """\n'
            'Then the response text matches "^..id..$"',
            id="a value with braces is not filled again",
        ),
        pytest.param("Then my value is {{id}} and Ann", id="a slot of a sentence of one's own"),
        pytest.param(
            "Then my table and text:\n  | id   | {{id}}   |\n  | name | {{name}} |", id="a table of one's own"
        ),
        pytest.param('Then my text:\n  """\n  {{id}} is 7\n  """', id="a doc string of one's own"),
    ],
)
def test_values_are_put_in(project: Project, client_name: str, steps: str) -> None:
    """A remembered value stands for itself: in JSON with its type, elsewhere as text, and never as more than that."""
    outcome = project.run_steps(VALUES + steps, client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


def test_the_environment(project: Project, client_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`{{env.NAME}}` is an environment variable; an empty one has a value."""
    monkeypatch.setenv("SHOP_KEY", "k-123")
    monkeypatch.setenv("SHOP_EMPTY", "")

    outcome = project.run_steps(
        """
        When I GET "/{{env.SHOP_KEY}}{{env.SHOP_EMPTY}}"
        Then the response header "X-Path" is "/k-123?"
        """,
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output
