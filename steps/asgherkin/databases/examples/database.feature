Feature: Databases

  Scenario: Tables
    Given the database is "sqlite+aiosqlite:///shop.db"
    And the table "notes" starts with:
      | id | text  |
      | 1  | milk  |
      | 2  | bread |
    Then the table "notes" has 2 rows
    And the table "notes" contains:
      | text |
      | milk |
    And the table "notes" contains exactly:
      | id | text     |
      | 2  | bread    |
      | 1  | #present |
    And the table "notes" does not contain:
      | text |
      | beer |

  Scenario: Nothing
    Given the table "notes" is emptied
    Then the table "notes" is empty

  Scenario: A query
    Given the table "notes" starts with:
      | id | text  |
      | 1  | milk  |
      | 2  | bread |
    When I run the query:
      """
      SELECT id, text FROM notes ORDER BY id
      """
    Then the query result is:
      | id | text  |
      | 1  | milk  |
      | 2  | bread |
    And the query result has 2 rows
    And I remember the query result at "$[0].id" as "id"
