Feature: Responses

  Scenario: Status, headers, cookies and text
    When I POST "/notes"
    Then the response status is 201
    And the response header "Location" is "/notes/1"
    When I GET "/hello"
    Then the response text contains "Hello"
    And the response cookie "session" exists
    And the response text is:
      """
      Hello, world!
      How are you?
      """
    And the response arrives within 200 milliseconds

  Scenario: A redirect
    Given redirects are not followed
    When I GET "/account"
    Then the response redirects to "/login"

  Scenario: A JSON document
    When I GET "/cat"
    Then the response body is:
      """
      {"id": 1, "name": "Tom", "lives": 9, "toys": ["ball", "mouse"]}
      """
    And the response body contains:
      """
      {"name": "Tom", "toys": ["mouse"]}
      """
    And the response body does not contain:
      """
      {"toys": ["dog"]}
      """
    And the response body at "$.lives" is 9
    And the response body has:
      | path      | value    |
      | $.name    | Tom      |
      | $.lives   | #integer |
      | $.toys[0] | ball     |
    And the response body matches the schema:
      """
      {"type": "object", "required": ["id", "name"]}
      """
    And the response body matches the schema "order.schema.json"

  Scenario: Statuses of requests at the same time
    When I send 20 GET requests to "/menu" at the same time
    Then the response statuses are:
      | status | count |
      | 200    | 20    |
