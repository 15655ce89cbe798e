Feature: Websockets

  Background:
    Given the app is "parrot:app"
    And I open a websocket to "/echo"

  Scenario: JSON is sent on one line
    When I send the JSON:
      """
      {"price": 3.80, "name": "crème"}
      """
    Then the websocket receives the text "{\"price\":3.8,\"name\":\"crème\"}"

  Scenario: JSON in bytes is UTF-8
    When I send the JSON as bytes:
      """
      "é"
      """
    Then the websocket receives the bytes "22 c3a9 22"

  Scenario: no bytes are a message
    When I send the bytes ""
    Then the websocket receives the bytes ""

  Scenario: a text is no matcher
    When I send the text "#uuid"
    Then the websocket receives the text "#uuid"

  Scenario: JSON containing is found in bytes too, and remembered
    When I send the JSON as bytes:
      """
      {"id": 7, "names": ["Ann", "Bob"]}
      """
    Then the websocket receives JSON containing:
      """
      {"names": ["#string"]}
      """
    And I remember the received JSON at "$.id" as "id"
    When I send the text "no. {{id}}"
    Then the websocket receives the text "no. {{id}}"
    When I send the text "[{{id}}]"
    Then the websocket receives the JSON:
      """
      [{{id}}]
      """

  Scenario: a closed websocket receives nothing, at once, and closes once
    When I close the websocket
    Then the websocket receives nothing for 5 seconds
    And the websocket is closed with the code 1000
    When I close the websocket with the code 4000
    Then the websocket is closed with the code 1000 and the reason ""

  Scenario: an unnamed one is opened anew
    When I send the text "one"
    And I send the text "two"
    And I close the websocket with the code 4999 and the reason "enough"
    Then the websocket is closed with the code 4999 and the reason "enough" within 2 seconds
    When I open a websocket to "/echo"
    And I GET "/"
    And I send the text "three"
    Then the websocket receives the text "three"
    And the response text is "Hello"

  Scenario: an app may leave
    When I send the text "leave"
    Then the websocket is closed with the code 1006

  Scenario: an app that answers nothing has refused
    When I try to open a websocket to "/silent" as "alice"
    Then "alice" is refused with the status 500

  Scenario: an expected crash: by a message
    When I send the text "crash"
    Then the app raised "KeyError"
    And the websocket is closed with the code 1011

  Scenario: an expected crash: in a moment
    When I send the text "crash in a moment"
    Then the app raised "KeyError"

  Scenario: an expected crash: after closing
    When I send the text "close and crash"
    Then the websocket is closed
    And the app raised "KeyError"

  Scenario: an expected crash: before accepting
    When I open a websocket to "/broken" as "alice"
    Then the app raised "KeyError"

  Scenario: an expected crash: by its status
    When I try to open a websocket to "/broken" as "a"
    Then "a" is refused with the status 500

  Scenario: an expected crash: in a finally
    When I open a websocket to "/late" as "alice"
    And "alice" sends the text ""
    Then the app raised "KeyError"

  Scenario: an expected crash: after this side closed
    When I open a websocket to "/late" as "a"
    And "a" closes the websocket
    Then the app raised "KeyError"

  Scenario: own steps open websockets
    Then a sync step speaks
    And an async step speaks
