# language: de
Funktionalität: Die Begrüßung auf Deutsch
  Als Gast aus Köln
  möchte ich in meiner Sprache begrüßt werden,
  damit ich mich wie zu Hause fühle.

  Regel: Der Gast wird in seiner Sprache begrüßt

    Szenario: Der Browser des Gastes spricht Deutsch
      Angenommen the request header "Accept-Language" is "de"
      Wenn I GET "/welcome"
      Dann the response text is "Willkommen im Café!"

    Szenario: Der Gast war schon einmal da
      Angenommen the cookie "language" is "de"
      Wenn I GET "/welcome"
      Dann the response text contains "Café"
      Aber the response text does not contain "coffee"

  Regel: Eine Bestellung versteht jeder

    Szenario: Der Gast bestellt Käsekuchen unter seinem Namen
      Wenn I send a POST request to "/orders" with the body:
        """
        {"customer": "Jürgen Müßig", "item": "cake", "quantity": 1}
        """
      Dann the response status is 201
      Und the response body at "$.customer" is "Jürgen Müßig"
