Feature: Requests

  Scenario: For the rest of the scenario
    Given the request header "X-Tenant" is "acme"
    And the request headers are:
      | name            | value |
      | X-Tenant        | acme  |
      | Accept-Language | de    |
    And the query parameter "q" is "milk"
    And the query parameters are:
      | name | value |
      | page | 2     |
      | sort | name  |
    And the cookie "session" is "abc"
    And I am authenticated with the bearer token "t"
    When I GET "/notes"
    And I send a GET request to "/notes"
    Then the response status is 200

  Scenario: With a password, and no redirect
    Given I am authenticated as "user" with the password "pw"
    And redirects are not followed
    When I GET "/account"
    And I follow the redirect
    Then the response status is 200

  Scenario: A body
    Given the request body is:
      """
      {"name": "milk", "tags": ["a", "b"]}
      """
    When I POST "/notes"
    Then the response status is 201
    When I send a POST request to "/notes" with the body:
      """
      {"name": "milk", "tags": ["a", "b"]}
      """
    Then the response status is 201

  Scenario: A form
    Given the form field "name" is "Ann"
    And the form is:
      | name     | value |
      | city     | Leeds |
      | interest | milk  |
    When I POST "/notes"
    And I send a POST request to "/notes" with the form:
      | name | value |
      | name | Ann   |
    Then the response status is 201

  Scenario: Files
    Given the file "fixtures/cat.png" is attached as "photo"
    And a file "a.txt" is attached as "doc" with the content:
      """
      What is in the file.
      """
    When I POST "/notes"
    Then the response status is 201

  Scenario: A query of one request
    When I send a GET request to "/notes" with the query:
      | name | value |
      | page | 2     |
    Then the response status is 200

  Scenario: Many at once
    When I send 20 GET requests to "/menu" at the same time
    And I send 20 POST requests to "/orders" at the same time with the body:
      """
      {"item": "latte"}
      """
    Then the response statuses are:
      | status | count |
      | 201    | 20    |
