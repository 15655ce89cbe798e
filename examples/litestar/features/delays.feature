Feature: Delays
  Staff announce a delay, and travellers hear of it at once.

  Scenario: Everyone who listens hears of a delay
    Given the request header "X-Badge" is "platform"
    And I open a websocket to "/delays" as "Ann"
    And I open a websocket to "/delays" as "Bob"
    When I send a POST request to "/departures/IC%205/delay" with the body:
      """
      {"minutes": 12}
      """
    Then the response status is 201
    And "Ann" receives the JSON:
      """
      {"train": "IC 5", "delay": 12}
      """
    And "Bob" receives the JSON:
      """
      {"train": "IC 5", "delay": 12}
      """

  Scenario: A guard keeps travellers from announcing
    When I send a POST request to "/departures/IC%205/delay" with the body:
      """
      {"minutes": 12}
      """
    Then the response status is 401
    And the response body at "$.detail" is "Staff only."

  Scenario Outline: A delay of <minutes> is refused
    Given the request header "X-Badge" is "platform"
    When I send a POST request to "/departures/<train>/delay" with the body:
      """
      {"minutes": <minutes>}
      """
    Then the response status is <status>

    Examples:
      | train  | minutes | status |
      | S%202  | "soon"  | 400    |
      | S%2099 | 5       | 404    |
