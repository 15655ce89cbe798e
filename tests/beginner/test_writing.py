"""Features: what a beginner sees who has mistyped, left out or mixed up something in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.beginner.seeing import feature, seen

if TYPE_CHECKING:
    from tests.project import Project


def test_a_typo_in_a_sentence(project: Project) -> None:
    """The nearest sentences are shown, with a stub for an own one."""
    files = {
        "features/orders.feature": feature('When I send a GET request to "/orders"\nThen the response status was 200')
    }
    expected = """\
-- It
No sentence fits this Then step.
The nearest sentences:
  Then the response status is 201
  Then the response statuses are:
  Then the response body at "$.lives" is 9
To write it yourself, put this into conftest.py:

    from asgherkin import then
    from pytest_bdd import parsers


    @then(parsers.parse("the response status was {number:d}"))
    def the_response_status_was(number: int) -> None:
        raise NotImplementedError

features/orders.feature:5, Scenario: It
       3 |   Scenario: It
       4 |     When I send a GET request to "/orders"
  >    5 |     Then the response status was 200

The request
  GET /orders

The response, after N ms
  200 OK
  content-length: 13
  content-type: application/json

  {
    "orders": []
  }
-- undefined steps
Then the response status was 200
  features/orders.feature:5

To write them yourself, put this into conftest.py:

    from asgherkin import then
    from pytest_bdd import parsers


    @then(parsers.parse("the response status was {number:d}"))
    def the_response_status_was(number: int) -> None:
        raise NotImplementedError
"""

    told = seen(project, files)

    assert told == expected


def test_given_when_and_then_mixed_up(project: Project) -> None:
    """No stub: the sentence is there."""
    files = {"features/orders.feature": feature('Given I send a GET request to "/orders"')}
    expected = """\
-- It
No sentence fits this Given step.
The same text is a When sentence: check the keyword.

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Given I send a GET request to "/orders"
-- undefined steps
Given I send a GET request to "/orders"
  features/orders.feature:4
"""

    told = seen(project, files)

    assert told == expected


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("I send a GET request to /orders", id="no quotes"),
        pytest.param("I send a GET request to '/orders'", id="single quotes"),
        pytest.param("I send a GET request to \u201c/orders\u201d", id="quotes of a word processor"),
        pytest.param('I send a get request to "/orders"', id="small letters"),
        pytest.param('I send  a GET request to "/orders"', id="two spaces"),
        pytest.param('I send a GET request to "/orders".', id="full stop"),
    ],
)
def test_a_sentence_that_is_right_but_for_its_signs(project: Project, step: str) -> None:
    """The right one is shown, and no stub."""
    files = {"features/orders.feature": feature(f"When {step}")}
    expected = f"""\
-- It
No sentence fits this When step.
This fits: When I send a GET request to "/orders"
Quotes, capital letters, spaces and the sign at its end count.

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When {step}
-- undefined steps
When {step}
  features/orders.feature:4
"""

    told = seen(project, files)

    assert told == expected


def test_scenario_misspelt(project: Project) -> None:
    """Gherkin takes the line for prose; nobody means that."""
    files = {"features/orders.feature": feature('When I send a GET request to "/orders"', "Scenari: It")}
    expected = """\
-- (the feature file)
features/orders.feature cannot be read.
  line 3: this was read as a description, and steps follow it. Is its keyword misspelt?
     3 |   Scenari: It
"""

    told = seen(project, files)

    assert told == expected


def test_a_colon_that_is_missing(project: Project) -> None:
    """Gherkin takes the line for prose; nobody means that."""
    files = {"features/orders.feature": feature('When I send a GET request to "/orders"', "Scenario It")}
    expected = """\
-- (the feature file)
features/orders.feature has no scenario, so it checks nothing. Add one, or remove the file.
Its lines were read as a description, from "Scenario It" on: is the first keyword misspelt?
"""

    told = seen(project, files)

    assert told == expected


def test_an_outline_without_examples(project: Project) -> None:
    """Nothing would run."""
    files = {"features/orders.feature": feature('When I send a GET request to "<path>"', "Scenario Outline: It")}
    expected = """\
-- It
This outline has no Examples:, so there is no row to run it with. Add Examples: with a table, or write Scenario: instead.

features/orders.feature:3, Scenario Outline: It
  >    3 |   Scenario Outline: It
       4 |     When I send a GET request to "<path>"
"""  # noqa: E501 - as it is printed

    told = seen(project, files)

    assert told == expected


def test_and_as_the_first_word(project: Project) -> None:
    """It has no step before it."""
    files = {"features/orders.feature": feature('And I send a GET request to "/orders"')}
    expected = """\
-- It
This scenario starts with "And", which takes its kind from the step before it, so it cannot be the first. Start with Given, When or Then.

features/orders.feature:3, Scenario: It
  >    3 |   Scenario: It
       4 |     And I send a GET request to "/orders"
"""  # noqa: E501 - as it is printed

    told = seen(project, files)

    assert told == expected


def test_a_then_before_any_request(project: Project) -> None:
    """What to send first is shown."""
    files = {"features/orders.feature": feature("Then the response status is 200")}
    expected = """\
-- It
There is no response yet. Send a request first, for example: When I send a GET request to "/"

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Then the response status is 200
"""

    told = seen(project, files)

    assert told == expected


def test_a_websocket_that_is_not_open(project: Project) -> None:
    """How to open one is shown."""
    files = {"features/orders.feature": feature('When I send the text "hello"')}
    expected = """\
-- It
There is no websocket yet. Open one first, for example: When I open a websocket to "/greet"

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send the text "hello"
"""

    told = seen(project, files)

    assert told == expected


def test_a_variable_that_was_not_remembered(project: Project) -> None:
    """How to remember one is shown."""
    files = {"features/orders.feature": feature('When I send a GET request to "/orders/{{id}}"')}
    expected = """\
-- It
{{id}} is not known. Known names: none. A value is remembered with a sentence such as: I remember the response body at "$.id" as "id"

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders/{{id}}"
"""  # noqa: E501 - as it is printed

    told = seen(project, files)

    assert told == expected
