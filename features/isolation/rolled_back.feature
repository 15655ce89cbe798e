Feature: Nothing stays in the ledger
  As a developer
  I want each scenario to end as if it had never been
  So that scenarios can run in any order, without emptying a table first

  Each scenario runs in a transaction of its own. It is rolled back at the end, with all that the app has committed.

  Scenario Outline: <guest> is the only guest, whoever was here before
    When I send a POST request to "/ledger" with the body:
      """
      {"customer": "<guest>"}
      """
    Then the table "orders" contains exactly:
      | customer | item  |
      | <guest>  | latte |
    When I GET "/ledger"
    Then the response body at "$.orders" has 1 item

    Examples:
      | guest |
      | Ann   |
      | Bob   |
      | Carla |

  Scenario: What the app takes back itself is gone at once, and what it has committed stays
    When I send a POST request to "/ledger" with the body:
      """
      {"customer": "Ann"}
      """
    And I POST "/slips"
    Then the response status is 400
    And the table "orders" contains exactly:
      | customer |
      | Ann      |

  Scenario: A scenario can write into the ledger, too
    Given the table "orders" starts with:
      | id | customer | item | quantity | total | status | ticket                               |
      | 7  | Dora     | cake | 1        | 4.50  | paid   | 7c9e6679-7425-40de-944b-e07fc1f90ae7 |
    When I GET "/ledger"
    Then the response body at "$.orders[0].customer" is "Dora"

  Scenario: And it finds the ledger empty again
    Then the table "orders" is empty
