# language: fr
Fonctionnalité: La carte et les commandes en français
  En tant que chef d'un café à Lyon
  Je veux décrire mon café dans ma langue
  Afin que toute l'équipe comprenne ce qui est promis

  Contexte:
    Étant donné the request header "Accept-Language" is "fr"

  Scénario: Le visiteur est accueilli
    Quand I GET "/tasting/1"
    Alors the response text contains "Welcome"
    Et the response status is 200

  Plan du Scénario: Zoé commande <article>, et paie <prix>
    Quand I send a POST request to "/orders" with the body:
      """
      {"customer": "Zoé", "item": "<article>", "quantity": 2}
      """
    Alors the response body at "$.total" is "<prix>"
    Et the response body at "$.customer" is "Zoé"
    Mais the response body at "$.status" is not "paid"

    Exemples:
      | article | prix |
      | latte   | 7.60 |
      | cake    | 9.00 |
