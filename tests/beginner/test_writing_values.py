"""Values, tables and documents: what a beginner sees who has mistyped or left out something in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.beginner.seeing import feature, seen

if TYPE_CHECKING:
    from tests.project import Project


def test_a_colon_that_is_missing_before_a_table(project: Project) -> None:
    """The sentence with it is shown."""
    files = {
        "features/orders.feature": feature(
            'When I send a GET request to "/orders"\n'
            "Then the response body has\n  | path     | value |\n  | $.orders | []    |"
        )
    }
    expected = """\
-- It
No sentence fits this Then step.
This fits: Then the response body has:
Quotes, capital letters, spaces and the sign at its end count.

features/orders.feature:5, Scenario: It
       3 |   Scenario: It
       4 |     When I send a GET request to "/orders"
  >    5 |     Then the response body has
       6 |       | path     | value |
       7 |       | $.orders | []    |

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
Then the response body has
  features/orders.feature:5
"""

    told = seen(project, files)

    assert told == expected


def test_a_text_without_quotes_as_a_value(project: Project) -> None:
    """How to write a text is told."""
    files = {
        "features/orders.feature": feature('When I send a GET request to "/orders"\nThen the response status is OK')
    }
    expected = """\
-- It
OK is not a JSON value. Write "OK" for a text, or a number, true, false, null, [..] or {..}.

features/orders.feature:5, Scenario: It
       3 |   Scenario: It
       4 |     When I send a GET request to "/orders"
  >    5 |     Then the response status is OK

The request
  GET /orders

The response, after N ms
  200 OK
  content-length: 13
  content-type: application/json

  {
    "orders": []
  }
"""

    told = seen(project, files)

    assert told == expected


def test_json_with_a_comma_too_many(project: Project) -> None:
    """Where it stands is told."""
    files = {
        "features/orders.feature": feature(
            'When I send a GET request to "/orders"\nThen the response body is:\n  """\n  {"orders": [],}\n  """'
        )
    }
    expected = """\
-- It
The JSON is not valid at line 1, column 15: expecting property name enclosed in double quotes.
  {"orders": [],}
                ^

features/orders.feature:5, Scenario: It
       3 |   Scenario: It
       4 |     When I send a GET request to "/orders"
  >    5 |     Then the response body is:
       6 |       \"""
       7 |       {"orders": [],}

The request
  GET /orders

The response, after N ms
  200 OK
  content-length: 13
  content-type: application/json

  {
    "orders": []
  }
"""

    told = seen(project, files)

    assert told == expected


def test_a_table_without_its_heading(project: Project) -> None:
    """The heading is told."""
    files = {
        "features/orders.feature": feature(
            'When I send a GET request to "/orders"\nThen the response body has:\n  | $.orders | [] |'
        )
    }
    expected = """\
-- It
The table under this sentence must start with the heading | path | value |, and starts with | $.orders | [] |.

features/orders.feature:5, Scenario: It
       3 |   Scenario: It
       4 |     When I send a GET request to "/orders"
  >    5 |     Then the response body has:
       6 |       | $.orders | [] |

The request
  GET /orders

The response, after N ms
  200 OK
  content-length: 13
  content-type: application/json

  {
    "orders": []
  }
"""

    told = seen(project, files)

    assert told == expected


def test_a_table_with_a_cell_missing(project: Project) -> None:
    """The row is shown."""
    files = {
        "features/orders.feature": feature(
            'When I send a GET request to "/orders"\n'
            "Then the response body has:\n  | path     | value |\n  | $.orders |"
        )
    }
    expected = """\
-- (the feature file)
features/orders.feature cannot be read.
  line 7: this row has more or fewer cells than the first one of its table: is a | missing, or one too many?
     7 |       | $.orders |
"""

    told = seen(project, files)

    assert told == expected


def test_a_table_that_is_missing(project: Project) -> None:
    """How to write one is told."""
    files = {"features/orders.feature": feature('When I send a GET request to "/orders"\nThen the response body has:')}
    expected = """\
-- It
This sentence takes a data table, and none stands under it. Write it on the lines below, a row a line: | … | … |. The sentence that fits: Then the response body at "$.lives" is 9

features/orders.feature:5, Scenario: It
       3 |   Scenario: It
       4 |     When I send a GET request to "/orders"
  >    5 |     Then the response body has:

The request
  GET /orders

The response, after N ms
  200 OK
  content-length: 13
  content-type: application/json

  {
    "orders": []
  }
"""  # noqa: E501 - as it is printed

    told = seen(project, files)

    assert told == expected
