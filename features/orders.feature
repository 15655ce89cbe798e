Feature: Orders
  As a customer
  I want to order, pay and change my mind in time
  So that I get the coffee I want, and pay for nothing else

  Background:
    When I send a POST request to "/orders" with the body:
      """
      {"customer": "Ann", "item": "latte", "quantity": 2}
      """
    Then the response status is 201
    And I remember the response body at "$.id" as "id"

  Scenario: An order has a price and a number
    Then the response body contains:
      """
      {"id": {{id}}, "customer": "Ann", "total": "7.60", "status": "ordered"}
      """
    And the response header "Location" is "/orders/{{id}}"

  Scenario: A paid order is brewed
    When I POST "/orders/{{id}}/payment"
    Then the response body at "$.status" is "paid"
    When I GET "/orders/{{id}}"
    Then the response body at "$.status" is "brewed" within 2 seconds

  Scenario: An order can be cancelled until it is paid
    When I DELETE "/orders/{{id}}"
    Then the response body at "$.status" is "cancelled"
    When I POST "/orders/{{id}}/payment"
    Then the response status is "Conflict"
    And the response body at "$.error" is "The order is cancelled."

  Scenario: A customer sees their own orders, and nobody else's
    When I send a POST request to "/orders" with the body:
      """
      {"customer": "Bob", "item": "iced tea", "quantity": 1}
      """
    And I send a POST request to "/sign-in" with the form:
      | name     | value      |
      | name     | Ann        |
      | password | flat white |
    And I GET "/orders"
    Then the response body at "$.orders[*].customer" contains "Ann"
    And the response body at "$.orders[*].customer" does not contain "Bob"

  Scenario: A customer looks for the orders that are still to be paid
    When I send a POST request to "/orders" with the body:
      """
      {"customer": "Ann", "item": "cake", "quantity": 1}
      """
    And I POST "/orders/{{id}}/payment"
    And I send a POST request to "/sign-in" with the form:
      | name     | value      |
      | name     | Ann        |
      | password | flat white |
    And I send a GET request to "/orders" with the query:
      | name   | value   |
      | status | ordered |
    Then the response body at "$.orders[*].item" contains "cake"
    And the response body at "$.orders[*].id" does not contain {{id}}

  Scenario: What is not on the menu cannot be ordered
    When I send a POST request to "/orders" with the body:
      """
      {"customer": "Ann", "item": "beer", "quantity": 1}
      """
    Then the response status is "Unprocessable Content"
    And the response body is:
      """
      {"error": "An order needs a customer, an item on the menu, and a quantity from 1 to 20."}
      """
