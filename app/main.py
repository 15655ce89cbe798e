"""The coffee shop's app: menu, orders, customers and photos."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from secrets import token_urlsafe

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app import live
from app.database import Item, Order, Row, open_database

# In the open on purpose: Ann and her password exist for the demonstration only.
DEMO_PASSWORDS = {"Ann": "flat white"}


class Answer(JSONResponse):
    """JSON in which rows are objects; prices, tickets and times are texts."""

    def render(self, content: object) -> bytes:  # noqa: D102 - Starlette's
        return json.dumps(content, default=lambda it: asdict(it) if isinstance(it, Row) else str(it)).encode()


async def menu(request: Request) -> Response:
    """Search the menu, by the query parameter or by the text of a QUERY."""
    wanted = (await request.body()).decode() or request.query_params.get("q", "")
    async with request.state.database() as session:
        items = await session.scalars(select(Item).where(Item.name.contains(wanted, autoescape=True)))
        return Answer({"items": items.all()})


async def list_orders(request: Request) -> Response:
    wanted = {name: text for name, text in request.query_params.items() if name in ("customer", "status")}
    async with request.state.database() as session:
        return Answer({"orders": (await session.scalars(select(Order).filter_by(**wanted))).all()})


async def place_order(request: Request) -> Response:
    match await request.json():
        case {"customer": str(customer), "item": str(name), "quantity": int(quantity)} if 1 <= quantity <= 20:
            pass
        case _:
            raise HTTPException(422, "An order needs a customer, an item, and a quantity from 1 to 20.")
    async with request.state.database.begin() as session:
        item = await session.scalar(select(Item).filter_by(name=name))
        if item is None:
            raise HTTPException(404, f"There is no {name} on the menu.")
        if item.stock is not None:
            item.stock -= quantity
            if item.stock < 0:
                raise HTTPException(409, f"There is not enough {name} left.")
        session.add(order := Order(customer, name, quantity, item.price * quantity))
    request.state.room.announce("ordered", order.id)
    return Answer(order, 201, {"Location": f"/orders/{order.id}"})


async def one_order(request: Request) -> Response:
    """Show an order; until it is paid, also pay it, put a note on it, or cancel it."""
    number, method, note = request.path_params["id"], request.method, (await request.body()).decode()
    async with request.state.database.begin() as session:
        order = await session.get(Order, number) if number < 2**63 else None
        if order is None:
            raise HTTPException(404, f"There is no order {number}.")
        if method not in ("GET", "HEAD") and order.status != "ordered":
            raise HTTPException(409, f"The order is {order.status}.")
        order.status = {"POST": "paid", "DELETE": "cancelled"}.get(method, order.status)
        order.note = note if method in ("PUT", "PATCH") else order.note
    return Answer(order, background=BackgroundTask(brew, request, order) if method == "POST" else None)


async def brew(request: Request, order: Order) -> None:
    async with request.state.database.begin() as session:
        session.add(order)
        order.status = "brewed"
    request.state.room.announce("brewed", order.id)


async def sign_in(request: Request) -> Response:
    """Give a key to who knows the password, as the session's cookie and as a bearer token."""
    async with request.form() as form:
        name, key = form.get("name"), token_urlsafe()
        if (name, form.get("password")) not in DEMO_PASSWORDS.items():
            raise HTTPException(401, "The name or the password is wrong.")
    request.state.keys[key] = name
    response = JSONResponse({"token": key}, 201)
    response.set_cookie("session", key, httponly=True, samesite="strict")  # no `secure`: a demo speaks http
    return response


async def me(request: Request) -> Response:
    key = request.headers.get("Authorization", "").partition(" ")[2] or request.cookies.get("session")
    if key not in request.state.keys:
        raise HTTPException(401, "Sign in first.", {"WWW-Authenticate": 'Basic realm="coffee shop"'})
    return JSONResponse({"name": request.state.keys[key]})


async def take_photo(request: Request) -> Response:
    async with request.form() as form:
        photo = form.get("photo")
        if photo is None or isinstance(photo, str) or photo.content_type not in ("image/png", "image/jpeg"):
            raise HTTPException(415, "Send a PNG or a JPEG as photo.")
        return JSONResponse({"name": photo.filename, "size": photo.size, "caption": form.get("caption")}, 201)


async def crash(_: Request) -> Response:
    return JSONResponse({"each guest pays": 100 / 0})


async def refuse(_: Request, error: Exception) -> Response:
    known = error if isinstance(error, HTTPException) else HTTPException(400, "The body cannot be read.")
    return JSONResponse({"error": known.detail}, known.status_code, known.headers)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
    # What basic authentication sends is a key, too.
    keys = {b64encode(f"{name}:{word}".encode()).decode(): name for name, word in DEMO_PASSWORDS.items()}
    async with open_database("sqlite+aiosqlite://") as database, live.lifespan(app) as state:
        yield {"database": database, "keys": keys, **state}


def create_app() -> Starlette:
    routes = [
        Route("/menu", menu, methods=["GET", "QUERY"]),
        Route("/orders", list_orders),
        Route("/orders", place_order, methods=["POST"]),
        Route("/orders/{id:int}", one_order, methods=["GET", "PUT", "PATCH", "DELETE"]),
        Route("/orders/{id:int}/payment", one_order, methods=["POST"]),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/me", me),
        Route("/photos", take_photo, methods=["POST"]),
        Route("/drinks", RedirectResponse("/menu", 308)),
        Route("/crash", crash),
    ]
    cors = Middleware(CORSMiddleware, allow_origins=["https://coffee.example"], allow_methods=["*"])
    handlers = dict.fromkeys((HTTPException, json.JSONDecodeError, UnicodeError), refuse)
    return Starlette(False, [*routes, *live.routes], [cors], handlers, lifespan)


app = create_app()
