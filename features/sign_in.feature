Feature: Sign-in
  As a customer
  I want the shop to know me by a cookie, by a token, or by my name and password
  So that nobody else drinks on my account

  Rule: Who does not sign in is a stranger

    Scenario: A stranger is turned away
      When I GET "/me"
      Then the response status is "Unauthorized"
      And the response header "WWW-Authenticate" matches "^Basic "

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
      When I GET "/me"
      Then the response body at "$.name" is "Ann"

    Scenario: The cookie can be replaced
      Given the cookie "session" is "stolen"
      When I GET "/me"
      Then the response status is 401

    Scenario: The key is a bearer token, too
      Given the cookie "session" is ""
      And I am authenticated with the bearer token "{{key}}"
      When I GET "/me"
      Then the response body at "$.name" is "Ann"

    Scenario: A wrong token is not saved by the cookie
      Given I am authenticated with the bearer token "guessed"
      When I GET "/me"
      Then the response status is 401

  Rule: Name and password can come with every request

    Scenario: The right password
      Given I am authenticated as "Ann" with the password "flat white"
      When I GET "/me"
      Then the response body is:
        """
        {"name": "Ann"}
        """

    Scenario: The wrong password
      Given I am authenticated as "Ann" with the password "espresso"
      When I GET "/me"
      Then the response status is 401
