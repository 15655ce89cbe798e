Feature: The app starts once, before the first act or where a step says so, and shuts down once

  Scenario: once before the first request
    When I GET "/"
    And I GET "/"
    Then the response body is:
      """
      {"starts": 1, "ends": 0, "pool": "pool 1"}
      """

  Scenario: once explicitly
    When the app starts
    And the app starts
    And I GET "/"
    Then the response body at "$.starts" is 1

  Scenario: not again after a shut-down
    When the app starts
    And the app shuts down
    And I GET "/"
    And the app shuts down
    Then the response body contains:
      """
      {"starts": 1, "ends": 1}
      """

  Scenario: again where a step says so
    When the app starts
    And the app shuts down
    And the app starts
    And I GET "/"
    Then the response body is:
      """
      {"starts": 2, "ends": 1, "pool": "pool 2"}
      """

  Scenario: a shut-down of an app that was not started
    When the app shuts down
    And I GET "/"
    Then the response body contains:
      """
      {"starts": 1, "ends": 1}
      """

  Scenario: a factory
    Given the app is "shop:make()"
    When I GET "/"
    Then the response body at "$.starts" is 1

  Scenario: an app without a lifespan
    Given the app is "shop:without"
    When the app starts
    And I GET "/"
    And the app shuts down
    And I GET "/"
    Then the response status is 204
