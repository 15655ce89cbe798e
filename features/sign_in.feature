Feature: Sign-in
  As a customer
  I want the shop to know me by a cookie in my browser, and by a token on my phone
  So that nobody else sees what I drink

  Rule: Who does not sign in is a stranger

    Scenario: A stranger is turned away
      When I GET "/orders"
      Then the response status is "Unauthorized"
      And the response header "WWW-Authenticate" is "Bearer"

    Scenario: A wrong password opens nothing
      When I send a POST request to "/sign-in" with the form:
        | name     | value   |
        | name     | Ann     |
        | password | letmein |
      Then the response status is 401
      And the response cookie "session" does not exist

  Rule: Signing in gives a key

    Background:
      When I send a POST request to "/sign-in" with the form:
        | name     | value      |
        | name     | Ann        |
        | password | flat white |
      Then the response status is 201
      And I remember the response body at "$.token" as "key"

    Scenario: The session's cookie is kept by itself
      Then the response cookie "session" exists
      And the response cookie "session" is "{{key}}"
      When I GET "/orders"
      Then the response body at "$.orders" is "#array"

    Scenario: The cookie can be replaced
      Given the cookie "session" is "stolen"
      When I GET "/orders"
      Then the response status is 401

    Scenario: The key is a bearer token, too
      Given the cookie "session" is ""
      And I am authenticated with the bearer token "{{key}}"
      When I GET "/orders"
      Then the response body at "$.orders" is "#array"

    Scenario: A wrong token is not saved by the cookie
      Given I am authenticated with the bearer token "guessed"
      When I GET "/orders"
      Then the response status is 401
