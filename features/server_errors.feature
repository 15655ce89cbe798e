Feature: Server errors
  As the owner of the shop
  I want a crash of the app to fail the scenario in which it happens, unless the scenario is about it
  So that no bug hides behind a plain "500"

  The page "/crash" divides the bill by the number of guests, and nobody came.

  Rule: A scenario may expect a crash

    Scenario: The exception is named
      When I GET "/crash"
      Then the app raised "ZeroDivisionError"

    Scenario: The exception is named with a part of its message
      When I GET "/crash"
      Then the app raised "ZeroDivisionError" with the message "division by zero"

    Scenario: A general kind of exception stands for the special ones
      When I GET "/crash"
      Then the app raised "ArithmeticError"

    Scenario: The status says that a crash is expected
      When I GET "/crash"
      Then the response status is 500
      And the app raised "ZeroDivisionError"

    Scenario: The status is asked for by its name
      When I GET "/crash"
      Then the response status is "Internal Server Error"

    Scenario: A receipt breaks off in the middle
      Given the app is "features.broken_shops:runs_out_of_paper"
      When I GET "/receipt"
      Then the app raised "OSError" with the message "out of paper"

  Rule: The guest's view of a crash can be looked at

    Scenario: The guest learns nothing about the inside
      Given server errors are returned as responses
      When I GET "/crash"
      Then the response status is at least 500
      And the response text is "Internal Server Error"
      And the response text does not contain "ZeroDivisionError"

  Rule: A crash of one request is not the end of the shop

    Scenario: The next guest is served
      When I GET "/crash"
      Then the response status is 500
      When I GET "/menu"
      Then the response status is 200

  Rule: What a guest does wrong is no crash

    Scenario: Something that does not exist
      When I GET "/whisky"
      Then the response status is 404
      And the response body is:
        """
        {"error": "Not Found"}
        """

    Scenario: An order that is incomplete
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann"}
        """
      Then the response status is 422
      And the response body at "$.error" contains "needs a customer"

    Scenario: An order that is no JSON
      When I send a POST request to "/orders" with the body:
        """text/plain
        two lattes, please
        """
      Then the response status is "Bad Request"
