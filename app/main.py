"""The coffee shop's app: menu, orders, customers and photos."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from json import JSONDecodeError
from secrets import token_urlsafe

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app import live
from app.database import Order, open_database

DEMO_PASSWORDS = {"Ann": "flat white"}  # in the open on purpose: Ann exists for the demonstration only
PRICES = {"latte": Decimal("3.80"), "iced tea": Decimal("3.20"), "cake": Decimal("4.50")}
MENU = {"items": [{"name": name, "price": str(price)} for name, price in PRICES.items()]}


async def place_order(request: Request) -> Response:
    match await request.json():
        case {"customer": str(name), "item": str(item), "quantity": int(n)} if item in PRICES and 1 <= n <= 20:
            order = Order(name, item, n, PRICES[item] * n)
        case _:
            raise HTTPException(422, "An order needs a customer, an item on the menu, and a quantity from 1 to 20.")
    async with request.state.database.begin() as session:
        session.add(order)
    request.state.room.announce("ordered", order.id)
    return JSONResponse(order.as_json(), 201, {"Location": f"/orders/{order.id}"})


async def one_order(request: Request) -> Response:
    """Show an order; until it is paid, also pay it or cancel it."""
    number, change = request.path_params["id"], {"POST": "paid", "DELETE": "cancelled"}.get(request.method)
    async with request.state.database.begin() as session:
        order = await session.get(Order, number) if number < 2**63 else None
        if order is None:
            raise HTTPException(404, f"There is no order {number}.")
        if change and order.status != "ordered":
            raise HTTPException(409, f"The order is {order.status}.")
        order.status = change or order.status
    return JSONResponse(order.as_json(), background=BackgroundTask(brew, request, order) if change == "paid" else None)


async def brew(request: Request, order: Order) -> None:
    async with request.state.database.begin() as session:
        (await session.get_one(Order, order.id)).status = "brewed"
    request.state.room.announce("brewed", order.id)


async def sign_in(request: Request) -> Response:
    """Give a key to who knows the password, as the session's cookie and as a bearer token."""
    async with request.form() as form:
        if (form.get("name"), form.get("password")) not in DEMO_PASSWORDS.items():
            raise HTTPException(401, "The name or the password is wrong.")
        request.state.names[key := token_urlsafe()] = form["name"]
    cookie = f"session={key}; Path=/; HttpOnly; SameSite=strict"  # not `Secure`: a demo speaks http
    return JSONResponse({"token": key}, 201, {"Set-Cookie": cookie})


async def my_orders(request: Request) -> Response:
    key = request.headers.get("Authorization", "").removeprefix("Bearer ") or request.cookies.get("session")
    if key not in request.state.names:
        raise HTTPException(401, "Sign in first.", {"WWW-Authenticate": "Bearer"})
    mine = select(Order).filter_by(customer=request.state.names[key])
    async with request.state.database() as session:
        orders = await session.scalars(mine.where(Order.status.contains(request.query_params.get("status", ""))))
    return JSONResponse({"orders": [order.as_json() for order in orders]})


async def take_photo(request: Request) -> Response:
    async with request.form() as form:
        match form.get("photo"), form.get("caption"):
            case UploadFile(content_type="image/png" | "image/jpeg") as photo, (str() | None) as caption:
                return JSONResponse({"name": photo.filename, "size": photo.size, "caption": caption}, 201)
    raise HTTPException(415, "Send a PNG or a JPEG as photo.")


async def crash(_: Request) -> Response:
    return JSONResponse({"each guest pays": 100 / 0})


async def refuse(_: Request, error: Exception) -> Response:
    known = error if isinstance(error, HTTPException) else HTTPException(400, "The body cannot be read.")
    return JSONResponse({"error": known.detail}, known.status_code, known.headers)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
    async with open_database() as app.state.database, live.lifespan(app) as state:
        yield {"database": app.state.database, "names": {}, **state}


routes = [
    Route("/menu", JSONResponse(MENU), methods=["GET"]),
    Route("/orders", my_orders),
    Route("/orders", place_order, methods=["POST"]),
    Route("/orders/{id:int}", one_order, methods=["GET", "DELETE"]),
    Route("/orders/{id:int}/payment", one_order, methods=["POST"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/photos", take_photo, methods=["POST"]),
    Route("/drinks", RedirectResponse("/menu", 308)),
    Route("/crash", crash),
    *live.routes,
]
handlers = dict.fromkeys((HTTPException, JSONDecodeError, UnicodeError), refuse)
app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
