Feature: What a message about a status says to write, passes

  Scenario: in place of: is 2xx
    When I GET "/204"
    Then the response status is at least 200
    And the response status is at most 299

  Scenario: in place of: is "2xx"
    When I GET "/204"
    Then the response status is at least 200
    And the response status is at most 299

  Scenario: in place of: is 4XX
    When I GET "/404"
    Then the response status is at least 400
    And the response status is at most 499

  Scenario: in place of: is at least 4xx
    When I GET "/404"
    Then the response status is at least 400

  Scenario: in place of: is at most "3xx"
    When I GET "/204"
    Then the response status is at most 399

  Scenario: in place of: is not 5xx
    When I GET "/204"
    Then the response status is at most 499

  Scenario: in place of: is not 1xx
    When I GET "/204"
    Then the response status is at least 200

  Scenario: in place of: is 404 Not Found
    When I GET "/404"
    Then the response status is 404

  Scenario: in place of: is "404"
    When I GET "/404"
    Then the response status is 404

  Scenario: in place of: is 404.
    When I GET "/404"
    Then the response status is 404

  Scenario: in place of: is 'Not Found'
    When I GET "/404"
    Then the response status is "Not Found"

  Scenario: in place of: is Not Fond
    When I GET "/404"
    Then the response status is "Not Found"

  Scenario: in place of: is True
    When I GET "/404"
    Then the response status is "Not Found"

  Scenario: in place of: is at least Not Found
    When I GET "/404"
    Then the response status is at least 404

  Scenario: in place of: is at most "many"
    When I GET "/404"
    Then the response status is at most 404

  Scenario: in place of: is xxxxxxxxxxxxxxxxxxxxx
    When I GET "/404"
    Then the response status is 404
