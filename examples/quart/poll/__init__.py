"""A poll: each browser votes once, and a page shows the votes as they come."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator

from quart import Quart, Response, abort, redirect, render_template_string, request, session, url_for

DRINKS = ("tea", "coffee")
PAGE = """<!doctype html>
<title>Tea or coffee?</title>
{% if voted %}<p>You chose {{ voted }}.</p>{% else %}
<form method="post" action="{{ url_for('vote') }}">
  {% for drink in drinks %}<button name="drink" value="{{ drink }}">{{ drink }}</button>{% endfor %}
</form>{% endif %}
"""


def create_app() -> Quart:
    """A new poll without votes."""
    app = Quart(__name__)
    app.secret_key = "for this example only"
    votes = Counter(dict.fromkeys(DRINKS, 0))
    news: set[asyncio.Queue[str]] = set()

    @app.get("/")
    async def page() -> str:
        return await render_template_string(PAGE, voted=session.get("voted"), drinks=DRINKS)

    @app.post("/vote")
    async def vote() -> Response:
        drink = (await request.form).get("drink")
        if drink not in DRINKS:
            abort(400)
        if "voted" in session:
            abort(409)
        session["voted"] = drink
        votes[drink] += 1
        for queue in news:
            queue.put_nowait(json.dumps(votes))
        return redirect(url_for("page"), 303)

    @app.get("/votes")
    async def counted() -> Response:
        async def events() -> AsyncIterator[str]:
            queue: asyncio.Queue[str] = asyncio.Queue()
            news.add(queue)
            try:
                yield f"event: votes\ndata: {json.dumps(votes)}\n\n"
                while True:
                    yield f"event: votes\ndata: {await queue.get()}\n\n"
            finally:
                news.discard(queue)

        response = Response(events(), mimetype="text/event-stream")
        response.timeout = None  # Quart ends a response after a minute else
        return response

    return app
