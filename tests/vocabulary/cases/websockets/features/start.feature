Feature: An app that does not start opens nothing

  Scenario: an expected failure to start: a websocket to, failed to start with
    Given the app is "parrot:unstartable"
    When I open a websocket to "/"
    Then the app failed to start with "KeyError"

  Scenario: an expected failure to start: a websocket to, raised
    Given the app is "parrot:unstartable"
    When I open a websocket to "/"
    Then the app raised "KeyError"

  Scenario: an expected failure to start: the event stream, failed to start with
    Given the app is "parrot:unstartable"
    When I open the event stream "/"
    Then the app failed to start with "KeyError"

  Scenario: an expected failure to start: the event stream, raised
    Given the app is "parrot:unstartable"
    When I open the event stream "/"
    Then the app raised "KeyError"

  Scenario: an expected failure to start: the stream, failed to start with
    Given the app is "parrot:unstartable"
    When I open the stream "/"
    Then the app failed to start with "KeyError"

  Scenario: an expected failure to start: the stream, raised
    Given the app is "parrot:unstartable"
    When I open the stream "/"
    Then the app raised "KeyError"
