Feature: Overdue books
  The library writes to those who are late.

  Scenario: Only late books are listed, the latest first
    Given the table "loans" starts with:
      | id | book       | reader | due        |
      | 1  | Emma       | Ann    | 2026-03-23 |
      | 2  | Persuasion | Bob    | 2026-03-30 |
      | 3  | Ulysses    | Cy     | 2026-03-01 |
    And today is 2026-03-25
    When I GET "/loans/overdue"
    Then the response status is 200
    And the response body is:
      """
      [
        {"book": "Ulysses", "reader": "Cy", "days": 24},
        {"book": "Emma", "reader": "Ann", "days": 2}
      ]
      """
