Feature: Remembered values
  As a writer of scenarios
  I want to use what an answer said in the requests that follow
  So that I need not know the shop's numbers in advance

  Background:
    When I send a POST request to "/orders" with the body:
      """
      {"customer": "Ann", "item": "latte", "quantity": 3}
      """
    Then I remember the response body at "$.id" as "id"
    And I remember the response body at "$.ticket" as "ticket"
    And I remember the response header "Location" as "order"

  Scenario: A value in a path
    When I POST "/orders/{{id}}/payment"
    Then the response body at "$.status" is "paid"

  Scenario: A whole path
    When I GET "{{order}}"
    Then the response status is 200

  Scenario: A value in an expectation, as what it is and as a text
    When I GET "{{order}}"
    Then the response body at "$.id" is {{id}}
    And the response body at "$.id" is not "{{id}}"
    And the response body contains:
      """
      {"id": {{id}}, "ticket": "{{ticket}}"}
      """

  Scenario: A value in a table
    When I GET "{{order}}"
    Then the response body has:
      | path     | value      |
      | $.id     | {{id}}     |
      | $.ticket | {{ticket}} |

  Scenario: A value in a request
    Given the file "fixtures/latte.png" is attached as "photo"
    And the form is:
      | name    | value                     |
      | caption | The ticket was {{ticket}} |
    When I POST "/photos"
    Then the response body at "$.caption" is "The ticket was {{ticket}}"

  Scenario: A value in the next order
    Then I remember the response body at "$.quantity" as "quantity"
    When I send a POST request to "/orders" with the body:
      """
      {"customer": "Ann's friend of {{ticket}}", "item": "cake", "quantity": {{quantity}}}
      """
    Then the response body at "$.quantity" is 3
    And the response body at "$.customer" contains "{{ticket}}"

  Scenario: A secret from the environment stays out of the file
    Given the file "fixtures/latte.png" is attached as "photo"
    And the form field "caption" is "{{env.PATH}}"
    When I POST "/photos"
    Then the response body at "$.caption" is "{{env.PATH}}"
