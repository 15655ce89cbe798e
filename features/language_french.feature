# language: fr
Fonctionnalité: L'accueil en français
  En tant que visiteur de Lyon
  Je veux être accueilli dans ma langue
  Afin de me sentir chez moi

  Contexte:
    Étant donné the request header "Accept-Language" is "fr"

  Scénario: Le visiteur est accueilli en français
    Quand I GET "/welcome"
    Alors the response text is "Bienvenue au café !"
    Et the response cookie "language" is "fr"

  Plan du Scénario: Le visiteur trouve un <article> sur la carte
    Quand I send a GET request to "/menu" with the query:
      | name | value     |
      | q    | <article> |
    Alors the response body at "$.items[0].name" is "<article>"
    Mais the response body at "$.items[1]" does not exist

    Exemples:
      | article |
      | latte   |
      | cake    |
