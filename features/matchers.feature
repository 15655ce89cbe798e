Feature: Matchers
  As a writer of scenarios
  I want to say what kind of value I expect where I cannot know the value itself
  So that a new number or the time of day does not break a scenario

  Rule: A matcher stands for any value of its kind

    Scenario: An order's values by their kinds
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "ann@coffee.example", "item": "latte", "quantity": 2}
        """
      Then the response body is:
        """
        {
          "id": "#integer",
          "customer": "#email",
          "item": "#string",
          "quantity": "#number",
          "total": "#regex ^\\d+\\.\\d\\d$",
          "note": "#null",
          "status": "#present",
          "ticket": "#uuid",
          "ordered_at": "#datetime"
        }
        """

    Scenario: Lists, objects and truth
      When I GET "/menu"
      Then the response body at "$" is "#object"
      And the response body at "$.items" is "#array"
      And the response body at "$.items" is not "#object"
      And the response body at "$.items[0].hot" is "#boolean"

    Scenario Outline: A note may be <kind>
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 1}
        """
      And I send a PUT request to "/orders/1" with the body:
        """text/plain
        <note>
        """
      Then the response body at "$.note" is "<matcher>"

      Examples:
        | kind        | note                        | matcher          |
        | a day       | 2026-11-22                  | #date            |
        | a time      | 2026-11-22T08:30:00Z        | #datetime        |
        | a link      | https://coffee.example/milk | #url             |
        | an address  | ann@coffee.example          | #email           |
        | some words  | with oat milk               | #regex (oat\|soy) |

  Rule: Lists are matched by their length and their items

    Scenario: Three things are on the menu
      When I GET "/menu"
      Then the response body at "$.items" is "#[3]"
      And the response body at "$.items[*].name" is "#[] #string"
      And the response body at "$.items[*].hot" is "#[3] #boolean"
      And the response body contains:
        """
        {"items": "#[] #object"}
        """

  Rule: Two hash signs allow that there is nothing

    Scenario: Not everything runs out
      When I GET "/menu"
      Then the response body has:
        | path             | value     |
        | $.items[0].stock | ##integer |
        | $.items[2].stock | ##integer |
        | $.items[2].stock | #integer  |
        | $.items[2].diet  | ##string  |

  Rule: A value can be left out of account

    Scenario: Whatever the stock is
      When I GET "/menu"
      Then the response body at "$.items[1]" is {"id": "#ignore", "name": "iced tea", "price": "3.20", "hot": false, "stock": "#ignore"}

  Rule: A text that starts with a hash sign is written with a backslash

    Scenario: The number one fan orders
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "#1 fan", "item": "latte", "quantity": 1}
        """
      Then the response body contains:
        """
        {"customer": "\\#1 fan"}
        """
      And the response body at "$.customer" is "\\#1 fan"
      And the response body has:
        | path       | value   |
        | $.customer | \#1 fan |
