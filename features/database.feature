Feature: What stays in the books
  As the owner of the shop
  I want to see what an order leaves behind in the books, and to begin a day with books that I know
  So that what guests are told is also what is written down

  The books are the app's own database, seen on the app's own event loop: by the engine that the app itself has made.

  Rule: What a guest does is written down

    Background:
      Given the table "orders" is emptied
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Ann", "item": "latte", "quantity": 2}
        """
      Then I remember the response body at "$.id" as "id"
      And I remember the response body at "$.ticket" as "ticket"

    Scenario: An order is one line in the books
      Then the table "orders" has 1 row
      And the table "orders" contains:
        | id     | customer | item  | quantity | total | status  |
        | {{id}} | Ann      | latte | 2        | 7.60  | ordered |

    Scenario: A price is a number, however it is written, and a ticket is what the guest was given
      Then the table "orders" contains:
        | total | ticket     |
        | 7.6   | {{ticket}} |

    Scenario: What is not known in advance
      Then the table "orders" contains exactly:
        | id       | customer | ticket |
        | #integer | #string  | #uuid  |

    Scenario: A cancelled order stays in the books, and nothing else changes
      When I DELETE "/orders/{{id}}"
      Then the table "orders" contains exactly:
        | id     | status    |
        | {{id}} | cancelled |
      And the table "orders" does not contain:
        | status  |
        | ordered |

    Scenario: What is refused leaves no trace
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Bob", "item": "beer", "quantity": 1}
        """
      Then the response status is "Unprocessable Content"
      And the table "orders" does not contain:
        | customer |
        | Bob      |

  Rule: A scenario can begin with full books

    Background:
      Given the table "orders" starts with:
        | id | customer | item     | quantity | total | status  | ticket                               |
        | 41 | Ann      | latte    | 2        | 7.60  | ordered | 7c9e6679-7425-40de-944b-e07fc1f90ae7 |
        | 42 | Bob      | iced tea | 1        | 3.20  | ordered | 0d8f23a0-697f-4d4b-9f0c-1c1b5e0a3f11 |
        | 43 | Ann      | cake     | 3        | 13.50 | brewed  | 5f2b6e3c-2f0a-4a2e-8a39-6c7a3f6a2b10 |

    Scenario: A guest pays an order from yesterday
      When I POST "/orders/41/payment"
      And I GET "/orders/41"
      Then the response body at "$.status" is "brewed"
      And the table "orders" contains exactly:
        | id | status  |
        | 41 | brewed  |
        | 42 | ordered |
        | 43 | brewed  |

    Scenario: The next order gets the next number
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "Eve", "item": "cake", "quantity": 1}
        """
      Then the response body at "$.id" is 44
      And the table "orders" has 4 rows

    Scenario: Books that are emptied are empty
      Given the table "orders" is emptied
      Then the table "orders" is empty
      And the table "orders" has 0 rows

    Scenario: An evening's accounts
      When I run the query:
        """
        SELECT customer, count(*) AS orders, sum(quantity) AS cups
        FROM orders GROUP BY customer ORDER BY customer
        """
      Then the query result is:
        | customer | orders | cups |
        | Ann      | 2      | 5    |
        | Bob      | 1      | 1    |
      And the query result has 2 rows

    Scenario: A number found in the books
      When I run the query:
        """
        SELECT id FROM orders WHERE customer = 'Bob'
        """
      Then I remember the query result at "$[0].id" as "order"
      When I GET "/orders/{{order}}"
      Then the response body at "$.item" is "iced tea"

    Scenario: A remembered value in a query is a value, whatever is written in it
      When I send a POST request to "/orders" with the body:
        """
        {"customer": "O'Hara; DROP TABLE orders --", "item": "latte", "quantity": 1}
        """
      Then I remember the response body at "$.customer" as "customer"
      When I run the query:
        """
        SELECT item FROM orders WHERE customer = {{customer}}
        """
      Then the query result is:
        | item  |
        | latte |
      And the table "orders" has 4 rows

    Scenario: A query may change the books
      When I run the query:
        """
        UPDATE orders SET status = 'cancelled' WHERE customer = 'Ann'
        """
      And I GET "/orders/41"
      Then the response body at "$.status" is "cancelled"

  Rule: Another database than the app's can be named

    Scenario: The archive of past years is a file of its own
      Given the database is "sqlite+aiosqlite:///file:features/fixtures/archive.sqlite?mode=ro&uri=true"
      Then the table "orders" contains exactly:
        | customer | item       | year |
        | Zoe      | espresso   | 2020 |
        | Ann      | cappuccino | 2019 |
