Feature: Responses
  As the owner of the shop
  I want to say what a guest gets to see, as exactly or as loosely as it matters
  So that a scenario fails for what is wrong, and for nothing else

  Rule: The status is a number or its standard name

    Scenario: A number
      When I GET "/menu"
      Then the response status is 200
      And the response status is not 201
      And the response status is at least 200
      And the response status is at most 299

    Scenario: A name
      When I GET "/orders/99"
      Then the response status is "Not Found"

  Rule: Headers and cookies are texts

    Scenario: A header in all its aspects
      When I PUT "/menu"
      Then the response status is "Method Not Allowed"
      And the response header "Content-Type" is "application/json"
      And the response header "Content-Type" is not "text/html"
      And the response header "Allow" contains "HEAD"
      And the response header "Allow" does not contain "DELETE"
      And the response header "Allow" matches "\bGET\b"
      And the response header "Allow" exists
      And the response header "Location" does not exist
      And the response header "Content-Length" is at least 10
      And the response header "Content-Length" is at most 1000

    Scenario: A cookie in all its aspects
      When I send a POST request to "/sign-in" with the form:
        | name     | value      |
        | name     | Ann        |
        | password | flat white |
      Then I remember the response body at "$.token" as "key"
      And the response cookie "session" exists
      And the response cookie "session" is "{{key}}"
      And the response cookie "session" is not "stolen"
      And the response cookie "advertising" does not exist

  Rule: A body can be a text, and may come in pieces

    Scenario: A welcome in all its aspects
      When I GET "/tasting/1"
      Then the response text is "Welcome to the tasting!"
      And the response text is not "Go away!"
      And the response text contains "tasting"
      And the response text does not contain "coffee"
      And the response text matches "^Welcome .+!$"

    Scenario: A text of its own lines
      When I GET "/tasting/1"
      Then the response text is:
        """
        Welcome to the tasting!
        """

  Rule: A body can be a JSON document

    Background:
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 2}
        """

    Scenario: The whole document, no more and no less
      Then the response body is:
        """
        {
          "id": "#integer", "customer": "Ann", "item": "latte", "quantity": 2,
          "total": "7.60", "status": "ordered", "ticket": "#uuid"
        }
        """

    Scenario: Only what matters here
      Then the response body contains:
        """
        {"item": "latte", "total": "7.60"}
        """
      And the response body does not contain:
        """
        {"status": "paid"}
        """

    Scenario: Single values, in all aspects
      Then the response body at "$.quantity" is 2
      And the response body at "$.quantity" is not "2"
      And the response body at "$.quantity" is at least 2
      And the response body at "$.quantity" is at most 2
      And the response body at "$.ticket" exists
      And the response body at "$.discount" does not exist
      And the response body at "$.status" contains "order"
      And the response body at "$.status" does not contain "paid"
      And the response body at "$.total" matches "^\d+\.\d\d$"

    Scenario: Several values, in a table
      Then the response body has:
        | path       | value  |
        | $.customer | Ann    |
        | $.quantity | 2      |
        | $.total    | "7.60" |
        | $.ticket   | #uuid  |

    Scenario: A schema in place
      Then the response body matches the schema:
        """
        {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
        """

    Scenario: A schema in a file
      Then the response body matches the schema "schemas/order.schema.json"

  Rule: Lists are counted and searched

    Scenario: The menu
      When I GET "/menu"
      Then the response body at "$.items" has 3 items
      And the response body at "$.items[*].name" is ["latte", "iced tea", "cake"]
      And the response body at "$.items[*].name" contains "cake"
      And the response body at "$.items[*].name" does not contain "beer"
      And the response body at "$.items[?@.price == '4.50'].name" is ["cake"]
      And the response body at "$.items[0]" is {"name": "latte", "price": "3.80"}
      And the response body contains:
        """
        {"items": [{"name": "cake"}, {"name": "latte"}]}
        """

  Rule: Nobody waits long

    Scenario: The menu is there at once
      When I GET "/menu"
      Then the response arrives within 5 seconds
      And the response arrives within 5000 milliseconds
