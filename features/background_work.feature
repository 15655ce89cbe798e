Feature: Work that goes on after the answer
  As a guest
  I want to order for tomorrow and go, without waiting until all is written down
  So that I catch my bus

  The answer comes at once. The books are filled by the night shift, in the background: nobody knows when exactly.

  Background:
    Given the app is "features.night_shift:app"
    When the app starts
    Given the table "orders" is emptied
    When I send a POST request to "/tomorrow" with the body:
      """
      {"customer": "Ann", "item": "latte"}
      """
    Then the response status is "Accepted"

  Scenario: The order turns up in the books
    Then the table "orders" has 1 row within 5 seconds

  Scenario: The order is brewed in the end
    Then the table "orders" contains within 5 seconds:
      | customer | item  | total | status |
      | Ann      | latte | 3.80  | brewed |

  Scenario: There is one order in the end, not three
    Then the table "orders" contains exactly within 5 seconds:
      | customer | status |
      | Ann      | brewed |

  Scenario: An order does not stay unpaid
    Then the table "orders" has 1 row within 5 seconds
    And the table "orders" does not contain within 5000 milliseconds:
      | status  |
      | ordered |

  Scenario: The brewed coffee is thrown away in the morning
    Then the table "orders" contains within 5 seconds:
      | status |
      | brewed |
    When I run the query:
      """
      DELETE FROM orders WHERE status = 'brewed'
      """
    Then the table "orders" is empty within 5 seconds

  Scenario: A query is asked again and again
    When I run the query:
      """
      SELECT id, customer, status FROM orders WHERE status = 'brewed'
      """
    Then the query result has 1 row within 5 seconds
    And the query result is within 5 seconds:
      | customer | status | id       |
      | Ann      | brewed | #integer |
    And I remember the query result at "$[0].id" as "id" within 5 seconds
    When I GET "/orders/{{id}}"
    Then the response body at "$.status" is "brewed"
