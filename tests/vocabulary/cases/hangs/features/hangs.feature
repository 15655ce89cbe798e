Feature: An expected hang

  Scenario: the end of the scenario adds nothing to it
    When I GET "/sleep"
    Then the app raised "AppError" with the message "time.sleep(60)"
