Feature: The board
  As a guest at the window
  I want to read on the board what happens to the orders, at the moment it happens
  So that I know when to come in

  The page "/board" is an endless event stream: it shows what is written on the board from its top, and goes on with
  what comes. It is wiped when the shop opens.

  Background:
    When the app starts

  Rule: Events are read one after the other

    Scenario: An order is placed while somebody looks
      Given I open the event stream "/board"
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      Then I remember the response body at "$.id" as "id"
      And the stream receives the event "ordered" with the data:
        """
        {"order": {{id}}}
        """
      When I POST "/orders/{{id}}/payment"
      Then the stream receives the event "brewed" within 2 seconds
      And the stream receives nothing for 10 milliseconds
      When I close the stream

    Scenario: Who comes later reads from the top
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "cake", "quantity": 2}
        """
      And I open the event stream "/board"
      Then the stream receives the event "ordered" with the data within 2 seconds:
        """
        {"order": "#integer"}
        """
      And I remember the received JSON at "$.order" as "id"
      When I GET "/orders/{{id}}"
      Then the response body at "$.item" is "cake"

  Rule: Several can look at once

    Scenario: The guest and the barista
      Given I open the event stream "/board" as "guest"
      And I open the event stream "/board" as "barista"
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "iced tea", "quantity": 1}
        """
      Then "guest" receives the event "ordered"
      And I remember the response body at "$.id" as "id"
      And "barista" receives the event "ordered" with the data:
        """
        {"order": {{id}}}
        """
      And "barista" receives nothing for 10 milliseconds
      When "guest" closes the stream
      And I POST "/orders/{{id}}/payment"
      Then "barista" receives the event "brewed"

  Rule: Other responses are read as they come, too

    The tasting greets each guest at once, and begins when all seats are taken.

    Scenario: A tasting for one
      When I open the stream "/tasting/1"
      Then the stream receives the text "Welcome "
      And the stream receives the text "to the tasting!"
      And the stream ends

    Scenario: A tasting for two begins when the second one sits down
      When I open the stream "/tasting/2" as "Ann"
      Then "Ann" receives the text "Welcome "
      And "Ann" receives nothing for 10 milliseconds
      When I open the stream "/tasting/2" as "Bob"
      Then "Bob" receives the text "Welcome to the tasting!" within 2 seconds
      And "Ann" receives the text "to the tasting!"
      And "Ann" ends
      And "Bob" ends within 2 seconds
