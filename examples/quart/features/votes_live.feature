Feature: Votes as they come

  Scenario: A page hears of each vote
    Given I open the event stream "/votes"
    Then the stream receives the event "votes" with the data:
      """
      {"tea": 0, "coffee": 0}
      """
    Given the form field "drink" is "coffee"
    When I send a POST request to "/vote"
    Then the stream receives the event "votes" with the data:
      """
      {"tea": 0, "coffee": 1}
      """
