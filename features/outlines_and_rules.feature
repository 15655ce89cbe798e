Feature: Outlines and rules
  As a writer of scenarios
  I want to say once what holds for many examples, and to group what belongs together
  So that a reader sees the rule, and not its repetitions

  Background:
    Given the request header "Accept" is "application/json"

  Rule: The price of an order is the price of the item, times the quantity

    Scenario Outline: <quantity> of <item> cost <total>
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "<item>", "quantity": <quantity>}
        """
      Then the response body at "$.total" is "<total>"

      Examples: One of each
        | item     | quantity | total |
        | latte    | 1        | 3.80  |
        | iced tea | 1        | 3.20  |

      @smoke
      Examples: A whole round
        | item  | quantity | total |
        | latte | 20       | 76.00 |
        | cake  | 5        | 22.50 |

  Rule: An order has from one to twenty pieces

    Example: Twenty are a lot
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 20}
        """
      Then the response status is 201

    Scenario Outline: <quantity> is not a quantity
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": <quantity>}
        """
      Then the response status is "Unprocessable Content"

      Examples:
        | quantity |
        | 0        |
        | -1       |
        | 21       |
        | 1.5      |
        | "two"    |
        | null     |

  Rule: Once paid, an order stays as it is

    Background:
      Given the request body is:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      When I POST "/orders"
      Then I remember the response body at "$.id" as "id"
      When I POST "/orders/{{id}}/payment"

    Scenario Outline: A paid order refuses <method>
      When I <method> "<path>"
      Then the response status is 409

      Examples:
        | method | path                   |
        | DELETE | /orders/{{id}}         |
        | POST   | /orders/{{id}}/payment |

    Scenario: A paid order can be looked at
      When I GET "/orders/{{id}}"
      Then the response status is 200
      * the response body at "$.customer" is "Ann"
      But the response body at "$.status" is not "ordered"
