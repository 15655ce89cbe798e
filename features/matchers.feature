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
          "status": "#present",
          "ticket": "#uuid"
        }
        """

    Scenario: Lists, objects and truth
      When I GET "/menu"
      Then the response body at "$" is "#object"
      And the response body at "$.items" is "#array"
      And the response body at "$.items" is not "#object"
      When I GET "/status"
      Then the response body at "$.open" is "#boolean"

    Scenario Outline: The caption of a photo may be <kind>
      Given the file "fixtures/latte.png" is attached as "photo"
      And the form field "caption" is "<caption>"
      When I POST "/photos"
      Then the response body at "$.caption" is "<matcher>"

      Examples:
        | kind       | caption                     | matcher           |
        | a day      | 2026-11-22                  | #date             |
        | a time     | 2026-11-22T08:30:00Z        | #datetime         |
        | a link     | https://coffee.example/swan | #url              |
        | an address | ann@coffee.example          | #email            |
        | some words | with oat milk               | #regex (oat\|soy) |

    Scenario: A photo may have no caption
      Given the file "fixtures/latte.png" is attached as "photo"
      When I POST "/photos"
      Then the response body at "$.caption" is "#null"

  Rule: Lists are matched by their length and their items

    Scenario: Three things are on the menu
      When I GET "/menu"
      Then the response body at "$.items" is "#[3]"
      And the response body at "$.items[*].name" is "#[] #string"
      And the response body at "$.items[*].price" is "#[3] #regex ^[0-9.]+$"
      And the response body contains:
        """
        {"items": "#[] #object"}
        """

  Rule: Two hash signs allow that there is nothing

    Scenario: Not every photo has a caption, and none has a frame
      Given the file "fixtures/latte.png" is attached as "photo"
      When I POST "/photos"
      Then the response body has:
        | path      | value     |
        | $.caption | ##string  |
        | $.frame   | ##string  |
        | $.size    | ##integer |

  Rule: A value can be left out of account

    Scenario: Whatever the price is
      When I GET "/menu"
      Then the response body at "$.items[1]" is {"name": "iced tea", "price": "#ignore"}

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
