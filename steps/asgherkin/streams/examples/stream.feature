Feature: Event streams

  Scenario: A board
    Given I open the event stream "/board"
    Then the stream receives the event "order"
    And the stream receives the event "order" with the data:
      """
      {"id": 2}
      """
    And the stream receives nothing for 200 milliseconds
    When I close the stream

  Scenario: A board with a name
    When I open the event stream "/board"
    And I open the event stream "/board" as "alice"
    Then "alice" receives the event "order"
    And "alice" receives the event "order" with the data:
      """
      {"id": 2}
      """
    When "alice" closes the stream

  Scenario: A text that comes in parts
    Given I open the stream "/tasting/1"
    Then the stream receives the text "Welcome "
    And the stream ends
    When I open the stream "/tasting/1"
    And I open the stream "/tasting/1" as "alice"
    Then "alice" receives the text "Welcome "
    And "alice" ends
