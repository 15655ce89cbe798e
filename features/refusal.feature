Feature: The door to the back room
  As a member of the staff
  I want the door to open for those with a key only
  So that the biscuits last until Friday

  Background:
    Given the app is "features.back_room:app"

  Rule: A stranger is refused

    Scenario: With an answer that says why
      When I try to open a websocket to "/staff"
      Then the websocket is refused
      And the websocket is refused with the status 403

    Scenario: With a code
      When I try to open a websocket to "/cellar" as "Eve"
      Then "Eve" is refused with the code 1008

    Scenario: The wrong key does not help
      Given I am authenticated with the bearer token "spoon"
      When I try to open a websocket to "/staff"
      Then the websocket is refused with the status 403 within 2 seconds

  Rule: Who has the key comes in

    Scenario: By credentials, and by name
      Given I am authenticated with the bearer token "kettle"
      And the query parameter "name" is "Kim"
      When I open a websocket to "/staff"
      Then the websocket receives the text "Welcome, Kim!"

    Scenario: By a cookie
      Given the cookie "key" is "kettle"
      When I try to open a websocket to "/staff" as "Kim"
      Then "Kim" receives the text "Welcome, colleague!"

    Scenario: By a header
      Given the request header "Authorization" is "Bearer kettle"
      When I open a websocket to "/staff"
      Then the websocket receives a text matching "Welcome"
