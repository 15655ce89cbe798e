Feature: Each scenario has its own start and its own shut-down

  Scenario: the first
    When I GET "/"
    Then the response body contains:
      """
      {"starts": 1, "ends": 0}
      """

  Scenario: the second
    When I GET "/"
    Then the response body contains:
      """
      {"starts": 2, "ends": 1}
      """
