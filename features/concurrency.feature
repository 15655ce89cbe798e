Feature: Many guests at once
  As the owner of the shop
  I want to know what happens when everybody comes at the same time
  So that nobody gets what somebody else has paid for

  Scenario: All guests of a tasting sit at the table at the same time
    The tasting begins when the last seat is taken: one guest after the other would wait for ever.

    When I send 5 GET requests to "/tasting/5" at the same time
    Then the response statuses are:
      | status | count |
      | 200    | 5     |
    And the response text is "Welcome to the tasting!"

  Scenario: A crowd reads the menu
    When I send 20 GET requests to "/menu" at the same time
    Then the response statuses are:
      | status | count |
      | 200    | 20    |

  Scenario: Every order gets a number of its own
    When the app starts
    And I send 20 POST requests to "/orders" at the same time with the body:
      """
      {"customer": "Ann", "item": "latte", "quantity": 1}
      """
    Then the response statuses are:
      | status | count |
      | 201    | 20    |
    When I send a POST request to "/sign-in" with the form:
      | name     | value      |
      | name     | Ann        |
      | password | flat white |
    And I GET "/orders"
    Then the response body at "$.orders" has 20 items
    And the response body at "$.orders[?@.id > 15].id" is [16, 17, 18, 19, 20]

  Scenario: Five friends all want to pay, and one of them does
    When I send a POST request to "/orders" with the body:
      """
      {"customer": "Ann", "item": "cake", "quantity": 5}
      """
    Then I remember the response body at "$.id" as "id"
    When I send 5 POST requests to "/orders/{{id}}/payment" at the same time
    Then the response statuses are:
      | status | count |
      | 200    | 1     |
      | 409    | 4     |
