Feature: Streams

  Background:
    Given the app is "press:app"

  Scenario: parts are put together
    When I open the stream "/cut"
    Then the stream receives the text "a "
    And the stream receives the text "latté, a"
    And the stream receives the text ""
    And the stream receives the text " cak�"
    And the stream ends
    And the stream receives nothing for 5 seconds

  Scenario: another charset
    When I open the stream "/latin"
    Then the stream receives the text "crème"

  Scenario: closing
    When I open the event stream "/endless"
    Then the stream receives the event "order" with the data:
      """
      plain
      """
    When I close the stream
    And I close the stream
    And I GET "/left"
    Then the response text is "1"

  Scenario: a crash
    When I open the event stream "/crashes"
    Then the app raised "KeyError"
    And the stream receives the event "message"
    And the stream ends

  Scenario: a crash of one of several
    When I open the event stream "/crashes" as "a"
    And I open a websocket to "/room" as "b"
    Then the app raised "KeyError"
    And "a" receives the event "message"
