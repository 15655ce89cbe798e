Feature: Redirects
  As a guest with an old bookmark
  I want to be led to where things are now
  So that I find the menu all the same

  Scenario: A redirect is followed by itself
    When I GET "/drinks"
    Then the response status is 200
    And the response body at "$.items" exists

  Rule: A scenario can look at each step of the way

    Background:
      Given redirects are not followed

    Scenario: The old address names the new one
      When I GET "/drinks"
      Then the response status is "Permanent Redirect"
      And the response redirects to "/menu"

    @in_process
    Scenario: The new address can be named as a whole
      When I GET "/drinks"
      Then the response redirects to "http://testserver/menu"

    Scenario: The guest goes on, step by step
      When I GET "/drinks"
      And I follow the redirect
      Then the response status is 200
      And the response body at "$.items" has 3 items
