Feature: The live order channel
  As a barista
  I want to hear what the customers at the tables want, and to answer them
  So that nobody has to stand in line

  The channel "/orders/live" passes on what one says to all the others.

  Background:
    Given I open a websocket to "/orders/live?name=Ann" as "Ann"
    And I open a websocket to "/orders/live?name=Bob" as "Bob"
    And I open a websocket to "/orders/live?name=barista" as "the barista"

  Scenario: A customer orders, the barista answers, and the other customer hears both
    When "Ann" sends the text "A latte, please!"
    Then "the barista" receives the JSON:
      """
      {"from": "Ann", "text": "A latte, please!"}
      """
    When "the barista" sends the text "Coming up."
    Then "Ann" receives JSON containing:
      """
      {"from": "barista"}
      """
    And "Bob" receives JSON containing:
      """
      {"text": "A latte, please!"}
      """
    And "Bob" receives the JSON within 2 seconds:
      """
      {"from": "barista", "text": "#regex ^Coming"}
      """

  Scenario: Nobody hears himself
    When "Ann" sends the text "Is somebody here?"
    Then "Bob" receives a text matching "Is somebody here"
    And "Ann" receives nothing for 20 milliseconds

  Scenario: An order is placed while the channel is open
    When I send a POST request to "/orders" with the body:
      """
      {"customer": "Bob", "item": "cake", "quantity": 1}
      """
    Then I remember the response body at "$.id" as "id"
    When "Bob" sends the text "My order is number {{id}}."
    Then "the barista" receives JSON containing:
      """
      {"text": "My order is number {{id}}."}
      """
    And I remember the received JSON at "$.text" as "said"
    When "the barista" sends the text "He said: {{said}}"
    Then "Ann" receives JSON containing:
      """
      {"from": "Bob"}
      """
    And "Ann" receives JSON containing:
      """
      {"text": "He said: My order is number {{id}}."}
      """

  Scenario: Who leaves is not told any more
    When "Bob" closes the websocket with the code 1000 and the reason "bye"
    Then "Bob" is closed with the code 1000 and the reason "bye"
    When "Ann" sends the text "Bob?"
    Then "the barista" receives JSON containing:
      """
      {"text": "Bob?"}
      """
    And "Bob" receives nothing for 20 milliseconds
    When I open a websocket to "/orders/live?name=Bob" as "Bob"
    And "Ann" sends the text "There you are."
    Then "Bob" receives JSON containing:
      """
      {"text": "There you are."}
      """
