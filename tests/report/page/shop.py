"""The run of a coffee shop's features: something of everything that a page shows."""

from __future__ import annotations

from tests.report.page.streams import (
    CRASH,
    QUERY,
    STREAM,
    WEBSOCKET,
    Message,
    Outcome,
    Stream,
    attachment,
    by_text,
    exchange,
    failed,
)

ORDERS = '''
@orders
Feature: Orders
  As a **customer**
  I want to order, pay and change my mind in time
  So that I get the coffee I want. See [the menu](https://shop.example/menu).

  Background:
    Given the shop is open

  @smoke
  Scenario: A paid order is brewed
    When I send a POST request to "/orders" with the body:
      """
      {"customer": "Ann", "item": "latte", "quantity": 2}
      """
    And I POST "/orders/1/payment"
    Then the response body at "$.status" is "brewed"

  @smoke @slow
  Scenario: An order has a price
    When I GET "/orders/1"
    Then the total is "7.60"
    And the customer is told

  Scenario: A gift card is redeemed
    When I redeem the gift card
    Then the total is "0.00"

  Scenario Outline: A <item> costs <price>
    Every price is that of the menu.

    When I order a <item>
    Then the price is <price>

    Examples: Coffee
      | item     | price |
      | latte    | 3.80  |
      | espresso | 2.40  |

    @cold
    Examples: Cold
      | item     | price |
      | iced tea | 3.10  |

  Rule: An order can be changed until it is paid
    Background: A paid order
      It was paid by card.

      Given a paid order

    Scenario: It cannot be cancelled
      When I DELETE "/orders/1"
      Then it is refused

    Scenario: A paid order is brewed
      When I wait
      Then it is brewed
'''
LIVE = """
Feature: Live updates

  Scenario: A guest watches the counter
    When I connect to "/counter"
    Then these messages come:
      | by  | text   |
      | app | brewed |

  Scenario: Orders are streamed
    When I open the stream
    Then the orders are there

  Scenario: Nothing is written here yet
"""
STOCK = """
Feature: Stock

  Scenario: Beans are counted
    When I look into the database
    Then there are beans

  Scenario: Milk is ordered
    When milk runs out
    Then milk is ordered

  Scenario: Cups are washed
    When the machine runs
    Then the cups are clean
"""


def shop() -> Stream:
    """The whole run."""
    stream = Stream().meta().started()
    _orders(stream)
    _live(stream)
    _stock(stream)
    stream.broken("features/broken.feature", "(1:1): expected: #Feature, got 'Featur: Typo'")
    return stream.finished(success=False)


def _orders(stream: Stream) -> None:
    pickles = stream.feature("features/shop/orders.feature", ORDERS)
    brewed, price, gift, latte, espresso, tea, cancel, _ = pickles
    posted = Outcome(evidence=(exchange("POST", "/orders", '{"id":1,"item":"latte","total":7.60,"extras":[],"x":{}}'),))
    stream.run(brewed, by_text(POST=posted))
    got = Outcome(evidence=(exchange("GET", "/orders/1", '{"id": 1, "customer": "Ann", "total": "7.60"}'),))
    wrong = failed(
        "The response body does not contain what is expected, 1 difference:",
        '  $.total: expected "7.00" (string), got "7.60" (string)',
    )
    stream.run(price, by_text(GET=got, total=wrong, told=Outcome("SKIPPED")))
    stream.run(gift, by_text(redeem=Outcome("UNDEFINED"), total=Outcome("SKIPPED")))
    snippet = {"language": "python", "code": '@when("I redeem the gift card")\ndef _():\n    ...'}
    suggestion = {"id": "s", "pickleStepId": gift["steps"][1]["id"], "snippets": [snippet]}
    stream.envelopes.append({"suggestion": suggestion})
    stream.run(latte, Outcome(milliseconds=340))
    stream.run(espresso, _slow_at_first, attempts=2)
    stream.run(tea, Outcome("SKIPPED", "no ice today"))
    crash = attachment(
        CRASH, {"doing": "POST /x", "summary": "KeyError: 'paid'", "frames": "shop.py:12: in pay\n    x['paid']"}
    )
    stream.run(cancel, by_text(refused=failed("The app raised KeyError: 'paid'", evidence=(got.evidence[0], crash))))


def _slow_at_first(step: Message, attempt: int) -> Outcome:
    return Outcome() if attempt else failed("Too slow.")


def _live(stream: Stream) -> None:
    counter, orders, empty = stream.feature("features/live.feature", LIVE)
    said = [{"by": "client", "text": '{"watch": 1}', "at": 2.0}, {"by": "app", "text": "brewing", "at": 14.5}]
    said += [{"by": "app", "hex": "00ff10", "size": 3, "at": 20.0}, {"by": "client", "text": "thanks", "at": 31.0}]
    conversation = {
        "target": "/counter",
        "subprotocol": "orders.v1",
        "refusal": None,
        "messages": said,
        "left_out": 3,
        "closing": {"by": "app", "code": 1000, "reason": "closing time", "at": 40.0},
    }
    stream.run(counter, by_text(connect=Outcome(evidence=(attachment(WEBSOCKET, conversation),))))
    events = [{"name": "order", "data": '{"id":1}', "id": "1", "at": 3.0}, {"text": "plain", "at": 4.0}]
    streamed = attachment(STREAM, {"target": "/events", "events": events, "left_out": 0, "over": True})
    stream.run(orders, by_text(open=Outcome(evidence=(streamed,))))
    stream.run(empty)


def _stock(stream: Stream) -> None:
    beans, milk, _ = stream.feature("features/stock.feature", STOCK)
    rows = [[str(number), f"bean {number}", "null"] for number in range(5)]
    query = {
        "statements": [{"text": "SELECT id, name, note FROM beans WHERE id < ?", "parameters": [5]}],
        "columns": ["id", "name", "note"],
        "rows": rows,
        "total": 9,
        "milliseconds": 1.4,
    }
    stream.run(beans, by_text(database=Outcome(evidence=(attachment(QUERY, query),))))
    stream.run(milk, by_text(out=Outcome("PENDING", "the supplier has no service yet"), ordered=Outcome("SKIPPED")))
