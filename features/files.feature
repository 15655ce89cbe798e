Feature: Photos
  As a proud barista
  I want to send a photo of my latte art
  So that it can hang on the wall

  Scenario: A photo from a file
    Given the file "fixtures/latte.png" is attached as "photo"
    When I POST "/photos"
    Then the response status is 201
    And the response body is:
      """
      {"name": "latte.png", "size": 69, "caption": null}
      """
    And the response body at "$.caption" is null
    And the response body at "$.caption" exists
    And the response body at "$.frame" does not exist

  Scenario: A photo with a caption
    Given the file "fixtures/latte.png" is attached as "photo"
    And the form field "caption" is "A swan"
    When I POST "/photos"
    Then the response body at "$.caption" is "A swan"

  Scenario: A file that is written down in the scenario
    Given a file "sketch.jpeg" is attached as "photo" with the content:
      """
      not really a picture
      """
    When I POST "/photos"
    Then the response body has:
      | path   | value       |
      | $.name | sketch.jpeg |
      | $.size | 20          |

  Scenario: A file is sent once
    Given the file "fixtures/latte.png" is attached as "photo"
    When I POST "/photos"
    Then the response status is 201
    When I POST "/photos"
    Then the response status is "Unsupported Media Type"

  Scenario: A poem is not a photo
    Given a file "poem.txt" is attached as "photo" with the content:
      """
      Oh coffee!
      """
    When I POST "/photos"
    Then the response status is 415
    And the response body at "$.error" is "Send a PNG or a JPEG as photo."
