# language: de
Funktionalität: Bestellungen auf Deutsch
  Als Gast aus Köln
  möchte ich mit meinem richtigen Namen bestellen,
  damit mein Käsekuchen auch bei mir ankommt.

  Regel: Ein Name darf alle Buchstaben haben

    Szenario: Der Gast bestellt Käsekuchen unter seinem Namen
      Wenn I send a POST request to "/orders" with the body:
        """
        {"customer": "Jürgen Müßig", "item": "cake", "quantity": 1}
        """
      Dann the response status is 201
      Und the response body at "$.customer" is "Jürgen Müßig"

    Szenario: Der Gast schickt ein Foto mit Umlauten
      Angenommen the file "fixtures/latte.png" is attached as "photo"
      Und the form field "caption" is "Schönes Blümchen"
      Wenn I POST "/photos"
      Dann the response body at "$.caption" contains "Blümchen"

  Regel: Bezahlt ist bezahlt

    Szenario: Eine bezahlte Bestellung kann nicht storniert werden
      Wenn I send a POST request to "/orders" with the body:
        """
        {"customer": "Jürgen Müßig", "item": "latte", "quantity": 1}
        """
      Dann I remember the response body at "$.id" as "id"
      Wenn I POST "/orders/{{id}}/payment"
      Dann the response body at "$.status" is "paid"
      Wenn I DELETE "/orders/{{id}}"
      Dann the response status is "Conflict"
      Aber the response body at "$.status" does not exist
