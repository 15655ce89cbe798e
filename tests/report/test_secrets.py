"""Secrets planted wherever one may stand: none is in any output."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from asgherkin.report.page import page_html
from tests.project import SETTINGS
from tests.report.page.markup import unpacked
from tests.report.runs import run

if TYPE_CHECKING:
    from tests.project import Project

SECRETS = """Feature: f
  Scenario: a
    Given the request header "Authorization" is "Bearer sesame-1111"
    And the cookie "session" is "sesame-7777"
    When I send a POST request to "/login?token=sesame-2222" with the body:
      \"\"\"
      {"password": "sesame-3333"}
      \"\"\"
    And I send a POST request to "/login" with the form:
      | name     | value       |
      | password | sesame-8888 |
    And I open a websocket to "/live?token=sesame-9999"
    And I send the JSON:
      \"\"\"
      {"token": "sesame-1313"}
      \"\"\"
    Then the websocket receives JSON containing:
      \"\"\"
      {"heard": {"token": "sesame-1313"}}
      \"\"\"
    And the rows are
      | name | password    |
      | ann  | sesame-4444 |
    And it says sesame-5555

  Scenario: b
    When I GET "/crash"

  Scenario: c
    Given nothing
    Then nobody has the password "sesame-1414"
    And somebody has token=sesame-1515

  Scenario: d
    Given I am authenticated as "ann" with the password "sesame-1616"
    When I send a POST request to "/login?token=sesame-2222" with the body:
      \"\"\"
      {"password": "sesame-3333"}
      \"\"\"
"""
LEAKING = """
@then("the rows are")
def rows(datatable): pass

@then(parsers.parse("it says {word}"))
def says(word):
    raise ValueError("password=sesame-6666 and sesame-3333 and sesame-4711 and sesame-8888 and sesame-1010")
"""
HISTORY = SETTINGS + 'asgi_history = "runs.ndjson"\n'


@pytest.mark.parametrize("arguments", [(), ("-n1",)], ids=["one process", "a worker"])
def test_secrets_are_in_no_output(
    project: Project, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headers, cookies, queries, forms, JSON, sockets, table cells, exceptions: byte by byte."""
    monkeypatch.setattr(page_html, "PACK_ABOVE", 0)
    project.write({"pyproject.toml": HISTORY})

    left = run(project, SECRETS, "--junitxml=a.xml", "-v", *arguments, steps=LEAKING, page=True)

    names = ("a.ndjson", "a.md", "a.xml", "a.html", "runs.ndjson")
    files = {name: (project.root / name).read_text(encoding="utf-8") for name in names}
    files |= {"packed": unpacked(left.html), "terminal": left.output}
    assert left.statuses == {
        "a": [*["passed"] * 8, "failed"],
        "b": ["failed"],
        "c": ["passed", "undefined", "undefined"],
        "d": ["passed", "passed"],
    }, left.output
    assert " undefined steps " in left.output
    assert "POST" in files["packed"]
    secret = re.compile(r"sesame\W{0,6}\d+|" + b64encode(b"ann:sesame-1616").decode())
    found = {f"{name}: {it}" for name, text in files.items() for it in secret.findall(text)}
    assert found <= {f"{name}: sesame-5555" for name in files}  # nothing tells that this one is a secret
