Feature: Apps, clients and event loops
  As a developer of the shop
  I want to reach the app in each way its users will, on each event loop it may run on
  So that it works everywhere, and not just on my machine

  Rule: Both clients reach the whole shop, on both loops its database knows

    Scenario Outline: An order by the client <client>, on <loop>
      Given the client is "<client>"
      And the app runs on "<loop>"
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      Then the response status is 201
      When I GET "/orders/1"
      Then the response body at "$.customer" is "Ann"

      Examples:
        | client | loop    |
        | async  | asyncio |
        | async  | uvloop  |
        | test   | asyncio |
        | test   | uvloop  |

  Rule: The room itself also runs on trio, which the database does not know

    Scenario Outline: A tasting by the client <client>, on trio
      Given the app is "app.live:app"
      And the client is "<client>"
      And the app runs on "trio"
      When I GET "/status"
      Then the response body at "$.open" is true
      When I send 3 GET requests to "/tasting/3" at the same time
      Then the response statuses are:
        | status | count |
        | 200    | 3     |

      Examples:
        | client |
        | async  |
        | test   |

  Rule: A crash is seen in each way

    Scenario Outline: A crash by the client <client>, on <loop>
      Given the client is "<client>"
      And the app runs on "<loop>"
      When I GET "/crash"
      Then the app raised "ZeroDivisionError"

      Examples:
        | client | loop    |
        | async  | asyncio |
        | async  | uvloop  |
        | test   | asyncio |
        | test   | uvloop  |

  Rule: An app is named by its module, and may be made by a factory

    Scenario: Another app
      Given the app is "app.live:app"
      When I GET "/status"
      Then the response body at "$.open" is true
      When I GET "/menu"
      Then the response status is 404

    Scenario: An app that a factory makes
      Given the app is "features.supplier:create_app()"
      When I GET "/desk"
      Then the response status is 200
