Feature: Opening and closing
  As the owner of the shop
  I want to see that the shop opens and closes in good order
  So that a morning without database, or an evening with an open till, does not go unnoticed

  Rule: The shop opens by itself before the first act, and closes after the last step

    A server that runs for many scenarios opens once, before the first of them.

    Scenario: Nobody says that the shop opens
      When I GET "/status"
      Then the response body at "$.open" is true

    @in_process
    Scenario: Every scenario starts with a fresh database
      When I GET "/orders/1"
      Then the response status is "Not Found"

    @in_process
    Scenario: An order of another scenario is not there
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      Then the response body at "$.id" is 1

  Rule: A scenario may open and close the shop itself

    Scenario: Open
      When the app starts
      And I GET "/status"
      Then the response body at "$.open" is true

    Scenario: Who comes after closing time finds the shop closed, and does not open it again
      When the app starts
      And the app shuts down
      And I GET "/status"
      Then the response body at "$.open" is false

  Rule: A failure at the door is named

    Scenario: The shop does not open
      Given the app is "features.broken_shops:fails_to_start"
      When the app starts
      Then the app failed to start with "RuntimeError"

    Scenario: The shop does not open, and says why
      Given the app is "features.broken_shops:fails_to_start"
      When the app starts
      Then the app failed to start with "RuntimeError" and the message "no database"

    Scenario: The first guest finds out that the shop does not open
      Given the app is "features.broken_shops:fails_to_start"
      When I GET "/menu"
      Then the app failed to start with "RuntimeError"

    Scenario: The shop does not close
      Given the app is "features.broken_shops:fails_to_stop"
      When the app starts
      And the app shuts down
      Then the app raised "RuntimeError" with the message "the till does not close"

  Rule: An app may do without opening hours

    Scenario: An app that knows no lifespan
      Given the app is "features.broken_shops:runs_out_of_paper"
      When the app starts
      And I GET "/receipt"
      Then the app raised "OSError"
