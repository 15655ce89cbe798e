Feature: Entries

  Background:
    Given the table "guestbook_entry" is emptied

  Scenario: A new entry is kept, and not shown yet
    Given the form field "name" is "Bob"
    And the form field "text" is "Lovely scones!"
    When I send a POST request to "/entries"
    Then the response status is 201
    And the table "guestbook_entry" contains exactly:
      | name | text           | shown |
      | Bob  | Lovely scones! | false |
    When I GET "/entries"
    Then the response body at "$.entries" is []

  Scenario: An entry without a name is refused
    Given the form field "text" is "Lovely scones!"
    When I send a POST request to "/entries"
    Then the response status is 400
    And the response body at "$.name[0]" is "This field cannot be blank."
