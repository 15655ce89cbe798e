Feature: The coffee machine
  As a barista
  I want to talk to the machine over the network
  So that I do not burn my fingers

  Background:
    Given the app is "features.back_room:app"

  Rule: Both sides agree on a language

    Scenario: The machine knows it
      When I open a websocket to "/machine" with the subprotocol "machine.v2"
      Then the websocket's subprotocol is "machine.v2"

    Scenario: The machine is told which one is meant, by name
      Given I open a websocket to "/machine" as "the machine" with the subprotocol "machine.v2"
      Then "the machine"'s subprotocol is "machine.v2"

  Rule: It takes texts, bytes, and JSON in both

    Scenario: Without a name
      Given I open a websocket to "/machine"
      When I send the text "hello"
      And I send the bytes "01 02 ff"
      And I send the JSON:
        """
        {"grind": "fine"}
        """
      And I send the JSON as bytes:
        """
        {"drink": "latte"}
        """
      Then the websocket receives the text "hello"
      And the websocket receives the bytes "ff 02 01"
      And the websocket receives JSON containing:
        """
        {"grind": "#string"}
        """
      And the websocket receives the JSON as bytes:
        """
        {"brewing": "latte"}
        """
      And I remember the received JSON at "$.brewing" as "drink"
      When I send the JSON:
        """
        {"once more": "{{drink}}"}
        """
      Then the websocket receives the JSON:
        """
        {"once more": "latte"}
        """
      When I close the websocket
      Then the websocket is closed

    Scenario: Two machines
      Given I open a websocket to "/machine" as "left"
      And I open a websocket to "/machine" as "right"
      When "left" sends the bytes "0a 0b"
      And "right" sends the JSON as bytes:
        """
        {"drink": "espresso"}
        """
      And "right" sends the JSON:
        """
        {"cups": 2}
        """
      Then "right" receives the JSON as bytes:
        """
        {"brewing": "#string"}
        """
      And "right" receives the JSON:
        """
        {"cups": 2}
        """
      And "left" receives the bytes "0b0a" within 2 seconds

  Rule: It stops when it has to

    Scenario: It says why
      Given I open a websocket to "/machine"
      When I send the text "rinse"
      Then the websocket is closed with the code 4001 and the reason "The water is empty."

    Scenario: A crash is a crash, here too
      Given I open a websocket to "/machine"
      When I send the text "too hot"
      Then the app raised "RuntimeError" with the message "120 degrees"
      And the websocket is closed with the code 1011
