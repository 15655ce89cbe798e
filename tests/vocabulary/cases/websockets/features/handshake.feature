Feature: Headers, cookies, query and credentials go with the handshake; the body waits for a request

  Scenario: what the handshake takes with it
    Given the app is "parrot:app"
    And the request header "X-Tenant" is "acme"
    And the cookie "flavour" is "oat"
    And the query parameter "name" is "Ann"
    And I am authenticated with the bearer token "t"
    And the request body is:
      """
      {}
      """
    When I open a websocket to "/handshake?a=1" with the subprotocol "chat.v1"
    Then the websocket receives the JSON:
      """
      {"query": "a=1&name=Ann", "cookie": "oat", "tenant": "acme", "credentials": "Bearer t", "content_type": null,
       "subprotocols": ["chat.v1"]}
      """
