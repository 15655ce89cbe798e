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

    Scenario: Cancel an order
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      Then I remember the response body at "$.id" as "id"
      When I DELETE "/orders/{{id}}"
      Then the response body at "$.status" is "cancelled"

    Scenario Outline: The shop's menu is for reading, and refuses <method>
      When I <method> "/menu"
      Then the response status is "Method Not Allowed"
      And the response header "Allow" contains "GET"

      Examples:
        | method  |
        | OPTIONS |
        | POST    |
        | PUT     |
        | PATCH   |
        | DELETE  |
        | QUERY   |

    Scenario Outline: The supplier takes an order by <method>
      Given the app is "features.supplier:app"
      When I send a <method> request to "/desk" with the body:
        """text/plain
        20 kg of beans
        """
      Then the response body contains:
        """
        {"method": "<method>", "text": "20 kg of beans"}
        """

      Examples:
        | method |
        | POST   |
        | PUT    |
        | PATCH  |
        | DELETE |
        | QUERY  |

  Rule: Headers, query parameters, cookies and credentials hold for the rest of the scenario

    The supplier reads back what the shop has sent.

    Background:
      Given the app is "features.supplier:app"

    Scenario: A header is sent with each request
      Given the request header "X-Customer" is "coffee shop"
      When I GET "/desk"
      Then the response body at "$.headers.x-customer" is "coffee shop"
      When I GET "/desk"
      Then the response body at "$.headers.x-customer" is "coffee shop"

    Scenario: Several headers are written as a table
      Given the request headers are:
        | name       | value       |
        | X-Customer | coffee shop |
        | X-Hurry    | much        |
      When I GET "/desk"
      Then the response body has:
        | path                 | value       |
        | $.headers.x-customer | coffee shop |
        | $.headers.x-hurry    | much        |

    Scenario: A query parameter is sent with each request
      Given the query parameter "bean" is "arabica"
      When I GET "/desk"
      Then the response body at "$.query.bean" is "arabica"
      When I GET "/desk"
      Then the response body at "$.query.bean" is "arabica"

    Scenario: Several query parameters are written as a table
      Given the query parameters are:
        | name  | value       |
        | bean  | arabica     |
        | roast | dark & oily |
      When I GET "/desk"
      Then the response body at "$.query" is {"bean": "arabica", "roast": "dark & oily"}

    Scenario: A query of its own belongs to one request
      When I send a GET request to "/desk" with the query:
        | name | value   |
        | bean | robusta |
      Then the response body at "$.query" is {"bean": "robusta"}
      When I GET "/desk"
      Then the response body at "$.query" is {}

    Scenario: A cookie is sent with each request
      Given the cookie "customer" is "coffee shop"
      When I GET "/desk"
      Then the response body at "$.cookies" is {"customer": "coffee shop"}
      When I GET "/desk"
      Then the response body at "$.cookies" is {"customer": "coffee shop"}

    Scenario: Name and password are sent with each request
      Given I am authenticated as "coffee shop" with the password "dark roast"
      When I GET "/desk"
      Then the response body at "$.customer" is "coffee shop"
      When I GET "/desk"
      Then the response body at "$.customer" is "coffee shop"

    Scenario: A wrong password makes the shop a stranger
      Given I am authenticated as "coffee shop" with the password "letmein"
      When I GET "/desk"
      Then the response body at "$.customer" is null

  Rule: What the app sets is sent back

    Scenario: A cookie that the app sets is sent back
      When I send a POST request to "/sign-in" with the form:
        | name     | value      |
        | name     | Ann        |
        | password | flat white |
      Then the response cookie "session" exists
      When I GET "/orders"
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
