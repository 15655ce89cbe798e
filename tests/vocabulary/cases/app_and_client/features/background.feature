Feature: The sentences of a background count as the scenario's

  Background:
    Given the client is "test"
    And the app runs on "trio"

  Scenario: a loop of another library
    Given the app is "speaking:app"
    When I GET "/"
    Then the response text is "trio"
