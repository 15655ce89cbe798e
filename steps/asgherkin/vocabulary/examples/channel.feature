Feature: Websockets and streams by their names

  Scenario: What comes
    Given I open a websocket to "/greet" as "alice"
    When "alice" sends the text "hi"
    Then "alice" receives the text "Hello, world!"
    And "alice" receives nothing for 200 milliseconds
    When "alice" sends the JSON:
      """
      {"id": 7, "text": "hi"}
      """
    Then "alice" receives JSON containing:
      """
      {"id": 7}
      """
    And I remember the received JSON at "$.id" as "id"
