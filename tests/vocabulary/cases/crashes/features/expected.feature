Feature: A crash that a step up to the next When expects lets the scenario pass

  Scenario: its type
    When I GET "/crash"
    Then the app raised "NoteError"

  Scenario: its whole name
    When I GET "/crash"
    Then the app raised "shop.NoteError"

  Scenario: a base of its type
    When I GET "/crash"
    Then the app raised "ValueError"

  Scenario: its message
    When I GET "/crash"
    Then the app raised "NoteError" with the message "such"

  Scenario: in a group
    When I GET "/group"
    Then the app raised "NoteError" with the message "no"

  Scenario: the group itself
    When I GET "/group"
    Then the app raised "ExceptionGroup"

  Scenario: in the middle of the body
    When I GET "/stream"
    Then the app raised "NoteError"

  Scenario: in the background
    When I GET "/background"
    Then the app raised "NoteError"

  Scenario: a status
    When I GET "/crash"
    Then the response status is 500

  Scenario: a phrase
    When I GET "/crash"
    Then the response status is "Internal Server Error"

  Scenario: a status at least
    When I GET "/crash"
    Then the response status is at least 500

  Scenario: a later step
    When I GET "/crash"
    Then the response header "X" does not exist
    And the response status is 500

  Scenario: a table of statuses
    When I send 3 GET requests to "/crash" at the same time
    Then the response statuses are:
      | status | count |
      | 500    | 3     |

  Scenario: a table with other statuses, too
    When I send 4 GET requests to "/alternating" at the same time
    Then the response statuses are:
      | status | count |
      | 200    | 2     |
      | 500    | 2     |

  Scenario: at the same time
    When I send 3 GET requests to "/crash" at the same time
    Then the app raised "NoteError"

  Scenario: server errors returned
    Given server errors are returned as responses
    When I GET "/crash"
    And I GET "/fine"
    Then the response text is "fine"

  Scenario: server errors returned to a client
    Given server errors are returned as responses
    When my client asks
    Then my client is told

  Scenario: server errors returned to an async client
    Given server errors are returned as responses
    When my async client asks
    Then my async client is told

  Scenario: a step of one's own
    When my client asks and expects it

  Scenario: an async step of one's own
    When my async client asks and expects it

  Scenario: a client between act and expectation
    When I GET "/crash"
    Then my client is at hand
    And the app raised "NoteError"

  Scenario: start-up
    Given the app is "shop:unstartable"
    When the app starts
    Then the app failed to start with "NoteError" and the message "no database"

  Scenario: start-up before the first request
    Given the app is "shop:unstartable"
    When I GET "/fine"
    Then the app failed to start with "NoteError"

  Scenario: start-up refused without an exception
    Given the app is "shop:refusing"
    When the app starts
    Then the app failed to start with "AppError" and the message "no database"

  Scenario: shut-down
    Given the app is "shop:unstoppable"
    When I GET "/fine"
    And the app shuts down
    Then the app raised "NoteError" with the message "still in use"
