Feature: A real server
  As a developer of the shop
  I want to reach the shop as its guests do, by a socket and a real server
  So that what a server does with the app's answers is tried as well

  The shop is served on a port of its own. What the scenario sees of the app is the same as without a server.

  Background:
    Given the client is "live"

  Rule: Scenarios are written as for every other client

    Scenario Outline: An order is placed, paid and brewed on <loop>
      Given the app runs on "<loop>"
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      Then the response status is 201
      And I remember the response body at "$.id" as "id"
      When I POST "/orders/{{id}}/payment"
      Then the response body at "$.status" is "paid"
      When I GET "/orders/{{id}}"
      Then the response body at "$.status" is "brewed"

      Examples:
        | loop    |
        | asyncio |
        | uvloop  |

    Scenario: The session's cookie is kept by itself
      When I send a POST request to "/sign-in" with the form:
        | name     | value      |
        | name     | Ann        |
        | password | flat white |
      And I GET "/orders"
      Then the response status is 200

    Scenario: The next scenario is a stranger
      When I GET "/orders"
      Then the response status is "Unauthorized"

    Scenario: A photo is sent
      Given the file "fixtures/latte.png" is attached as "photo"
      When I POST "/photos"
      Then the response status is 201

    Scenario: Five guests sit at the table at the same time
      When I send 5 GET requests to "/tasting/5" at the same time
      Then the response statuses are:
        | status | count |
        | 200    | 5     |

    Scenario: The shop is addressed by the same name everywhere
      Given redirects are not followed
      When I GET "/drinks"
      Then the response redirects to "http://testserver/menu"

  Rule: The app stays open for many scenarios, and a scenario may open it anew

    Scenario: Yesterday's orders are gone
      When the app starts
      And I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      Then the response body at "$.id" is 1

    Scenario: The shop has closed
      When the app starts
      And the app shuts down
      And I GET "/status"
      Then the response body at "$.open" is false

    Scenario: The next guest finds the shop open
      When I GET "/status"
      Then the response body at "$.open" is true

    Scenario: The shop does not open
      Given the app is "features.broken_shops:fails_to_start"
      When the app starts
      Then the app failed to start with "RuntimeError" and the message "no database"

  Rule: A crash is seen behind the server's answer

    Scenario: A crash while a request is answered
      When I GET "/crash"
      Then the app raised "ZeroDivisionError"

    Scenario: The server's answer
      Given server errors are returned as responses
      When I GET "/crash"
      Then the response status is 500
      And the response text is "Internal Server Error"

  Rule: Websockets and streams stay open between the steps

    Scenario: A greeting
      When I open a websocket to "/greet"
      Then the websocket receives the text "Hello, world!"
      And the websocket is closed with the code 1000

    Scenario: Two guests talk
      Given I open a websocket to "/orders/live?name=Ann" as "Ann"
      And I open a websocket to "/orders/live?name=Bob" as "Bob"
      When "Ann" sends the text "Two lattes?"
      Then "Bob" receives the JSON:
        """
        {"from": "Ann", "text": "Two lattes?"}
        """
      And "Ann" receives nothing for 10 milliseconds
      When "Bob" closes the websocket
      Then "Bob" is closed

    Scenario: The board shows an order at once
      When the app starts
      Given I open the event stream "/board"
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "cake", "quantity": 1}
        """
      Then the stream receives the event "ordered"
      And the stream receives nothing for 10 milliseconds
      When I close the stream
