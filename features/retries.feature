Feature: Waiting for what takes a moment
  As a guest
  I want to see the shop get ready, without knowing how long that takes
  So that a scenario neither fails too early nor sleeps too long

  The machine of the shop needs a moment to get hot after the opening.

  Scenario: The machine gets hot
    When I GET "/status"
    Then the response body at "$.machine_hot" is true within 5 seconds

  Scenario: The time can be given in milliseconds
    When I GET "/status"
    Then the response body at "$.machine_hot" is true within 5000 milliseconds

  Scenario: A document is waited for
    When I GET "/status"
    Then the response body contains within 5 seconds:
      """
      {"machine_hot": true}
      """

  Scenario: A whole document is waited for
    When I GET "/status"
    Then the response body is within 5 seconds:
      """
      {"open": true, "machine_hot": true}
      """

  Scenario: Something is waited for to be gone
    When I GET "/status"
    Then the response body does not contain within 5 seconds:
      """
      {"machine_hot": false}
      """

  Scenario: A table is waited for
    When I GET "/status"
    Then the response body has within 5 seconds:
      | path          | value |
      | $.machine_hot | true  |
      | $.open        | true  |

  Scenario: A schema is waited for
    When I GET "/status"
    Then the response body matches the schema within 5 seconds:
      """
      {"properties": {"machine_hot": {"const": true}}}
      """

  Scenario: A text is waited for
    When I GET "/status"
    Then the response text matches "\"machine_hot\": ?true" within 5 seconds

  Scenario: What holds at once is not waited for
    When I GET "/tasting/1"
    Then the response status is 200 within 5 seconds
    And the response header "Content-Type" contains "text/plain" within 5 seconds
    And the response cookie "advertising" does not exist within 5 seconds
    And the response text is "Welcome to the tasting!" within 5 seconds
    And the response text is within 5 seconds:
      """
      Welcome to the tasting!
      """

  Scenario: A moved page is waited for
    Given redirects are not followed
    When I GET "/drinks"
    Then the response redirects to "/menu" within 5 seconds

  Scenario: A paid order is brewed after the guest has the answer
    When I send a POST request to "/orders" with the body:
      """
      {"customer": "Ann", "item": "latte", "quantity": 1}
      """
    Then I remember the response body at "$.id" as "id"
    When I POST "/orders/{{id}}/payment"
    Then the response body at "$.status" is "paid"
    When I GET "/orders/{{id}}"
    Then the response body at "$.status" is "brewed" within 5 seconds
    And the response body matches the schema "schemas/order.schema.json" within 5 seconds
