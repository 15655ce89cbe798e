Feature: The app runs on the loop that the scenario names, by either client

  Scenario Outline: <sentence>
    Given the app is "speaking:app"
    And <sentence>
    When I GET "/"
    Then the response text is "<name>"
    When I GET "/"

    Examples:
      | sentence                  | name    |
      | the app runs on "asyncio" | asyncio |
      | the app runs on "uvloop"  | uvloop  |
      | the app runs on "trio"    | trio    |
      | the client is "async"     | asyncio |
      | the client is "test"      | asyncio |

  Scenario Outline: another app is the last one that is named: <location>
    Given the app is "speaking:app"
    And the app is "<location>"
    When I GET "/"
    Then the response status is 204

    Examples:
      | location       |
      | speaking:other |
      | speaking:Old   |
