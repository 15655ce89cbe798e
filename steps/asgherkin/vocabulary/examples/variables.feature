Feature: Remembering

  Scenario: A note is found again
    When I POST "/notes"
    Then I remember the response body at "$.id" as "id"
    And I remember the response header "Location" as "url"
    When I GET "{{url}}"
    Then the response body at "$.id" is {{id}}
