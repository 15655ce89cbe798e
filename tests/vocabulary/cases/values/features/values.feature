Feature: A remembered value stands for itself: in JSON with its type, elsewhere as text, and never as more than that

  Background:
    Given the request body is:
      """
      {"id": 7, "name": "Ann \"A\"", "tags": ["a"], "none": null, "hash": "#uuid", "path": "$.id"}
      """
    When I POST "/values?page=1"
    Then I remember the response header "X-Path" as "url"
    And I remember the response body at "$.id" as "id"
    And I remember the response body at "$.name" as "name"
    And I remember the response body at "$.tags" as "tags"
    And I remember the response body at "$.none" as "none"
    And I remember the response body at "$.hash" as "hash"
    And I remember the response body at "$.path" as "path"

  Scenario: a whole path
    When I GET "{{url}}"
    Then the response header "X-Path" is "{{url}}"

  Scenario: a part of a path
    When I GET "/{{id}}"
    Then the response header "x-path" is "/7?"

  Scenario: a JSONPath and a typed value
    Then the response body at "{{path}}" is {{id}}

  Scenario: a quoted number is a text
    Then the response body at "$.id" is not "{{id}}"

  Scenario: a text with quotes, quoted
    Then the response body at "$.name" is "{{name}}"

  Scenario: a text with quotes, unquoted
    Then the response body at "$.name" is {{name}}

  Scenario: an array
    Then the response body at "$.tags" is {{ tags }}

  Scenario: null
    Then the response body at "$.none" is {{none}}

  Scenario: a value that looks like a matcher
    Then the response body at "$.hash" is {{hash}}

  Scenario: the same, quoted
    Then the response body at "$.hash" is "{{hash}}"

  Scenario: a number to compare with
    Then the response body at "$.id" is at least {{id}}

  Scenario: an item
    Then the response body at "$.tags" contains "a"

  Scenario: a value that looks like a matcher in a text
    Then the response text contains "{{hash}}"

  Scenario: a value that looks like a matcher as a whole text
    When I send a POST request to "/" with the body:
      """text/plain
      {{hash}}
      """
    Then the response text is "{{hash}}"

  Scenario: a regular expression
    Then the response text matches "{{id}}"

  Scenario: a count
    When I send {{id}} GET requests to "/" at the same time
    Then the response statuses are:
      | status | count  |
      | 200    | {{id}} |

  Scenario: a span of time
    Then the response arrives within {{id}} seconds

  Scenario: a document
    Then the response body contains:
      """
      {"id": {{id}}, "name": "{{name}}", "tags": {{tags}}, "none": {{none}}, "hash": "{{hash}}"}
      """

  Scenario: cells
    Then the response body has:
      | path     | value    |
      | {{path}} | {{id}}   |
      | $.name   | {{name}} |
      | $.hash   | {{hash}} |
      | $.none   | {{none}} |

  Scenario: a body
    When I send a POST request to "/" with the body:
      """
      [{{id}}, "{{id}}", {{name}}]
      """
    Then the response body is:
      """
      [7, "7", "Ann \"A\""]
      """

  Scenario: a value with braces is not filled again
    Given braces
    When I send a POST request to "/" with the body:
      """text/plain
      {{braces}}
      """
    Then the response text matches "^..id..$"

  Scenario: a slot of a sentence of one's own
    Then my value is {{id}} and Ann

  Scenario: a table of one's own
    Then my table and text:
      | id   | {{id}}   |
      | name | {{name}} |

  Scenario: a doc string of one's own
    Then my text:
      """
      {{id}} is 7
      """

  Scenario: the environment; an empty variable has a value
    When I GET "/{{env.SHOP_KEY}}{{env.SHOP_EMPTY}}"
    Then the response header "X-Path" is "/k-123456?"
