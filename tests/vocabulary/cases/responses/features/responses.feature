Feature: What is asked of a response, and waiting for it

  Background:
    Given the app is "counting:app"

  Scenario Outline: <phrase> is <status>
    When I GET "/status?<status>"
    Then the response status is "<phrase>"
    And the response status is not "OK"
    And the response status is #integer

    Examples:
      | status | phrase                   |
      | 201    | Created                  |
      | 404    | not found                |
      | 413    | Content Too Large        |
      | 413    | Request Entity Too Large |
      | 418    | I'm a Teapot             |
      | 422    | Unprocessable Entity     |
      | 422    | Unprocessable Content    |

  Scenario: a cookie that was set on the way
    When I GET "/login"
    Then the response cookie "session" is "abc"

  Scenario: a text over several lines
    When I GET "/lines"
    Then the response text is:
      """
      one
      two
      """

  Scenario: a background task takes none of the response's time
    When I GET "/background"
    Then the response arrives within 300 milliseconds
    When I send 2 GET requests to "/background" at the same time
    Then the response arrives within 300 milliseconds

  Scenario: later: the response status is 200 within 5 seconds (GET)
    When I GET "/third"
    Then the response status is 200 within 5 seconds
    And the response header "X-Third" is "yes"

  Scenario: later: the response status is 200 within 5 seconds (HEAD)
    When I HEAD "/third"
    Then the response status is 200 within 5 seconds
    And the response header "X-Third" is "yes"

  Scenario: later: the response header "X-Third" exists within 5000 milliseconds (HEAD)
    When I HEAD "/third"
    Then the response header "X-Third" exists within 5000 milliseconds
    And the response header "X-Third" is "yes"

  Scenario: later: the response body at "$.n" is at least 3 within 5 seconds (GET)
    When I GET "/third"
    Then the response body at "$.n" is at least 3 within 5 seconds
    And the response header "X-Third" is "yes"

  Scenario: later: the response text contains "true" within 5 seconds (GET)
    When I GET "/third"
    Then the response text contains "true" within 5 seconds
    And the response header "X-Third" is "yes"

  Scenario: later: I remember the response header "X-Third" as "third" within 5 seconds (HEAD)
    When I HEAD "/third"
    Then I remember the response header "X-Third" as "third" within 5 seconds
    And the response header "X-Third" is "yes"

  Scenario: later: the response body contains within 5 seconds: (GET)
    When I GET "/third"
    Then the response body contains within 5 seconds:
      """
      {"third": true}
      """
    And the response header "X-Third" is "yes"

  Scenario: later: the response body has within 5 seconds: (GET)
    When I GET "/third"
    Then the response body has within 5 seconds:
      | path    | value |
      | $.third | true  |
    And the response header "X-Third" is "yes"

  Scenario: requests at the same time are repeated together
    When I send 2 GET requests to "/third" at the same time
    Then the response statuses are within 5 seconds:
      | status | count |
      | 200    | 2     |

  Scenario: waiting goes on over server errors that are returned
    Given server errors are returned as responses
    When I GET "/waking"
    Then the response status is 200 within 5 seconds

  Scenario: a step that waits for a 5xx status expects the crash that it causes by asking again
    When I GET "/falling_asleep"
    Then the response status is 500 within 5 seconds
