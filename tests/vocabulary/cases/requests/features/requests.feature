Feature: What requests look like when they arrive at the app

  Background:
    Given the app is "echo:app"

  Scenario Outline: <method> in both forms
    When I <method> "/echo"
    Then the response header "X-Method" is "<method>"
    When I send a <method> request to "/echo"
    Then the response header "X-Method" is "<method>"

    Examples:
      | method  |
      | GET     |
      | HEAD    |
      | OPTIONS |
      | POST    |
      | PUT     |
      | PATCH   |
      | DELETE  |
      | QUERY   |

  Scenario: headers and a query hold for the scenario, a body for one request
    Given the request header "X-Tenant" is "acme"
    And the request headers are:
      | name     | value |
      | x-tenant | other |
    And the query parameter "q" is "oat milk"
    And the query parameters are:
      | name | value |
      | q    | bread |
    And the cookie "session" is "abc"
    And I am authenticated with the bearer token "t"
    And the request body is:
      """
      {"a": 1}
      """
    When I POST "/echo"
    Then the response body contains:
      """
      {
        "target": "/echo?q=oat%20milk&q=bread",
        "headers": {
          "x-tenant": "other", "cookie": "session=abc",
          "authorization": "Bearer t", "content-type": "application/json"
        },
        "body": "{\"a\": 1}"
      }
      """
    When I POST "/echo"
    Then the response body contains:
      """
      {
        "target": "/echo?q=oat%20milk&q=bread",
        "headers": {"x-tenant": "other", "cookie": "session=abc", "authorization": "Bearer t"},
        "body": ""
      }
      """
    And the response body at "$.headers['content-type']" does not exist

  Scenario: a path keeps its own query, before its fragment
    Given the query parameter "page" is "2"
    When I send a GET request to "/echo?page=1&sort=up#top" with the query:
      | name | value |
      | a&b  | c=d   |
    Then the response body at "$.target" is "/echo?page=1&sort=up&page=2&a%26b=c%3Dd"
    When I GET "/echo?page=1"
    Then the response body at "$.target" is "/echo?page=1&page=2"

  Scenario: the app replaces and removes a given cookie
    Given the cookie "session" is "stale"
    When I GET "/set"
    Then the response body at "$.headers.cookie" is "session=stale"
    When I GET "/echo"
    Then the response body at "$.headers.cookie" is "session=fresh"
    When I GET "/forget"
    Then the response cookie "session" does not exist
    When I GET "/echo"
    Then the response body at "$.headers.cookie" does not exist

  Scenario: credentials are sent as RFC 7617 says, in UTF-8; later ones take the place of earlier ones
    Given I am authenticated with the bearer token "t"
    And I am authenticated as "ann" with the password "päss"
    When I GET "/echo"
    Then the response body at "$.headers.authorization" is "Basic YW5uOnDDpHNz"

  Scenario: a body: JSON that parses
    Given known values
    When I send a POST request to "/echo" with the body:
      """
      {"a": "{{id}}"}
      """
    Then the response body at "$.body" is "{\"a\": \"7\"}"
    And the response body at "$.headers['content-type']" is "application/json"

  Scenario: a body: a value alone
    Given known values
    When I send a POST request to "/echo" with the body:
      """
      {{id}}
      """
    Then the response body at "$.body" is "7"
    And the response body at "$.headers['content-type']" is "application/json"

  Scenario: a body: a text
    Given known values
    When I send a POST request to "/echo" with the body:
      """
      Dear {{name}}!
      """
    Then the response body at "$.body" is "Dear Ann!"
    And the response body at "$.headers['content-type']" is "text/plain; charset=utf-8"

  Scenario: a body: JSON that does not parse
    Given known values
    When I send a POST request to "/echo" with the body:
      """application/json
      {{{name}}
      """
    Then the response body at "$.body" is "{\"Ann\""
    And the response body at "$.headers['content-type']" is "application/json"

  Scenario: a body: charset
    Given known values
    When I send a POST request to "/echo" with the body:
      """application/json; charset=utf-8
      [{{name}}]
      """
    Then the response body at "$.body" is "[\"Ann\"]"
    And the response body at "$.headers['content-type']" is "application/json; charset=utf-8"

  Scenario: a body: suffix
    Given known values
    When I send a POST request to "/echo" with the body:
      """application/problem+json
      [{{name}}]
      """
    Then the response body at "$.body" is "[\"Ann\"]"
    And the response body at "$.headers['content-type']" is "application/problem+json"

  Scenario: a body: XML
    Given known values
    When I send a POST request to "/echo" with the body:
      """application/xml
      <a>{{name}}</a>
      """
    Then the response body at "$.body" is "<a>Ann</a>"
    And the response body at "$.headers['content-type']" is "application/xml"

  Scenario: a body: plain text
    Given known values
    When I send a POST request to "/echo" with the body:
      """text/plain
      {{name}}
      """
    Then the response body at "$.body" is "Ann"
    And the response body at "$.headers['content-type']" is "text/plain"

  Scenario: a content type of the scenario goes before what the body looks like
    Given the request header "content-type" is "application/merge-patch+json"
    When I send a PATCH request to "/echo" with the body:
      """
      {}
      """
    Then the response body at "$.headers['content-type']" is "application/merge-patch+json"

  Scenario: fields alone are a plain form, with a file all go as multipart
    Given the form field "name" is "Ann"
    And the form is:
      | name | value |
      | tag  | a&b   |
      | tag  | c     |
    When I POST "/echo"
    Then the response body at "$.body" is "name=Ann&tag=a%26b&tag=c"
    And the response body at "$.headers['content-type']" is "application/x-www-form-urlencoded"
    Given the form field "name" is "Ann"
    And the file "fixtures/cat.png" is attached as "photo"
    And a file "a.txt" is attached as "doc" with the content:
      """
      hello
      """
    And a file "b.txt" is attached as "doc" with the content:
      """text/markdown
      # hello
      """
    When I POST "/echo"
    Then the response body at "$.headers['content-type']" matches "^multipart/form-data; boundary="
    And the response body at "$.body" contains "name=\"name\"\r\n\r\nAnn\r\n"
    And the response body at "$.body" contains "\"photo\"; filename=\"cat.png\"\r\nContent-Type: image/png"
    And the response body at "$.body" contains "\"doc\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n"
    And the response body at "$.body" contains "filename=\"b.txt\"\r\nContent-Type: text/markdown\r\n"
    When I POST "/echo"
    Then the response body at "$.body" is ""

  Scenario: a form under the request is sent with it alone
    Given the form field "name" is "Ann"
    When I send a PUT request to "/echo" with the form:
      | name | value |
      | tag  | home  |
    Then the response body at "$.body" is "name=Ann&tag=home"
    When I PUT "/echo"
    Then the response body at "$.body" is ""

  Scenario: redirects are followed, or one by one
    When I POST "/go"
    Then the response body at "$.method" is "GET"
    Given redirects are not followed
    When I POST "/go"
    Then the response redirects to "/echo"
    And the response redirects to "http://testserver/echo"
    When I follow the redirect
    Then the response body at "$.method" is "GET"
    And the response body at "$.target" is "/echo?" within 2 seconds

  Scenario: requests at the same time overlap
    Given the app is "waiting:app"
    When I send 20 POST requests to "/" at the same time with the body:
      """
      {}
      """
    Then the response statuses are:
      | status  | count |
      | Created | 20    |
      | 500     | 0     |
    And the response text is "{}"

  Scenario: requests without a body overlap too
    Given the app is "waiting:app"
    When I send 20 POST requests to "/" at the same time
    Then the response statuses are:
      | status  | count |
      | Created | 20    |
    And the response text is ""
