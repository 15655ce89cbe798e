Feature: A greeting
  As a guest
  I want to be greeted when I come in
  So that I know somebody is there

  Scenario: The shop greets and goes on with its work
    When I open a websocket to "/greet"
    Then the websocket receives the text "Hello, world!"
    And the websocket is closed

  Scenario: The greeting, said more loosely
    Given I open a websocket to "/greet"
    Then the websocket receives a text matching "^Hello" within 2 seconds
    And the websocket is closed with the code 1000 within 2 seconds
    And the websocket receives nothing for 10 milliseconds

  Scenario: Two guests are greeted, each for herself
    When I open a websocket to "/greet" as "Ann"
    And I open a websocket to "/greet" as "Eve"
    Then "Eve" receives a text matching "world"
    And "Ann" receives the text "Hello, world!"
    And "Ann" is closed
    And "Eve" is closed with the code 1000
