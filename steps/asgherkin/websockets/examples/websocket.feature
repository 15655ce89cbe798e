Feature: Websockets

  Scenario: Texts
    Given I open a websocket to "/greet"
    When I send the text "hi"
    Then the websocket receives the text "Hello, world!"
    When I send the text "hi"
    Then the websocket receives a text matching "^Hel"
    And the websocket receives nothing for 200 milliseconds
    When I close the websocket
    Then the websocket is closed

  Scenario: Bytes and JSON
    When I open a websocket to "/greet"
    And I send the bytes "68 69"
    Then the websocket receives the bytes "68 69"
    When I send the JSON:
      """
      {"id": 7, "text": "hi"}
      """
    Then the websocket receives the JSON:
      """
      {"id": "#integer", "text": "hi"}
      """
    When I send the JSON as bytes:
      """
      {"id": 7, "text": "hi"}
      """
    Then the websocket receives the JSON as bytes:
      """
      {"id": 7, "text": "hi"}
      """
    When I send the JSON:
      """
      {"id": 7, "text": "hi"}
      """
    Then the websocket receives JSON containing:
      """
      {"id": 7}
      """

  Scenario: One of several
    Given I open a websocket to "/greet" as "alice"
    When "alice" sends the text "hi"
    Then "alice" receives a text matching "^Hel"
    When "alice" sends the bytes "68 69"
    Then "alice" receives the bytes "68 69"
    When "alice" sends the JSON:
      """
      {"id": 7, "text": "hi"}
      """
    Then "alice" receives the JSON:
      """
      {"id": "#integer", "text": "hi"}
      """
    When "alice" sends the JSON as bytes:
      """
      {"id": 7, "text": "hi"}
      """
    Then "alice" receives the JSON as bytes:
      """
      {"id": 7, "text": "hi"}
      """
    When "alice" sends the JSON:
      """
      {"id": 7, "text": "hi"}
      """
    Then "alice" receives JSON containing:
      """
      {"id": 7}
      """
    When "alice" closes the websocket
    Then "alice" is closed

  Scenario: Subprotocols
    When I open a websocket to "/greet" with the subprotocol "chat.v1"
    Then the websocket's subprotocol is "chat.v1"
    When I open a websocket to "/greet" as "alice" with the subprotocol "chat.v1"
    Then "alice"'s subprotocol is "chat.v1"

  Scenario: Refusals
    When I try to open a websocket to "/private"
    Then the websocket is refused
    When I try to open a websocket to "/private" as "alice"
    Then "alice" is refused
