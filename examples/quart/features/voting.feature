Feature: Voting
  A browser is known by its session cookie.

  Scenario: A vote is remembered
    Given the form field "drink" is "tea"
    When I send a POST request to "/vote"
    Then the response status is 200
    And the response text contains "You chose tea."

  Scenario: No one votes twice
    Given redirects are not followed
    And the form field "drink" is "tea"
    When I send a POST request to "/vote"
    Then the response status is 303
    And the response header "Location" is "/"
    Given the form field "drink" is "coffee"
    When I send a POST request to "/vote"
    Then the response status is 409

  Scenario: Only what is offered can be chosen
    Given the form field "drink" is "beer"
    When I send a POST request to "/vote"
    Then the response status is 400
