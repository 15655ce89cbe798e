Feature: Requests
  As a developer of the shop's till
  I want to write down any request in a plain sentence
  So that no Python is needed to try the app

  Rule: Every method has a short and a long form

    Scenario: Look at the menu, the short way
      When I GET "/menu"
      Then the response status is 200

    Scenario: Look at the menu, the long way
      When I send a GET request to "/menu"
      Then the response status is 200

    Scenario: Ask for the headers only
      When I HEAD "/menu"
      Then the response status is 200
      And the response text is ""

    Scenario Outline: Change an order by <method>
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      And I send a <method> request to "/orders/1" with the body:
        """text/plain
        with oat milk
        """
      Then the response body at "$.note" is "with oat milk"

      Examples:
        | method |
        | PUT    |
        | PATCH  |

    Scenario: Cancel an order
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      And I DELETE "/orders/1"
      Then the response body at "$.status" is "cancelled"

    Scenario: Search the menu by a QUERY
      When I send a QUERY request to "/menu" with the body:
        """text/plain
        tea
        """
      Then the response body at "$.items[0].name" is "iced tea"

    Scenario: Ask whether the website may send orders
      Given the request headers are:
        | name                          | value                  |
        | Origin                        | https://coffee.example |
        | Access-Control-Request-Method | POST                   |
      When I OPTIONS "/orders"
      Then the response status is 200
      And the response header "Access-Control-Allow-Methods" contains "POST"

  Rule: Headers, query parameters and cookies hold for the rest of the scenario

    Scenario: A header is sent with each request
      Given the request header "Accept-Language" is "de"
      When I GET "/welcome"
      Then the response text is "Willkommen im Café!"
      When I GET "/welcome"
      Then the response text is "Willkommen im Café!"

    Scenario: A query parameter is sent with each request
      Given the query parameter "q" is "latte"
      When I GET "/menu"
      Then the response body at "$.items[*].name" is ["latte"]
      When I GET "/menu"
      Then the response body at "$.items[*].name" is ["latte"]

    Scenario: Several query parameters are written as a table
      Given the query parameters are:
        | name     | value   |
        | customer | Ann     |
        | status   | ordered |
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      And I GET "/orders"
      Then the response body at "$.orders[*].id" is [1]
      When I POST "/orders/1/payment"
      And I GET "/orders"
      Then the response body at "$.orders" is []

    Scenario: A query belongs to one request
      When I send a GET request to "/menu" with the query:
        | name | value    |
        | q    | iced tea |
      Then the response body at "$.items[*].name" is ["iced tea"]
      When I GET "/menu"
      Then the response body at "$.items" has 3 items

    Scenario: A cookie is sent with each request
      Given the cookie "language" is "fr"
      When I GET "/welcome"
      Then the response text contains "Bienvenue"

    Scenario: A cookie that the app sets is sent back
      When I send a POST request to "/sign-in" with the form:
        | name     | value      |
        | name     | Ann        |
        | password | flat white |
      Then the response cookie "session" exists
      When I GET "/me"
      Then the response status is 200

  Rule: A body is sent once

    Scenario: The body is described before the request
      Given the request body is:
        """application/json
        {"customer": "Ann", "item": "cake", "quantity": 1}
        """
      When I POST "/orders"
      Then the response status is 201
      When I POST "/orders"
      Then the response status is 400

    Scenario: A quotation mark in a text
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann \"the bean\"", "item": "latte", "quantity": 1}
        """
      Then the response body at "$.customer" is "Ann \"the bean\""

  Rule: Forms are tables, or single fields

    Scenario: A form is sent with the request
      When I send a POST request to "/sign-in" with the form:
        | name     | value      |
        | name     | Ann        |
        | password | flat white |
      Then the response status is 201

    Scenario: A form is described before the request
      Given the form is:
        | name     | value      |
        | name     | Ann        |
        | password | flat white |
      When I POST "/sign-in"
      Then the response status is 201

    Scenario: A form is described field by field
      Given the form field "name" is "Ann"
      And the form field "password" is "espresso"
      When I POST "/sign-in"
      Then the response status is 401
