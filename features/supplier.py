"""The shop's supplier of beans: he takes an order in any way, and reads it back."""

from base64 import b64encode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CUSTOMER, DEMO_PASSWORD = "coffee shop", "dark roast"  # in the open on purpose: there is nothing to steal
CREDENTIALS = "Basic " + b64encode(f"{CUSTOMER}:{DEMO_PASSWORD}".encode()).decode()


async def read_back(request: Request) -> Response:
    """Say what came, and who is known to have sent it."""
    return JSONResponse(
        {
            "method": request.method,
            "query": dict(request.query_params),
            "headers": dict(request.headers),
            "cookies": request.cookies,
            "text": (await request.body()).decode(),
            "customer": CUSTOMER if request.headers.get("Authorization") == CREDENTIALS else None,
        }
    )


def create_app() -> Starlette:
    """Make a supplier with one desk, which takes every method."""
    methods = ["GET", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "QUERY"]
    return Starlette(routes=[Route("/desk", read_back, methods=methods)])


app = create_app()
