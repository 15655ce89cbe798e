Feature: Lending
  A reader takes a book home for three weeks.

  Background:
    Given the table "loans" is emptied
    And today is 2026-03-02

  Scenario: A loan is written down
    When I send a POST request to "/loans" with the body:
      """
      {"book": "Emma", "reader": "Ann"}
      """
    Then the response status is 201
    And the response body contains:
      """
      {"due": "2026-03-23"}
      """
    And the table "loans" contains exactly:
      | book | reader | due        |
      | Emma | Ann    | 2026-03-23 |

  Scenario: A book is lent to one reader at a time
    Given the table "loans" starts with:
      | id | book | reader | due        |
      | 1  | Emma | Bob    | 2026-03-20 |
    When I send a POST request to "/loans" with the body:
      """
      {"book": "Emma", "reader": "Ann"}
      """
    Then the response status is 409
    And the response body at "$.detail" is "Emma is lent already."

  Scenario: A wish without a reader is refused
    When I send a POST request to "/loans" with the body:
      """
      {"book": "Emma"}
      """
    Then the response status is 422
    And the table "loans" has 0 rows
