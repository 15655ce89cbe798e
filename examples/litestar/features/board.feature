Feature: The departures board

  Scenario: All trains of the day
    When I GET "/departures"
    Then the response status is 200
    And the response body at "$[*].number" is ["IC 5", "S 2"]

  Scenario: Trains to one town
    When I GET "/departures?to=Zug"
    Then the response body is:
      """
      [{"number": "S 2", "to": "Zug", "platform": 3, "delay": 0}]
      """
