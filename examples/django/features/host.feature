Feature: The host decides what is shown

  Background:
    Given the table "guestbook_entry" starts with:
      | id | name | text           | shown |
      | 7  | Bob  | Lovely scones! | false |
    And the host is Ann, with the password "green tea"

  Scenario: The host shows an entry
    Given the form field "name" is "Ann"
    And the form field "password" is "green tea"
    When I send a POST request to "/login"
    Then the response status is 204
    When I send a POST request to "/entries/7/show"
    And I GET "/entries"
    Then the response body at "$.entries[0].text" is "Lovely scones!"

  Scenario: A guest is sent to sign in
    Given redirects are not followed
    When I send a POST request to "/entries/7/show"
    Then the response status is 302
    And the response header "Location" is "/login?next=/entries/7/show"
