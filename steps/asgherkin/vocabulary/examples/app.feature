Feature: The app and the client

  Scenario: Which app, on which loop, by which client
    Given the app is "shop.main:app"
    And the app runs on "uvloop"
    And the client is "test"
    When I GET "/notes"
    Then the response status is 200

  Scenario: A crash is a response
    Given server errors are returned as responses
    When I GET "/crash"
    Then the response status is 500

  Scenario: Start and shut down
    When the app starts
    And I GET "/notes"
    And the app shuts down
    Then the response status is 200

  Scenario: A start-up that fails
    Given the app is "shop.main:closed"
    When the app starts
    Then the app failed to start with "RuntimeError"
    And the app failed to start with "RuntimeError" and the message "no database"

  Scenario: A request that crashes
    When I GET "/crash"
    Then the app raised "ZeroDivisionError"
    And the app raised "ZeroDivisionError" with the message "division by zero"
